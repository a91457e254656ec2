"""Constant lag with a dominant stale part: s times the edge tends to arccos(-1/beta)/sqrt(beta^2-1) (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction

import sympy

from ..proof.build import identity, inequality, lemma
from ..proof.models import Table
from ..proof.records import Claim
from ..symbols import fb_excess, fb_omega, lag_pos

_s, _w = lag_pos, fb_omega
_arc, _longer = _s * _w, sympy.expand((_s + 1) * _w)
_sin, _cos = sympy.sin(_arc), sympy.cos(_arc)
_fresh = _sin - sympy.sin(_longer)  # sin(s w) * eta A on the curve
_beta = 1 + fb_excess
_kappa = sympy.acos(-1 / _beta) / sympy.sqrt(fb_excess * (fb_excess + 2))
_even, _odd = 1 - sympy.cos(_w), _w - sympy.sin(_w)
_rest = sympy.Abs(_sin) * _w**2 / 2 + sympy.Abs(_cos) * _w**3 / 6
_rise = sympy.sin(_w)  # sin(s w) * eta B on the curve
_gap = _rise - _beta * _fresh - _w * (1 + _beta * _cos)

CLAIM = Claim(
    id="lag-rate",
    title="Constant lag: the constant of the 1/s law",
    kind="upper",
    statement=r"On the curve of the edge at constant lag, $\eta A\sin s\omega=\sin s\omega-\sin((s+1)\omega)$, put"
    r" $y=s\omega$. Then $\lvert s\,\eta A\sin y+y\cos y\rvert\le"
    r"\lvert\sin y\rvert\frac{y^2}{2s}+\lvert\cos y\rvert\frac{y^3}{6s^2}$, so $s\,\eta A\to-y\cot y$ at rate $1/s$."
    r" With $R$ the right side over $s$ and $\beta=1+\bar\beta>1$,"
    r" $\lvert\sin\omega-\beta\,\eta A\sin s\omega-\omega(1+\beta\cos y)\rvert\le\beta R+\frac{\omega^3}6$: where the"
    r" stale part, $\eta B\sin s\omega=\sin\omega$, is $\beta$ times the fresh one, $\cos y\to-1/\beta$. There the"
    r" limit is $\kappa_\beta=\arccos(-1/\beta)/\sqrt{\beta^2-1}$: the edge"
    r" falls to 0 like $\kappa_\beta/s$; for $\lvert\beta\rvert<1$ it does not (claim constant-lag).",
    source="derived here",
    steps=(
        lemma("sum", "sine-addition", _arc, _w),
        lemma("cos-low", "cosine-above-parabola", _w),
        lemma("cos-high", "cosine-at-most-one", _w),
        lemma("sin-low", "sine-above-cubic", _w),
        lemma("sin-high", "sine-below-line", _w),
        inequality("split", _fresh + _w * _cos, "=", _sin * _even + _cos * _odd, "sum", "sine of a sum"),
        inequality("even", sympy.Abs(_even), "<=", _w**2 / 2, "cos-low cos-high", "even part"),
        inequality("odd", sympy.Abs(_odd), "<=", _w**3 / 6, "sin-low sin-high", "odd part"),
        inequality("even-part", sympy.Abs(_sin * _even), "<=", sympy.Abs(_sin) * _w**2 / 2, "even", "times the sine"),
        inequality("odd-part", sympy.Abs(_cos * _odd), "<=", sympy.Abs(_cos) * _w**3 / 6, "odd", "times the cosine"),
        inequality("near", sympy.Abs(_fresh + _w * _cos), "<=", _rest, "split even-part odd-part", "triangle"),
        inequality("limit", sympy.Abs(_s * _fresh + _arc * _cos), "<=", _s * _rest, "near", "s times it"),
        lemma("circle", "pythagoras", _arc),
        inequality(
            "constant",
            (_arc * _cos) ** 2 * (1 - _cos**2),
            "=",
            (_arc * _cos * _sin) ** 2,
            "circle",
            "with cos y = -1/beta: (y cot y)^2 (beta^2 - 1) = y^2",
        ),
        inequality("rise", sympy.Abs(_rise - _w), "<=", _w**3 / 6, "sin-low sin-high", "the stale part on the curve"),
        inequality("ahead", _gap, "<=", _beta * _rest + _w**3 / 6, "near rise", "from above"),
        inequality("behind", -_gap, "<=", _beta * _rest + _w**3 / 6, "near rise", "from below"),
        inequality("angle", sympy.Abs(_gap), "<=", _beta * _rest + _w**3 / 6, "ahead behind", "both signs"),
        identity("kappa", _kappa**2 * (_beta**2 - 1), sympy.acos(-1 / _beta) ** 2, "", "the same for arccos(-1/beta)"),
    ),
    conclusions=("split", "limit", "angle", "constant", "kappa"),
    formula=_kappa,
    formulas={"kappa": _kappa},
    attained=(Table({_s: 3, _w: Fraction(3, 4), fb_excess: 1}),),
    not_tight="limit and angle are approached in the limit of small angles, not attained: both ratios are above 0.9999"
    " at s = 1 and an omega of 0.001; where y is above a quarter turn, as for beta > 0, it reaches 0.9997 at s = 32",
)
