"""When H on the diagonal is the gradient of something: binary rewards, or any rewards without a std (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from ..objects import NORMALISED
from ..proof.build import assume, define, identity, inequality, lemma
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel, Step
from ..symbols import (
    Dh_vw,
    Dh_wv,
    base_m,
    coef,
    curl_vw,
    dbase_m,
    dcoef_v,
    dcoef_w,
    dgain_m,
    dprob_v,
    dprob_w,
    gain_m,
    h_w,
    i_out,
    mean_v,
    mean_w,
    n_out,
    prob_d,
    rew_of,
)


def curl_of(index: Any, high: Any) -> Any:
    """``sum (dc_i[v] dp_i[w] - dc_i[w] dp_i[v])``."""
    return sympy.Sum(dcoef_v(index) * dprob_w(index) - dcoef_w(index) * dprob_v(index), (index, 1, high))


def curl_steps(index: Any, high: Any) -> tuple[Step, ...]:
    """The curl of a sum of weighted gradients (step ``curl``): second derivatives are symmetric and cancel."""
    return (
        lemma("along-v", "field-derivative", index, high, "v", why="product rule"),
        lemma("along-w", "field-derivative", index, high, "w", why="product rule"),
        define("difference", Rel(curl_vw, "=", Dh_vw - Dh_wv), why="zero in all directions for a gradient"),
        identity("curl", curl_vw, curl_of(index, high), "difference along-v along-w", "second derivatives cancel"),
    )


_over = (i_out, 1, n_out)
_affine_sum = sympy.Sum((base_m + gain_m * rew_of(i_out)) * dprob_w(i_out), _over)
_slope = dbase_m + dgain_m * rew_of(i_out)


def _affine(function: Any, base: Any, gain: Any) -> Rel:
    return Rel(function(i_out), "=", base + gain * rew_of(i_out))


AFFINE = Assumption(
    "AFFINE",
    "The coefficient sees the policy through the mean reward alone",
    r"$c_i=a(m)+b(m)R_i$ with $m=\mathbb E[R]$, hence $\partial_vc_i=(a'(m)+b'(m)R_i)\,\partial_vm$ along every $v$.",
    _affine,
)


def _three_levels() -> Table:
    """Three arms, all 1/3, rewards 0, 1, 2, G = 2 with a std: coefficients -2/3, 0, 2/3 whose slopes are not affine."""
    arms, third = (1, 2, 3), Fraction(1, 3)
    values: dict[Any, Any] = {n_out: 3, base_m: -2 * third, gain_m: 2 * third, dbase_m: 0, dgain_m: 0}
    slopes: list[dict[int, Fraction]] = []
    for first, d_p, d_c in ((1, dprob_v, dcoef_v), (2, dprob_w, dcoef_w)):
        d = {r: third * (int(r == first) - third) for r in arms}
        c = {r: sum((d[s] * (1 if s < r else -1) for s in arms if s != r), Fraction(0)) for r in arms}
        values |= {d_p(r): d[r] for r in arms} | {d_c(r): c[r] for r in arms}
        slopes += [d, c]
    dv, cv, dw, cw = slopes
    values |= {coef(r): 2 * third * (r - 2) for r in arms} | {rew_of(r): r - 1 for r in arms}
    values |= {prob_d(r): third for r in arms}
    values |= {mean_v: dv[2] + 2 * dv[3], mean_w: dw[2] + 2 * dw[3]}
    values[h_w] = sum((values[coef(r)] * dw[r] for r in arms), Fraction(0))
    twists = [sum((a[r] * b[r] for r in arms), Fraction(0)) for a, b in ((cv, dw), (cw, dv))]
    values |= {Dh_vw: twists[0], Dh_wv: twists[1], curl_vw: twists[0] - twists[1]}
    return Table(values, indices={i_out: range(1, 4)})


CLAIM = Claim(
    id="potential",
    title="When the surrogate gradient is a gradient",
    kind="exact",
    statement=r"On the diagonal with one length weight for all outcomes, $H(\theta,\theta)=h=\sum_ic_i\nabla p_i$ with"
    r" $c_i$ the expected advantage of outcome $i$. If $c_i=a(m)+b(m)R_i$ with $m=\mathbb E[R]$, then $h=b(m)\nabla"
    r" m$ and its Jacobian is symmetric: by the chain rule $h=\nabla\,\mathcal W(m)$ for $\mathcal W'=b$. Of this"
    r" form are binary rewards with any std, $c_i=A_0+R_iw_G$ and $b=w_G$, and any rewards without a std, where $c_i$"
    r" is a constant times $R_i-m$.",
    source="derived here, for outcome spaces of any finite size",
    steps=(
        assume("coefficient", AFFINE, coef, base_m, gain_m),
        define("field", Rel(h_w, "=", sympy.Sum(coef(i_out) * dprob_w(i_out), _over)), why="component along w"),
        define("one", NORMALISED, i_out, n_out),
        lemma("still-v", "constant-sum", "v", i_out, n_out, uses="one", why="so the derivatives add up to zero"),
        lemma("still-w", "constant-sum", "w", i_out, n_out, uses="one", why="so the derivatives add up to zero"),
        define("mean-v", Rel(mean_v, "=", sympy.Sum(rew_of(i_out) * dprob_v(i_out), _over)), why="slope of the mean"),
        define("mean-w", Rel(mean_w, "=", sympy.Sum(rew_of(i_out) * dprob_w(i_out), _over)), why="slope of the mean"),
        identity("insert", sympy.Sum(coef(i_out) * dprob_w(i_out), _over), _affine_sum, "coefficient", "insert it"),
        inequality(
            "value", h_w, "=", gain_m * mean_w, "field insert still-w mean-w", "the shared coefficient drops out"
        ),
        *curl_steps(i_out, n_out),
        assume("slope-v", AFFINE, dcoef_v, dbase_m * mean_v, dgain_m * mean_v),
        assume("slope-w", AFFINE, dcoef_w, dbase_m * mean_w, dgain_m * mean_w),
        identity(
            "pull",
            curl_of(i_out, n_out),
            mean_v * sympy.Sum(_slope * dprob_w(i_out), _over) - mean_w * sympy.Sum(_slope * dprob_v(i_out), _over),
            "slope-v slope-w",
            "insert the slopes",
        ),
        inequality(
            "sum-v", sympy.Sum(_slope * dprob_v(i_out), _over), "=", dgain_m * mean_v, "still-v mean-v", "again"
        ),
        inequality(
            "sum-w", sympy.Sum(_slope * dprob_w(i_out), _over), "=", dgain_m * mean_w, "still-w mean-w", "again"
        ),
        inequality("conclusion", curl_vw, "=", sympy.S.Zero, "curl pull sum-v sum-w", "the two products are equal"),
    ),
    conclusions=("value", "conclusion"),
    formula=gain_m * mean_w,
    necessity={"AFFINE": _three_levels()},
)
