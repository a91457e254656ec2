"""Three reward levels with a std: H on the diagonal is no gradient (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from ..objects import NORMALISED
from ..proof.build import assume, define, identity, inequality, lemma
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel, Step
from ..symbols import (
    Dh_vw,
    Dh_wv,
    coef,
    curl_vw,
    d2prob,
    dcoef_v,
    dcoef_w,
    dprob_v,
    dprob_w,
    lev,
    mid_v,
    mid_w,
    prob_d,
    top_v,
    top_w,
)
from .potential import curl_of, curl_steps

_cross = dprob_v(2) * dprob_w(3) - dprob_w(2) * dprob_v(3)
_sum_v, _sum_w = (d(1) + d(2) + d(3) for d in (dprob_v, dprob_w))
_written = sum(
    (dcoef_v(r) * dprob_w(r) - dcoef_w(r) * dprob_v(r) for r in (1, 2, 3)),
    start=0,
)
TWIST: Any = mid_v * top_w - mid_w * top_v
"""The turn of the chances of the second and third kind, which all three share."""


def pair_slope(r: int, slope: Any, chance: Any, against: Mapping[tuple[int, int], Any]) -> Rel:
    """``c_r = sum_s k_rs p_s`` differentiated, for groups of two with ``k_sr = -k_rs``; ``against`` has r < s."""
    terms = [against[r, s] if r < s else -against[s, r] for s in (1, 2, 3) if s != r]
    others = [chance(s) for s in (1, 2, 3) if s != r]
    return Rel(slope(r), "=", terms[0] * others[0] + terms[1] * others[1])


def twist_steps(assumption: Assumption, against: Mapping[tuple[int, int], Any]) -> tuple[Step, ...]:
    """``curl h = 2 (k_13 - k_12 - k_23) TWIST`` for three kinds of response in groups of two: step ``twisted``."""
    k12, k13, k23 = (against[pair] for pair in ((1, 2), (1, 3), (2, 3)))
    total: Any = k13 - k12 - k23
    rest_v, rest_w = (k12 * d(2) + k13 * d(3) for d in (dprob_v, dprob_w))
    return (
        *curl_steps(lev, 3),
        lemma("written", "written-out", curl_of(lev, 3).function, lev),
        define("one", NORMALISED, lev, 3),
        lemma("still-v", "constant-sum", "v", lev, 3, uses="one", why="the slopes of the chances add up to zero"),
        lemma("still-w", "constant-sum", "w", lev, 3, uses="one", why="the slopes of the chances add up to zero"),
        lemma("three-v", "written-out", dprob_v(lev), lev),
        lemma("three-w", "written-out", dprob_w(lev), lev),
        *(assume(f"pair-v{r}", assumption, r, dcoef_v, dprob_v) for r in (1, 2, 3)),
        *(assume(f"pair-w{r}", assumption, r, dcoef_w, dprob_w) for r in (1, 2, 3)),
        identity(
            "inserted",
            _written,
            2 * total * _cross + 2 * _sum_w * rest_v - 2 * _sum_v * rest_w,
            "pair-v1 pair-v2 pair-v3 pair-w1 pair-w2 pair-w3",
            "collect",
        ),
        inequality("sum-v", _sum_v, "=", 0, "still-v three-v", "no kind gains on balance"),
        inequality("sum-w", _sum_w, "=", 0, "still-w three-w", "no kind gains on balance"),
        inequality("gone-v", 2 * _sum_v * rest_w, "=", 0, "sum-v", "times zero"),
        inequality("gone-w", 2 * _sum_w * rest_v, "=", 0, "sum-w", "times zero"),
        inequality(
            "collected", curl_vw, "=", 2 * total * _cross, "curl written inserted gone-v gone-w", "put together"
        ),
        define("mid-v", Rel(mid_v, "=", dprob_v(2)), why="slope of the middle chance"),
        define("mid-w", Rel(mid_w, "=", dprob_w(2)), why="slope of the middle chance"),
        define("top-v", Rel(top_v, "=", dprob_v(3)), why="slope of the top chance"),
        define("top-w", Rel(top_w, "=", dprob_w(3)), why="slope of the top chance"),
        identity("names", 2 * total * _cross, 2 * total * TWIST, "mid-v mid-w top-v top-w", "by name"),
        inequality("twisted", curl_vw, "=", 2 * total * TWIST, "collected names", "in the slopes of two chances"),
    )


_SIGNS = {(1, 2): -1, (1, 3): -1, (2, 3): -1}  # the better response has A = 1


def _pair(r: int, slope: Any, chance: Any) -> Rel:
    """``c_r = sum over levels below of p_s - sum over levels above of p_s``, differentiated."""
    return pair_slope(r, slope, chance, _SIGNS)


PAIR = Assumption(
    "PAIR",
    "Groups of two, standardised",
    r"$G=2$ with the population std: the better response has $A=1$, the other $A=-1$, two equal ones $0$; so $c_r$ is"
    r" the chance of a lower level less the chance of a higher one.",
    _pair,
)


def three_arms(against: Mapping[tuple[int, int], Fraction | int], common: Fraction | int = 0) -> Table:
    """Three arms with logits, all 1/3, one per kind; v and w are the logits of the first two.

    ``common`` is added to every slope of a coefficient per slope of the second chance: with it ``against`` is not all.
    """
    third, kinds = Fraction(1, 3), range(1, 4)
    both = {(r, s): against[r, s] if r < s else -against[s, r] for r in kinds for s in kinds if r != s}
    dv = {r: third * (int(r == 1) - third) for r in kinds}
    dw = {r: third * (int(r == 2) - third) for r in kinds}
    values: dict[Any, Any] = {}
    for r in kinds:
        turn = dw[r] * (int(r == 1) - third) - third * dw[1]
        values |= {prob_d(r): third, dprob_v(r): dv[r], dprob_w(r): dw[r], d2prob(r): turn, coef(r): 0}
        for slope, d in ((dcoef_v, dv), (dcoef_w, dw)):
            values[slope(r)] = sum((both[r, s] * d[s] for s in kinds if s != r), Fraction(0)) + common * r * d[2]
    twists = [sum((values[c(r)] * d[r] for r in kinds), Fraction(0)) for c, d in ((dcoef_v, dw), (dcoef_w, dv))]
    values |= {mid_v: dv[2], mid_w: dw[2], top_v: dv[3], top_w: dw[3]}
    values |= {Dh_vw: twists[0], Dh_wv: twists[1], curl_vw: twists[0] - twists[1]}
    return Table(values, indices={lev: range(1, 4)})


_WITHOUT_STD = {(r, s): Fraction(r - s, 2) for r, s in _SIGNS}  # A is half the difference of the levels: no curl

CLAIM = Claim(
    id="curl-levels",
    title="Three reward levels with a std: no potential",
    kind="exact",
    statement=r"Three reward levels, $G=2$, population std, one length: for $h=H(\theta,\theta)$"
    r" $\partial_v\langle h,w\rangle-\partial_w\langle h,v\rangle=2(\partial_vp_2\,\partial_wp_3-\partial_wp_2\,"
    r"\partial_vp_3)$, with $p_1,p_2,p_3$ the chances of the levels in ascending order. It is $2/27$ for three arms at"
    r" the uniform policy, along the first two logits: $H$ is the gradient of no functional.",
    source="derived here",
    steps=twist_steps(PAIR, _SIGNS),
    conclusions=("twisted",),
    formula=2 * TWIST,
    necessity={"PAIR": three_arms(_WITHOUT_STD)},
    attained=(three_arms(_SIGNS),),
)
