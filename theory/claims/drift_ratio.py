"""Mean part against AR(1) at one lag-1 cosine: drifts whose ratio grows with the time (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction

import sympy

from ..proof.build import earlier, inequality
from ..proof.records import Claim
from ..symbols import G_upd, ar_drift, corr, mean_drift, t_step
from .correlated_drift import CLAIM as CORRELATED
from .correlated_drift import run

_c, _t = corr, t_step
_line = 1 + _c * (_t - 1)
_both = CORRELATED.formulas

CLAIM = Claim(
    id="drift-ratio",
    title="The lag-1 cosine does not identify the drift",
    kind="exact",
    statement=r"Two processes of updates with mean square $G^2$ and lag-1 cosine $0<c<1$: correlation $c^{\lvert i-j"
    r"\rvert}$ (AR(1), mean square drift $E_t$) and correlation $c$ for every pair (a mean part, $M_t$):"
    r" $(1-c^2)M_t=(1+c(t-1))\bigl[(1-c)^2E_t+2cG^2(1-c^t)\bigr]$. So $M_t$ is at least"
    r" $\frac{(1-c)(1+c(t-1))}{1+c}$ times $E_t$: the factor grows like $t$ although norms and lag-1 cosine are equal,"
    r" and no estimate from these two can be right for both.",
    source="derived here",
    steps=(
        earlier("ar", CORRELATED, "ar"),
        earlier("part", CORRELATED, "part"),
        inequality(
            "conclusion",
            (1 - _c**2) * mean_drift(_t),
            "=",
            _line * ((1 - _c) ** 2 * ar_drift(_t) + 2 * _c * G_upd**2 * (1 - _c**_t)),
            "ar part",
            "both in closed form",
        ),
    ),
    conclusions=("conclusion",),
    formula=(1 - _c) * _line / (1 + _c),
    formulas={"rms": sympy.sqrt(_both["mean"] / _both["ar"])},
    attained=(run(Fraction(1, 3), 3),),
)
