"""Length weights 1/|y| with variable lengths: H on the diagonal is no gradient (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from ..proof.build import assume, define, identity, inequality
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel
from ..symbols import (
    Dh_vw,
    Dh_wv,
    Q_v,
    Q_w,
    adv_tilt,
    coef,
    curl_vw,
    d2prob,
    dcoef_v,
    dcoef_w,
    dp_suc,
    dprob_v,
    dprob_w,
    i_out,
    len_inv,
    n_out,
    suc_v,
)
from .potential import curl_of, curl_steps

_over = (i_out, 1, n_out)
_slope = len_inv(i_out) * adv_tilt(i_out)
_twist = suc_v * Q_w - dp_suc * Q_v


def _weighted(function: Any, slope: Any) -> Rel:
    return Rel(function(i_out), "=", _slope * slope)


WEIGHTED = Assumption(
    "WEIGHTED",
    "Length weights and binary rewards",
    r"$c_i=\lambda_iA_{r_i}(p)$ with fixed $\lambda_i$, hence"
    r" $\partial_vc_i=\lambda_iA'_{r_i}(p)\,\partial_vp$ along every $v$.",
    _weighted,
)


def _three_responses(scale: int = 1) -> Table:
    """Three arms with logits, all 1/3: success of length 1, success of length 2, failure of length 1; G = 2.

    ``scale`` multiplies the slopes of the coefficients.
    """
    third, arms, lengths = Fraction(1, 3), (1, 2, 3), {1: 1, 2: 2, 3: 1}
    dv = {r: third * (int(r == 1) - third) for r in arms}
    dw = {r: third * (int(r == 2) - third) for r in arms}
    suc, q, values = [d[1] + d[2] for d in (dv, dw)], list[Fraction](), dict[Any, Any]()
    for d in (dv, dw):  # A_1 = 1 - p and A_0 = -p: both have slope -1
        q.append(sum((-d[r] / lengths[r] for r in arms), Fraction(0)))
    for r in arms:
        values |= {dprob_v(r): dv[r], dprob_w(r): dw[r], d2prob(r): 0, coef(r): 0, adv_tilt(r): -1}
        values |= {len_inv(r): Fraction(1, lengths[r])}
        values |= {dcoef_v(r): -scale * suc[0] / lengths[r], dcoef_w(r): -scale * suc[1] / lengths[r]}
    values |= {suc_v: suc[0], dp_suc: suc[1], Q_v: q[0], Q_w: q[1], n_out: 3}
    turns = scale * suc[0] * q[1], scale * suc[1] * q[0]
    values |= {Dh_vw: turns[0], Dh_wv: turns[1], curl_vw: turns[0] - turns[1]}
    return Table(values, indices={i_out: range(1, 4)})


CLAIM = Claim(
    id="curl-lengths",
    title="Variable lengths: no potential",
    kind="exact",
    statement=r"Binary rewards, length weights $\lambda_i$ such as $1/\lvert y_i\rvert$, $c_i=\lambda_iA_{r_i}(p)$"
    r" with $p$ the chance of success: $\partial_v\langle h,w\rangle-\partial_w\langle"
    r" h,v\rangle=\partial_vp\,Q_w-\partial_wp\,Q_v$ with $Q_w=\sum_i\lambda_iA'_{r_i}(p)\,\partial_wp_i$. For $G=2$"
    r" (slopes $-1$) and three arms at the uniform policy, a success of length 1, one of length 2 and a failure of"
    r" length 1, it is $1/54$ along the first two logits.",
    source="derived here, for outcome spaces of any finite size",
    steps=(
        *curl_steps(i_out, n_out),
        assume("slope-v", WEIGHTED, dcoef_v, suc_v),
        assume("slope-w", WEIGHTED, dcoef_w, dp_suc),
        define("Q-v", Rel(Q_v, "=", sympy.Sum(_slope * dprob_v(i_out), _over)), why="weighted slopes along v"),
        define("Q-w", Rel(Q_w, "=", sympy.Sum(_slope * dprob_w(i_out), _over)), why="weighted slopes along w"),
        identity("inserted", curl_of(i_out, n_out), _twist, "slope-v slope-w Q-v Q-w", "pull the slopes of p out"),
        inequality("conclusion", curl_vw, "=", _twist, "curl inserted", "zero only where the two fields are parallel"),
    ),
    conclusions=("conclusion",),
    formula=_twist,
    necessity={"WEIGHTED": _three_responses(scale=2)},
    attained=(_three_responses(),),
)
