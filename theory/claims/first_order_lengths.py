"""First-order form of the staleness bias for responses of any lengths and any length weight (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import sympy

from .. import symbols as sy
from ..loss_objects import ADVANTAGE_LENGTH, LENGTH_LAW, LENGTH_MEAN, PAIR_SCORE
from ..proof.build import assume, define, identity, lemma
from ..proof.fill import filled
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel
from ..symbols import i_mates, iota, j_other, k_mates, sigma_cur

_pairs, _rewards = (iota, 1, sy.N_pairs), (i_mates, 1, sy.N_rewards)
_lengths, _mates = (k_mates, 1, sy.N_lengths), (j_other, 1, sy.N_mates)
_p, _s, _an, _sigma = sy.prob_pair(iota), sy.score_pair(iota), sy.adv_n(iota), sy.sigma_pair(iota)
_before, _token, _after = sy.pre_pair(iota), sy.cur_pair(iota), sy.suf_pair(iota)
_whole = _before + _token + _after
_g, _dg, _h, _dh = (
    sy.g_mates(i_mates),
    sy.dg_mates(i_mates),
    sy.h_mates(i_mates, k_mates),
    sy.dh_mates(i_mates, k_mates),
)
_a, _n, _n_mean = sy.adv_real(iota, i_mates), sy.n_real(iota, k_mates), sy.n_mean(iota, i_mates)
_dn_mean, _own = sy.dn_mean(iota, i_mates), sy.n_own(iota)
_rew_part, _len_part = sy.adv_n_rew(iota), sy.adv_n_len(iota)

WEIGHT = Assumption(
    "LENGTH-WEIGHT",
    "The token weight on the diagonal is advantage times length weight",
    r"$\gamma_\iota=\overline{An}_\iota$ where $\varphi=\theta$: every ratio is one and no clip is active.",
    lambda: Rel(sy.weight_pair(iota), "=", _an),
)
POWER = Assumption(
    "LENGTH-POWER",
    "The token weight is a power of the ratios, which may depend on the own length",
    r"$\gamma_\iota=\overline{An}_\iota\,\rho^{\sigma_{\mathrm{cur}}}(\rho^{\mathrm{seq}})^{\sigma_\iota}$ near the"
    r" diagonal, given here by its logarithmic derivative in $\varphi$.",
    lambda: Rel(sy.dweight_pair(iota), "=", sy.dadv_n(iota) - _an * (sigma_cur * _token + _sigma * _whole)),
)
OWN = Assumption(
    "OWN-LENGTH",
    "The length weight ignores the mates",
    r"$n^{\mathrm m}_{\iota k'}=n^{\mathrm{own}}_\iota$, such as one over the own length: GRPO, GSPO; not"
    r" the token mean of DAPO.",
    lambda: Rel(_n, "=", _own),
)


def _over(term: Any) -> Any:
    return sympy.Sum(_p * term * _s, _pairs)


_PARTS = {
    "prefix": (sy.part_pre, _over((1 - _sigma) * _an * _before)),
    "token": (sy.part_tok, _over((1 - _sigma - sigma_cur) * _an * _token)),
    "suffix": (sy.part_suf, _over((1 - _sigma) * _an * _after)),
    "rewards": (sy.part_rew, _over(_rew_part)),
    "lengths": (sy.part_len, _over(_len_part)),
}
_total = sympy.Add(*(symbol for symbol, _ in _PARTS.values()))
_mean_adv, _d_mean_adv = sympy.Sum(_g * _a, _rewards), sympy.Sum(_dg * _a, _rewards)
_law = (1 - _sigma) * (_before + _after) + (1 - _sigma - sigma_cur) * _token

_STEPS = (
    define("mean-n", LENGTH_MEAN),
    define("mean", ADVANTAGE_LENGTH),
    lemma("leibniz", "leibniz-pairs", sympy.S.One),
    lemma("leibniz-mean-n", "leibniz-lengths", uses="mean-n"),
    lemma("leibniz-mean", "leibniz-mates", uses="mean"),
    define("pair-score", PAIR_SCORE),
    assume("weight", WEIGHT),
    assume("power", POWER),
    define("part-rewards", Rel(_rew_part, "=", sympy.Sum(_dg * _a * _n_mean, _rewards)), why="the rewards' law moves"),
    define("part-lengths", Rel(_len_part, "=", sympy.Sum(_g * _a * _dn_mean, _rewards)), why="the lengths' law moves"),
    identity(
        "moved",
        sy.dadv_n(iota),
        _rew_part + _len_part,
        "leibniz-mean part-rewards part-lengths",
        "two laws of the mates",
    ),
    *(define(name, Rel(symbol, "=", value), why=f"source: {name}") for name, (symbol, value) in _PARTS.items()),
    identity(
        "conclusion",
        sy.dH_h,
        _total,
        f"leibniz pair-score weight power moved {' '.join(_PARTS)}",
        "one law moves at a time",
    ),
    define("score-rewards", Rel(sy.rew_score(i_mates), "=", sympy.Sum(sy.rew_mate(i_mates, j_other), _mates))),
    define(
        "score-lengths",
        Rel(sy.len_score(i_mates, k_mates), "=", sympy.Sum(sy.len_mate(i_mates, k_mates, j_other), _mates)),
    ),
    lemma("mates-rewards", "mates-rewards"),
    lemma("mates-lengths", "mates-lengths"),
    identity(
        "explicit-rewards",
        _rew_part,
        sympy.Sum(_g * sy.rew_score(i_mates) * _a * _n_mean, _rewards),
        "part-rewards mates-rewards score-rewards",
        "score of the mates' rewards",
    ),
    identity(
        "explicit-lengths",
        _dn_mean,
        sympy.Sum(_h * sy.len_score(i_mates, k_mates) * _n, _lengths),
        "leibniz-mean-n mates-lengths score-lengths",
        "score of the mates' lengths, given their rewards",
    ),
    define("length-law", LENGTH_LAW),
    lemma("length-total", "mates-lengths-total", uses="length-law"),
    assume("own", OWN),
    identity("own-mean", _n_mean, _own, "mean-n own length-law", "a constant, averaged"),
    identity("own-slope", _dn_mean, sympy.S.Zero, "leibniz-mean-n own length-total", "and its mean does not move"),
    identity("own-part", _len_part, sympy.S.Zero, "part-lengths own-slope", "for every response"),
    identity("own-lengths", sy.part_len, sympy.S.Zero, "lengths own-part", "so the mates' lengths are no source"),
    define("advantage", Rel(sy.adv_pair(iota), "=", _mean_adv), why="mean advantage over the mates"),
    define("advantage-slope", Rel(sy.dadv_pair(iota), "=", _d_mean_adv), why="its derivative"),
    identity("own-weight", _an, _own * sy.adv_pair(iota), "mean own-mean advantage", "the length weight factors out"),
    identity(
        "own-rewards", _rew_part, _own * sy.dadv_pair(iota), "part-rewards own-mean advantage-slope", "here as well"
    ),
    identity(
        "own-form",
        sy.dH_h,
        _over(_own * (sy.adv_pair(iota) * _law + sy.dadv_pair(iota))),
        "conclusion prefix token suffix rewards own-lengths own-weight own-rewards",
        "the form of equal lengths, weighted token by token",
    ),
)


def world(own: bool = True, weight: int = 1, slope: int = 0) -> Table:
    """Groups of two: a token ends the response with probability 1/2, else a second token is right with probability 1/2.

    Responses of one token (wrong), of two (right), of two (wrong); advantages are signs, the token weight is the token
    ratio's; ``own``: one over the own length, else one over the mean length of the group.

    Args:
        own: the length weight.
        weight: factor of the token weight.
        slope: how many token weights are added to its derivative.
    """
    half = Fraction(1, 2)
    laws, sizes, rewards = (half, half / 2, half / 2), (1, 2, 2), (0, 1, 0)
    moves, along = (Fraction(1), Fraction(3)), (Fraction(2), Fraction(1))  # w and h: the logits of stopping, of right

    def score(y: int, k: int, direction: tuple[Fraction, Fraction]) -> Fraction:
        up = (y == 0) if k == 0 else (y == 1)
        return direction[k] * (half if up else -half)

    whole = [sum((score(y, k, moves) for k in range(sizes[y])), Fraction(0)) for y in range(3)]

    def mean(reward: int, size: int | None = None) -> Fraction:
        kept = [y for y in range(3) if rewards[y] == reward and size in (None, sizes[y])]
        total = sum((laws[y] for y in kept), Fraction(0))
        return sum((laws[y] * whole[y] for y in kept), Fraction(0)) / total if total else Fraction(0)

    pairs = [(y, k) for y in range(3) for k in range(sizes[y])]
    values: dict[Any, Any] = {sy.N_pairs: len(pairs), sy.N_rewards: 2, sy.N_lengths: 2, sy.N_mates: 1, sigma_cur: 1}
    for i in (1, 2):  # reward i - 1 of the mate
        chance = sum((laws[y] for y in range(3) if rewards[y] == i - 1), Fraction(0))
        values |= {sy.g_mates(i): chance, sy.rew_mate(i, 1): mean(i - 1), sy.dg_mates(i): chance * mean(i - 1)}
        for k in (1, 2):  # its length
            given = sum((laws[y] for y in range(3) if (rewards[y], sizes[y]) == (i - 1, k)), Fraction(0)) / chance
            values |= {sy.h_mates(i, k): given, sy.len_mate(i, k, 1): mean(i - 1, k) - mean(i - 1)}
            values[sy.dh_mates(i, k)] = given * values[sy.len_mate(i, k, 1)]
    for t, (y, place) in enumerate(pairs, 1):
        values |= {sy.prob_pair(t): laws[y], sy.score_pair(t): score(y, place, along), sy.sigma_pair(t): 0}
        parts = [score(y, k, moves) for k in range(sizes[y])]
        values |= {sy.pre_pair(t): sum(parts[:place]), sy.cur_pair(t): parts[place]}
        values |= {sy.suf_pair(t): sum(parts[place + 1 :]), sy.n_own(t): Fraction(1, sizes[y])}
        for m in (1, 2):
            values[sy.adv_real(t, m)] = (rewards[y] > m - 1) - (rewards[y] < m - 1)
            values[sy.n_real(t, m)] = Fraction(1, sizes[y]) if own else Fraction(2, sizes[y] + m)
        values |= {
            sy.dn_mean(t, i): sum(values[sy.dh_mates(i, k)] * values[sy.n_real(t, k)] for k in (1, 2)) for i in (1, 2)
        }
    ranges = {iota: range(1, len(pairs) + 1), i_mates: range(1, 3), k_mates: range(1, 3), j_other: range(1, 2)}
    known: Mapping[Any, Any] = filled(values, _STEPS, ranges).values
    total = Fraction(0)
    rest: dict[Any, Any] = {}
    for t in ranges[iota]:
        moved, mean_an = known[sy.adv_n_rew(t)] + known[sy.adv_n_len(t)], known[sy.adv_n(t)]
        gamma, change = weight * mean_an, moved - mean_an * known[sy.cur_pair(t)] + slope * mean_an
        rest |= {sy.dadv_n(t): moved, sy.weight_pair(t): gamma, sy.dweight_pair(t): change}
        total += (gamma * known[sy.dprob_pair(t)] + known[sy.prob_pair(t)] * change) * known[sy.score_pair(t)]
    return Table({**known, **rest, sy.dH_h: total}, indices=ranges)


CLAIM = Claim(
    id="first-order-lengths",
    title="Where the bias comes from, to first order, for responses of any lengths",
    kind="exact",
    statement=r"Let the loss weigh a token by $n$, which may depend on the lengths of the whole group, and let"
    r" $\gamma_\iota=\mathbb"
    r" E_{\mathrm{mates}}[A\,n]\,\rho^{\sigma_{\mathrm{cur}}}(\rho^{\mathrm{seq}})^{\sigma_\iota}$ near the diagonal"
    r" ($\sigma_\iota$ may depend on the own length). Then for responses of any lengths $\langle\partial_\varphi"
    r" H(\theta,\theta)[w],h\rangle=\dot\delta^{\mathrm"
    r" i}+\dot\delta^0+\dot\delta^{\mathrm{ii}}+\dot\delta^{\mathrm{iii}}+\dot\delta^{\mathrm{vi}}$, where the mates"
    r" enter through the score of their rewards, $\dot\delta^{\mathrm{iii}}=\sum_\iota P_\iota\langle"
    r" s_\iota,h\rangle\,\mathbb E_{\mathrm{mates}}[A\,n\,u^{\mathrm m}]$, and through the score of their lengths"
    r" given their rewards, $\dot\delta^{\mathrm{vi}}=\sum_\iota P_\iota\langle s_\iota,h\rangle\,\mathbb"
    r" E_{\mathrm{mates}}[A\,n\,v^{\mathrm m}]$; $u^{\mathrm m}+v^{\mathrm m}$ is the sum over the mates of $\mathbb"
    r" E[\langle S,w\rangle\mid\text{reward, length}]$. A length weight that ignores the mates has"
    r" $\dot\delta^{\mathrm{vi}}=0$, and $n^{\mathrm{own}}_\iota$ then weighs each token of the form of equal"
    r" lengths.",
    source="derived here",
    steps=_STEPS,
    conclusions=("conclusion", "explicit-rewards", "explicit-lengths", "own-lengths", "own-form"),
    formula=_total,
    formulas={"own": sympy.S.Zero},
    necessity={WEIGHT.id: world(weight=2), POWER.id: world(slope=1), OWN.id: world(own=False)},
    attained=(world(),),
)
