"""Mean part against AR(1) at one lag-1 cosine: drifts whose ratio grows with the time (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction

import sympy

from ..proof.build import assume, earlier, inequality, lemma
from ..proof.records import Assumption, Claim, Rel
from ..symbols import G_upd, ar_drift, corr, mean_drift, t_step
from .correlated_drift import CLAIM as CORRELATED
from .correlated_drift import run

_c, _t = corr, t_step
_line = 1 + _c * (_t - 1)
_both = CORRELATED.formulas
_least = (1 - _c) ** 2 * _line

FADES = Assumption("FADES", "Correlation below one", r"$c<1$.", lambda: Rel(_c, "<", 1))

CLAIM = Claim(
    id="drift-ratio",
    title="The lag-1 cosine does not identify the drift",
    kind="exact",
    statement=r"Two processes of updates with mean square $G^2$ and lag-1 cosine $0<c<1$: correlation $c^{\lvert i-j"
    r"\rvert}$ (AR(1), mean square drift $E_t$) and correlation $c$ for every pair (a mean part, $M_t$):"
    r" $(1-c^2)M_t=(1+c(t-1))\bigl[(1-c)^2E_t+2cG^2(1-c^t)\bigr]$. So $M_t$ is at least"
    r" $\frac{(1-c)(1+c(t-1))}{1+c}$ times $E_t$ for $c<1$: the factor grows like $t$ although norms and lag-1"
    r" cosine are equal, and no estimate from these two can be right for both.",
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
        assume("fades", FADES),
        inequality("inverse", 1 / _c, ">=", 1, "fades", ""),
        inequality("time", _t, ">=", 0, "", ""),
        lemma("power", "power-above-one", 1 / _c, _t, uses="inverse time", why="so c^t is at most one"),
        inequality("fallen", _c**_t, "<=", 1, "power", "the correlation never rises"),
        inequality(
            "factor", (1 - _c**2) * mean_drift(_t), ">=", _least * ar_drift(_t), "conclusion fallen fades", "at least"
        ),
    ),
    conclusions=("conclusion", "factor"),
    formula=(1 - _c) * _line / (1 + _c),
    formulas={"rms": sympy.sqrt(_both["mean"] / _both["ar"])},
    necessity={"FADES": run(Fraction(3), 3)},
    attained=(run(Fraction(9, 10), 3), run(Fraction(1, 2000), 1)),
)
