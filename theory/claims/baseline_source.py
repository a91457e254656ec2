"""RLOO and Dr. GRPO: the group normaliser is no source of bias, whatever the length (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import sympy

from .. import symbols as sy
from ..objects import PROBABILITY
from ..proof.build import assume, define, identity, lemma
from ..proof.fill import filled
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Definition, Rel
from ..symbols import a_tok, i_out, nu_row, phi, src_rew, theta

_rows, _tokens, _mates = (nu_row, 1, sy.N_rows), (a_tok, 1, sy.n_vocab), (i_out, 1, sy.n_out)
_law, _score = sy.row_law(nu_row, a_tok), sy.row_score(nu_row, a_tok)
_gain, _weight = sy.row_gain(nu_row, a_tok), sy.row_len(nu_row, a_tok)

MEAN = Definition(
    "row-advantage",
    "the weighted advantage averaged over the mates",
    lambda x: Rel(
        sy.row_adv_mean(nu_row, a_tok, x),
        "=",
        sympy.Sum(sy.prob(i_out, x) * sy.row_adv(nu_row, a_tok, i_out), _mates),
    ),
)
LINEAR = Assumption(
    "LEAVE-OUT",
    "Reward minus the mean of the mates, row by row",
    r"$A_{\nu\mathsf ai}=c_A(\hat R_{\nu\mathsf a}-\hat n_{\nu\mathsf a}\bar r^{\mathrm m}_i)$, the mean"
    r" over suffixes of $n_yc_A(r_y-\bar r^{\mathrm m}_i)$: RLOO, Dr. GRPO.",
    lambda: Rel(sy.row_adv(nu_row, a_tok, i_out), "=", sy.adv_scale * (_gain - _weight * sy.mates_mean(i_out))),
)
LENGTH = Assumption(
    "ROW-LEN",
    "Constant length weight, row by row",
    r"$\hat n_{\nu\mathsf a}=n_L$: equal lengths, or division by a constant.",
    lambda: Rel(_weight, "=", sy.len_const),
)


def _base(x: Any) -> Any:
    return sympy.Sum(sy.prob(i_out, x) * sy.mates_mean(i_out), _mates)


def _average(x: Any) -> Any:
    return sy.adv_scale * (_gain - sy.len_const * _base(x))


_mean_score = sympy.Sum(_law * _score, _tokens)
_gap = sy.row_adv_mean(nu_row, a_tok, phi) - sy.row_adv_mean(nu_row, a_tok, theta)
_factor = -sy.adv_scale * sy.len_const * (_base(phi) - _base(theta))

_STEPS = (
    assume("linear", LINEAR),
    assume("length", LENGTH),
    define("law", PROBABILITY, phi, why="the mates have a law, that of an outcome under D"),
    define("law-on", PROBABILITY, theta),
    define("mean", MEAN, phi),
    define("mean-on", MEAN, theta),
    identity("average", sy.row_adv_mean(nu_row, a_tok, phi), _average(phi), "mean linear length law", "linear"),
    identity(
        "average-on", sy.row_adv_mean(nu_row, a_tok, theta), _average(theta), "mean-on linear length law-on", "linear"
    ),
    define("score", Rel(sy.row_mean(nu_row), "=", _mean_score), why="mean score of the row, under its own law"),
    lemma("zero", "score-mean-zero", sy.row_mean(nu_row), uses="score"),
    define(
        "row",
        Rel(sy.row_change(nu_row), "=", sympy.Sum(_law * _gap * _score, _tokens)),
        why="the token is the learner's: its ratio is exact",
    ),
    identity(
        "row-split",
        sy.row_change(nu_row),
        _factor * sy.row_mean(nu_row),
        "row average average-on score",
        "the baseline moves, alike for every token",
    ),
    identity("row-zero", sy.row_change(nu_row), sympy.S.Zero, "row-split zero", "and meets a mean score"),
    define(
        "source",
        Rel(src_rew, "=", sympy.Sum(sy.visit(nu_row, phi) * sy.row_change(nu_row), _rows)),
        why="mates' law moved after prefix and suffix, unclipped",
    ),
    identity("conclusion", src_rew, sympy.S.Zero, "source row-zero", "row by row"),
)


def _arms(rewards: tuple[int, ...] = (1, 0), lengths: tuple[int, ...] = (1, 1), sign: bool = False) -> Table:
    """One row of arms, groups of two; learner (1/2, rest equal), behaviour mirrored; ``sign``: divided by the std."""
    n = len(rewards)
    learner = [Fraction(1, 2)] + [Fraction(1, 2 * (n - 1))] * (n - 1)
    behaviour = [Fraction(1, 4)] * (n - 1) + [1 - Fraction(n - 1, 4)]
    values: dict[Any, Any] = {sy.N_rows: 1, sy.n_vocab: n, sy.n_out: n, sy.adv_scale: 1, sy.len_const: 1}
    values[sy.visit(1, phi)] = 1
    for a in range(n):
        weight = Fraction(1, lengths[a])
        values |= {
            sy.prob(a + 1, theta): learner[a],
            sy.prob(a + 1, phi): behaviour[a],
            sy.mates_mean(a + 1): rewards[a],
        }
        values |= {sy.row_law(1, a + 1): learner[a], sy.row_gain(1, a + 1): weight * rewards[a]}
        values |= {sy.row_len(1, a + 1): weight}
        values[sy.row_score(1, a + 1)] = tuple((a == b) - learner[b] for b in range(n))
    for a, b in product(range(n), repeat=2):
        gap = rewards[a] - rewards[b]
        values[sy.row_adv(1, a + 1, b + 1)] = ((gap > 0) - (gap < 0) if sign else gap) * Fraction(1, lengths[a])
    ranges = {nu_row: range(1, 2), a_tok: range(1, n + 1), i_out: range(1, n + 1)}
    return filled(values, _STEPS, ranges)


CLAIM = Claim(
    id="baseline-source",
    title="A baseline of the mates is no source",
    kind="exact",
    statement=r"RLOO and Dr. GRPO with the token ratio, unclipped, with a constant length weight:"
    r" $\delta^{\mathrm{iii}}=0$ for every behaviour policy, in any number of rows. Moving the mates' law shifts the"
    r" advantage of all tokens of a row alike, and scores have mean zero under the learner's law. With single tokens"
    r" nothing else is left and $\delta\equiv0$.",
    source="derived here",
    steps=_STEPS,
    conclusions=("conclusion",),
    formula=sympy.S.Zero,
    necessity={"LEAVE-OUT": _arms(rewards=(2, 1, 0), lengths=(1, 1, 1), sign=True), "ROW-LEN": _arms(lengths=(1, 2))},
    attained=(_arms(),),
)
