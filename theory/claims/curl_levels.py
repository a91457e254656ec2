"""Three reward levels with a std: H on the diagonal is no gradient (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

from ..objects import NORMALISED
from ..proof.build import assume, define, identity, inequality, lemma
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel
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
_named = 2 * (mid_v * top_w - mid_w * top_v)
_sum_v, _sum_w = (d(1) + d(2) + d(3) for d in (dprob_v, dprob_w))
_written = sum(
    (dcoef_v(r) * dprob_w(r) - dcoef_w(r) * dprob_v(r) for r in (1, 2, 3)),
    start=0,
)


def _pair(r: int, slope: Any, chance: Any) -> Rel:
    """``c_r = sum over levels below of p_s - sum over levels above of p_s``, differentiated."""
    terms = [(1 if s < r else -1) * chance(s) for s in (1, 2, 3) if s != r]
    return Rel(slope(r), "=", terms[0] + terms[1])


PAIR = Assumption(
    "PAIR",
    "Groups of two, standardised",
    r"$G=2$ with the population std: the better response has $A=1$, the other $A=-1$, two equal ones $0$; so $c_r$ is"
    r" the chance of a lower level less the chance of a higher one.",
    _pair,
)


def _uniform_arms(standardised: bool = True) -> Table:
    """Three arms with logits, all 1/3, one per level 0, 1, 2; v and w are the logits of the first two."""
    third, chances = Fraction(1, 3), range(1, 4)
    dv = {r: third * (int(r == 1) - third) for r in chances}
    dw = {r: third * (int(r == 2) - third) for r in chances}
    d2 = {r: dw[r] * (int(r == 1) - third) - third * dw[1] for r in chances}
    slopes: list[dict[int, Fraction]] = []
    for d in (dv, dw):
        if standardised:
            slopes.append(
                {r: sum((d[s] * (1 if s < r else -1) for s in chances if s != r), Fraction(0)) for r in chances}
            )
        else:  # c_r = (r - mean) / 2
            mean = sum(((s - 1) * d[s] for s in chances), Fraction(0))
            slopes.append(dict.fromkeys(chances, -mean / 2))
    values: dict[Any, Any] = {}
    for r in chances:
        values |= {prob_d(r): third, dprob_v(r): dv[r], dprob_w(r): dw[r], d2prob(r): d2[r], coef(r): 0}
        values |= {dcoef_v(r): slopes[0][r], dcoef_w(r): slopes[1][r]}
    twists = [sum((a[r] * b[r] for r in chances), Fraction(0)) for a, b in ((slopes[0], dw), (slopes[1], dv))]
    values |= {mid_v: dv[2], mid_w: dw[2], top_v: dv[3], top_w: dw[3]}
    values |= {Dh_vw: twists[0], Dh_wv: twists[1], curl_vw: twists[0] - twists[1]}
    return Table(values, indices={lev: range(1, 4)})


CLAIM = Claim(
    id="curl-levels",
    title="Three reward levels with a std: no potential",
    kind="exact",
    statement=r"Three reward levels, $G=2$, population std, one length: for $h=H(\theta,\theta)$"
    r" $\partial_v\langle h,w\rangle-\partial_w\langle h,v\rangle=2(\partial_vp_2\,\partial_wp_3-\partial_wp_2\,"
    r"\partial_vp_3)$, with $p_1,p_2,p_3$ the chances of the levels in ascending order. It is $2/27$ for three arms at"
    r" the uniform policy, along the first two logits: $H$ is the gradient of no functional.",
    source="derived here",
    steps=(
        *curl_steps(lev, 3),
        lemma("written", "written-out", curl_of(lev, 3).function, lev),
        define("one", NORMALISED, lev, 3),
        lemma("still-v", "constant-sum", "v", lev, 3, uses="one", why="the slopes of the chances add up to zero"),
        lemma("still-w", "constant-sum", "w", lev, 3, uses="one", why="the slopes of the chances add up to zero"),
        lemma("three-v", "written-out", dprob_v(lev), lev),
        lemma("three-w", "written-out", dprob_w(lev), lev),
        *(assume(f"pair-v{r}", PAIR, r, dcoef_v, dprob_v) for r in (1, 2, 3)),
        *(assume(f"pair-w{r}", PAIR, r, dcoef_w, dprob_w) for r in (1, 2, 3)),
        identity(
            "inserted",
            _written,
            2 * _cross + 2 * _sum_v * (dprob_w(2) + dprob_w(3)) - 2 * _sum_w * (dprob_v(2) + dprob_v(3)),
            "pair-v1 pair-v2 pair-v3 pair-w1 pair-w2 pair-w3",
            "collect",
        ),
        inequality("sum-v", _sum_v, "=", 0, "still-v three-v", "no level gains on balance"),
        inequality("sum-w", _sum_w, "=", 0, "still-w three-w", "no level gains on balance"),
        inequality("collected", curl_vw, "=", 2 * _cross, "curl written inserted sum-v sum-w", "put together"),
        define("mid-v", Rel(mid_v, "=", dprob_v(2)), why="slope of the middle chance"),
        define("mid-w", Rel(mid_w, "=", dprob_w(2)), why="slope of the middle chance"),
        define("top-v", Rel(top_v, "=", dprob_v(3)), why="slope of the top chance"),
        define("top-w", Rel(top_w, "=", dprob_w(3)), why="slope of the top chance"),
        identity("names", 2 * _cross, _named, "mid-v mid-w top-v top-w", "by name"),
        inequality("conclusion", curl_vw, "=", _named, "collected names", "in the slopes of two chances"),
    ),
    conclusions=("conclusion",),
    formula=_named,
    necessity={"PAIR": _uniform_arms(standardised=False)},
    attained=(_uniform_arms(),),
)
