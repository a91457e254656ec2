"""Shared definitions of a loss on the diagonal: scores of pairs, ratios that are one, advantages and their mates."""

from __future__ import annotations

from typing import Any

import sympy

from . import symbols as sy
from .proof.records import Definition, Rel

__all__ = [
    "ADVANTAGE_BASE",
    "ADVANTAGE_BINARY",
    "ADVANTAGE_GIVEN",
    "ADVANTAGE_LENGTH",
    "LENGTH_LAW",
    "LENGTH_MEAN",
    "LOSS_OBJECTS",
    "PAIR_SCORE",
    "RATIO_ONE",
]

_i = sy.iota


def _pair_score() -> Rel:
    whole = sy.pre_pair(_i) + sy.cur_pair(_i) + sy.suf_pair(_i)
    return Rel(sy.dprob_pair(_i), "=", sy.prob_pair(_i) * whole)


def _ratio_one(ratio: Any) -> Rel:
    if ratio not in [f(_i) for f in (sy.rho_pair, sy.seq_pair, sy.geo_pair, sy.prox_pair, sy.beh_pair)]:
        raise ValueError(f"expected a ratio of learner, proximal and behaviour policy, got {ratio}")
    return Rel(ratio, "=", sympy.S.One)


PAIR_SCORE = Definition(
    "pair-score",
    "the log-probability of a response is the sum over its tokens: those before, this one, those after",
    _pair_score,
)
RATIO_ONE = Definition("ratio-one", "on the diagonal every ratio of learner to behaviour policy is one", _ratio_one)
ADVANTAGE_BINARY = Definition(
    "advantage-binary",
    "binary rewards: the mean advantage is A_0(p) or A_1(p), and w_G = A_1 - A_0",
    lambda: Rel(sy.dadv_pair(_i), "=", (sy.slope_a0 + sy.reward_pair(_i) * sy.slope_w) * sy.gradp_w),
)
ADVANTAGE_BASE = Definition(
    "advantage-base",
    "own reward and mates are separate terms: the mates move one baseline for all responses of the prompt",
    lambda: Rel(sy.dadv_pair(_i), "=", -sy.dbase_w),
)
ADVANTAGE_GIVEN = Definition(
    "advantage-given",
    "the advantage does not depend on the other responses",
    lambda: Rel(sy.dadv_pair(_i), "=", sympy.S.Zero),
)
LENGTH_LAW = Definition(
    "length-law",
    "the mates' lengths have a law, given their rewards",
    lambda: Rel(sympy.Sum(sy.h_mates(sy.i_mates, sy.k_mates), (sy.k_mates, 1, sy.N_lengths)), "=", sympy.S.One),
)
LENGTH_MEAN = Definition(
    "length-mean",
    "mean over the mates' lengths",
    lambda: Rel(
        sy.n_mean(_i, sy.i_mates),
        "=",
        sympy.Sum(sy.h_mates(sy.i_mates, sy.k_mates) * sy.n_real(_i, sy.k_mates), (sy.k_mates, 1, sy.N_lengths)),
    ),
)
ADVANTAGE_LENGTH = Definition(
    "advantage-length",
    "advantage times length weight, mean over the mates",
    lambda: Rel(
        sy.adv_n(_i),
        "=",
        sympy.Sum(
            sy.g_mates(sy.i_mates) * sy.adv_real(_i, sy.i_mates) * sy.n_mean(_i, sy.i_mates),
            (sy.i_mates, 1, sy.N_rewards),
        ),
    ),
)
LOSS_OBJECTS = (
    *(PAIR_SCORE, RATIO_ONE, ADVANTAGE_BINARY, ADVANTAGE_BASE, ADVANTAGE_GIVEN),
    *(LENGTH_LAW, LENGTH_MEAN, ADVANTAGE_LENGTH),
)
