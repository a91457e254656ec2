"""Local exponent of the collapse time under AR(1) updates: between -2 (diffusive) and -1 (ballistic)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from typing import Any

import sympy

from ..proof.build import define, inequality, lemma
from ..proof.records import Claim, Rel
from ..symbols import ar_real, ar_slope, corr, exp_local, keep_ar, lam_ar, t_real

_c, _t, _lam = corr, t_real, lam_ar
_q, _mean, _rise = keep_ar(_t), ar_real(_t), ar_slope(_t)
_x = _lam * _t
_rate, _whole = 1 - _c**2, 2 * _c
_value, _slope = _rate * _t - _whole * (1 - _q), _rate * _t - _whole * _lam * _t * _q


def _closed(expression: Any) -> Any:
    """The same in c and t alone."""
    return expression.subs({_q: _c**_t, _lam: -sympy.log(_c)})


CLAIM = Claim(
    id="collapse-exponent",
    title="Local exponent of the collapse time",
    kind="upper",
    statement=r"Updates with correlation $c^{\lvert i-j\rvert}$, $c=e^{-\lambda}<1$: the sum of $t$ of them has mean"
    r" square $G^2\bar E(t)/(1-c)^2$ with $\bar E(t)=(1-c^2)t-2c(1-c^t)$. If a run collapses where its RMS drift is"
    r" $R_{\mathrm{crit}}$, $\eta^2G^2\bar E(t)=(1-c)^2R_{\mathrm{crit}}^2$, then"
    r" $\zeta=\frac{\mathrm d\log t}{\mathrm d\log\eta}=-\frac{2\bar E}{t\,\bar E'}$ (the equation differentiated in"
    r" $\log\eta$, at a real $t$), and $-2\le\zeta\le-1$ at every $t$: $-2$ as $t\to\infty$ or $c\to0$, $-1$ as"
    r" $c\to1$. At $c=0.9$ it goes from $-1.04$ at $t=1$ to $-1.81$ at $t=100$.",
    source="derived here",
    steps=(
        define("correlation", Rel(_c, "=", sympy.exp(-_lam)), why="so that c lies below one"),
        define("decay", Rel(_q, "=", sympy.exp(-_x)), why="c^t"),
        define("value", Rel(_mean, "=", _value), why="claim correlated-drift, at a real t"),
        lemma("slope", "relaxation-slope", ar_real, keep_ar, _rate, _whole, _lam, _t, uses="value decay"),
        lemma("tangent", "decay-tangent", _q, _x, uses="decay"),
        lemma("pade", "decay-pade", _q, _x, uses="decay"),
        lemma("sinh", "decay-sinh", _c, _lam, uses="correlation"),
        inequality("below-one", _q, "<", 1, "tangent", "the correlation falls"),
        inequality("long-run", _rate * _t, ">=", _whole * _x, "sinh", "times t"),
        inequality("rising", _whole * _x * _q, "<", _whole * _x, "below-one", ""),
        inequality("positive", _rise, ">", 0, "slope long-run rising", "the drift grows"),
        inequality("tangent-2", _whole * (1 + _x) * _q, "<=", _whole, "tangent", "times 2c"),
        inequality("ballistic", _rise, ">=", _mean, "slope value tangent-2", "faster than diffusive"),
        inequality("pade-2", _whole * (2 + _x) * _q, ">=", _whole * (2 - _x), "pade", "times 2c"),
        inequality("diffusive", 2 * _mean, ">=", _rise, "slope value pade-2 long-run", "slower than ballistic"),
        define("exponent", Rel(exp_local(_t), "=", -2 * _mean / _rise), uses="positive", why="implicit derivative"),
        inequality("low", exp_local(_t), ">=", -2, "exponent ballistic positive", "at least the diffusive one"),
        inequality("top", exp_local(_t), "<=", -1, "exponent diffusive positive", "at most the ballistic one"),
    ),
    conclusions=("positive", "low", "top"),
    formula=_closed(-2 * _value / _slope),
    not_tight="limits only: low is reached as t grows (-1.9973 at c = 1/2, t = 1000), top as c -> 1 (-1.0000 at"
    " c = 0.9999, t = 1), positive as t -> 0",
)
