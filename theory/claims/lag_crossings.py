"""Constant lag with a dominant stale part: where zeros cross the unit circle, in order (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from ..proof.build import assume, inequality, lemma
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel, Step
from ..symbols import fb_excess, fb_gain, fb_omega, gain_two, lag_pos, turn_im, turn_re, zero_x, zero_y

_s, _a, _other, _w = lag_pos, fb_gain, gain_two, fb_omega
_beta: Any = 1 + fb_excess
_sin, _cos = sympy.sin, sympy.cos
_half, _ahead = _w / 2, sympy.expand((_s + sympy.Rational(1, 2)) * _w)
_arc, _longer = _s * _w, sympy.expand((_s + 1) * _w)

CIRCLE = Assumption(
    "CIRCLE",
    "On the unit circle",
    r"$\mathsf{x}_\alpha^2+\mathsf{y}_\alpha^2=1$.",
    lambda a: Rel(zero_x(a) ** 2 + zero_y(a) ** 2, "=", 1),
)
POWER = Assumption(
    "POWER",
    "Its power, too",
    r"$\mathsf{p}_\alpha^2+\mathsf{q}_\alpha^2=1$ for $z^s=\mathsf{p}_\alpha+i\mathsf{q}_\alpha$.",
    lambda a: Rel(turn_re(a) ** 2 + turn_im(a) ** 2, "=", 1),
)
REAL = Assumption(
    "REAL",
    "A zero, real part",
    r"$\mathsf{x}_\alpha=1-\alpha-\alpha\beta \mathsf{p}_\alpha$: the real part of $z=1-\alpha-\alpha\beta z^{-s}$.",
    lambda a: Rel(zero_x(a), "=", 1 - a - a * _beta * turn_re(a)),
)
IMAGINARY = Assumption(
    "IMAGINARY",
    "A zero, imaginary part",
    r"$\mathsf{y}_\alpha=\alpha\beta \mathsf{q}_\alpha$.",
    lambda a: Rel(zero_y(a), "=", a * _beta * turn_im(a)),
)


def _crossing(tag: str, a: Any) -> tuple[Step, ...]:
    """The relation between gain and angle at one crossing, and that its gain is below 1."""
    x, y, p, q = zero_x(a), zero_y(a), turn_re(a), turn_im(a)
    size = (a * _beta) ** 2
    return (
        assume(f"circle{tag}", CIRCLE, a),
        assume(f"power{tag}", POWER, a),
        assume(f"real{tag}", REAL, a),
        assume(f"imaginary{tag}", IMAGINARY, a),
        inequality(f"parts{tag}", (x - 1 + a) ** 2 + y**2, "=", size * (p**2 + q**2), f"real{tag} imaginary{tag}", ""),
        inequality(f"size{tag}", (x - 1 + a) ** 2 + y**2, "=", size, f"parts{tag} power{tag}", "distance from 1 - a"),
        inequality(
            f"law{tag}", 2 * (1 - x) * (1 - a), "=", a**2 * (_beta**2 - 1), f"size{tag} circle{tag}", "law of cosines"
        ),
        inequality(f"high{tag}", x, "<=", 1, f"circle{tag}", ""),
        inequality(f"below{tag}", a, "<", 1, f"law{tag} high{tag}", "the right side is positive"),
    )


_x, _y = zero_x(_a), zero_y(_a)
_outward = (_x - 1) * ((_s + 1) * _x - _s * (1 - _a)) + (_s + 1) * _y**2


def _places(a: Fraction, beta: Fraction, **change: Fraction) -> Table:
    """Delay 1, so that z is its own power; on the curve alpha = 1 - 2x and alpha beta = 1 where nothing is changed."""
    x, y = Fraction(5, 13), Fraction(12, 13)
    found = {"x": x, "y": y, "p": x, "q": y} | change
    values: dict[Any, Any] = {_s: 1, fb_excess: beta - 1, _a: a, _other: a, _w: Fraction(1, 2)}
    for symbol, name in ((zero_x, "x"), (zero_y, "y"), (turn_re, "p"), (turn_im, "q")):
        values |= {symbol(_a): found[name], symbol(_other): found[name]}
    return Table(values)


_gain, _ratio, _half_way = Fraction(3, 13), Fraction(13, 3), Fraction(1, 2)

CLAIM = Claim(
    id="lag-crossings",
    title="Constant lag: the crossings of the circle in order",
    kind="exact",
    statement=r"$x_{t+1}=x_t-\eta(A\,x_t+B\,x_{t-s})$, $\alpha=\eta A>0$, any $\beta=B/A>1$ and any $s\ge1$. Where"
    r" $z=\mathsf{x}_\alpha+i\mathsf{y}_\alpha$ on the unit circle is a zero of the characteristic polynomial,"
    r" $2(1-\mathsf{x}_\alpha)(1-\alpha)=\alpha^2(\beta^2-1)$, so $\alpha<1$; of two crossings the one with the smaller"
    r" gain has the larger $\mathsf{x}_\alpha$, that is the smaller angle; and"
    r" $\mathrm{Re}(z-1)\overline{((s+1)z-s(1-\alpha))}=(1-\mathsf{x}_\alpha)(1+s(2-\alpha))>0$. On the curve of the"
    r" claim performative-lag $\eta A\cos\frac\omega2+\eta B\cos(s+\frac12)\omega=0$, so"
    r" $\beta=-\cos(\frac\omega2)/\cos((s+\frac12)\omega)$, which falls from $\infty$ to 1 between"
    r" $\omega=\frac{\pi}{2s+1}$ and $\frac{\pi}{s+1}$. Since zeros move continuously (used, not proved here) and the"
    r" real part is a positive multiple of $\frac{\mathrm d\log\lvert z\rvert}{\mathrm d\log\alpha}$, zeros only"
    r" leave as $\eta$ grows from 0, the first at the least angle: $\eta A$ there is the edge, for every $\beta>1$ and"
    r" every lag.",
    source="derived here",
    steps=(
        *_crossing("", _a),
        *_crossing("-two", _other),
        inequality(
            "order",
            (_other - _a) * (_x - zero_x(_other)),
            ">=",
            0,
            "law law-two below below-two",
            "a^2/(1 - a) rises with a",
        ),
        inequality("outward", _outward, "=", (1 - _x) * (1 + _s * (2 - _a)), "circle", "real part"),
        inequality("apart", _x, "<", 1, "law below high", "the right side is positive"),
        inequality("leave", _outward, ">", 0, "outward below apart", "so zeros only leave"),
        lemma("rise", "cosine-product", "sin", _half, _ahead),
        lemma("double", "cosine-product", "sin", _half, _half),
        inequality(
            "angle",
            (_sin(_arc) - _sin(_longer)) * _cos(_half) + _sin(_w) * _cos(_ahead),
            "=",
            0,
            "rise double",
            "eta A and eta B on the curve, times the sine of s omega",
        ),
    ),
    conclusions=("law", "below", "order", "outward", "leave", "angle"),
    formula=-_cos(_half) / _cos(_ahead),
    formulas={"beta": -_cos(_half) / _cos(_ahead)},
    necessity={
        "CIRCLE": _places(_half_way, Fraction(2), x=Fraction(3, 26)),
        "POWER": _places(_half_way, Fraction(2), p=Fraction(3, 26)),
        "REAL": _places(_half_way, Fraction(2)),
        "IMAGINARY": _places(Fraction(1, 5), Fraction(45, 13), p=Fraction(3, 5), q=Fraction(4, 5)),
    },
    attained=(_places(_gain, _ratio),),
)
