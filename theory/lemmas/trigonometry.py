"""Sine and cosine: addition theorems, special angles, bounds by Taylor polynomials; a hyperbolic tangent."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

import random
from math import cos, expm1, pi, sin
from typing import Any

import sympy

from ..proof.records import Rel
from .registry import LemmaInstance, register_lemma

_TABLES = "Abramowitz and Stegun, Handbook of Mathematical Functions (1964), 4.3"


def _two(rng: random.Random) -> tuple[float, float]:
    return rng.uniform(-4, 4), rng.uniform(-4, 4)


def _probe_products(rng: random.Random) -> tuple[float, str, float]:
    (x, y), f = _two(rng), rng.choice((cos, sin))
    return 2 * f(x) * cos(y), "=", f(x + y) + f(x - y)


def _probe_difference(rng: random.Random) -> tuple[float, str, float]:
    x, y = _two(rng)
    return cos(x) - cos(y), "=", -2 * sin((x + y) / 2) * sin((x - y) / 2)


def _probe_addition(rng: random.Random) -> tuple[float, str, float]:
    x, y = _two(rng)
    return sin(x + y), "=", sin(x) * cos(y) + cos(x) * sin(y)


def _probe_half_turn(rng: random.Random) -> tuple[float, str, float]:
    x, _ = _two(rng)
    return cos(x + pi), "=", -cos(x)


def _probe_complement(rng: random.Random) -> tuple[float, str, float]:
    x, _ = _two(rng)
    return sin(x), "=", cos(pi / 2 - x)


def _probe_positive(rng: random.Random) -> tuple[float, str, float]:
    return 0.0, "<=", sin(rng.choice((0.01, rng.uniform(0.01, 3.13), 3.13)))


def _probe_acute(rng: random.Random) -> tuple[float, str, float]:
    return 0.0, "<=", cos(rng.choice((-1.57, rng.uniform(-1.57, 1.57), 1.57)))


def _probe_pythagoras(rng: random.Random) -> tuple[float, str, float]:
    x, _ = _two(rng)
    return sin(x) ** 2 + cos(x) ** 2, "=", 1.0


def _probe_cosine_low(rng: random.Random) -> tuple[float, str, float]:
    x = rng.uniform(-3, 3)
    return 1 - x * x / 2, "<=", cos(x)


def _probe_cosine_high(rng: random.Random) -> tuple[float, str, float]:
    return cos(rng.uniform(-3, 3)), "<=", 1.0


def _probe_sine_low(rng: random.Random) -> tuple[float, str, float]:
    x = rng.uniform(0, 4)
    return x - x**3 / 6, "<=", sin(x)


def _probe_sine_high(rng: random.Random) -> tuple[float, str, float]:
    x = rng.uniform(0, 4)
    return sin(x), "<=", x


@register_lemma(
    "cosine-product",
    "Product with a cosine",
    r"$2\cos x\cos y=\cos(x+y)+\cos(x-y)$ and $2\sin x\cos y=\sin(x+y)+\sin(x-y)$.",
    f"{_TABLES}.32 and {_TABLES}.33",
    _probe_products,
)
def cosine_product(first: str, x: Any, y: Any) -> LemmaInstance:
    """``2 f(x) cos y = f(x + y) + f(x - y)`` for f the ``cos`` or the ``sin``.

    Raises:
        ValueError: another name.
    """
    if first not in ("cos", "sin"):
        raise ValueError(f"expected cos or sin, got {first!r}")
    f: Any = sympy.cos if first == "cos" else sympy.sin
    return LemmaInstance(Rel(2 * f(x) * sympy.cos(y), "=", f(sympy.expand(x + y)) + f(sympy.expand(x - y))))


@register_lemma(
    "cosine-difference",
    "Difference of two cosines",
    r"$\cos x-\cos y=-2\sin\frac{x+y}2\sin\frac{x-y}2$.",
    f"{_TABLES}.37",
    _probe_difference,
)
def cosine_difference(x: Any, y: Any) -> LemmaInstance:
    """``cos x - cos y = -2 sin((x + y)/2) sin((x - y)/2)``."""
    mean, half = sympy.expand((x + y) / 2), sympy.expand((x - y) / 2)
    return LemmaInstance(Rel(sympy.cos(x) - sympy.cos(y), "=", -2 * sympy.sin(mean) * sympy.sin(half)))


@register_lemma(
    "sine-addition",
    "Sine of a sum",
    r"$\sin(x+y)=\sin x\cos y+\cos x\sin y$.",
    f"{_TABLES}.16",
    _probe_addition,
)
def sine_addition(x: Any, y: Any) -> LemmaInstance:
    """``sin(x + y) = sin x cos y + cos x sin y``."""
    parts = sympy.sin(x) * sympy.cos(y) + sympy.cos(x) * sympy.sin(y)
    return LemmaInstance(Rel(sympy.sin(x + y), "=", parts))


@register_lemma("half-turn", "Half a turn", r"$\cos(x+\pi)=-\cos x$.", f"{_TABLES}.44", _probe_half_turn)
def half_turn(x: Any, y: Any) -> LemmaInstance:
    """``cos y = -cos x`` once ``y - x = pi`` is among the steps used."""
    return LemmaInstance(Rel(sympy.cos(y), "=", -sympy.cos(x)), (Rel(y - x, "=", sympy.pi),))


@register_lemma("complement", "Complementary angles", r"$\sin x=\cos(\pi/2-x)$.", f"{_TABLES}.44", _probe_complement)
def complement(x: Any, y: Any) -> LemmaInstance:
    """``sin x = cos y`` once ``x + y = pi/2`` is among the steps used."""
    return LemmaInstance(Rel(sympy.sin(x), "=", sympy.cos(y)), (Rel(x + y, "=", sympy.pi / 2),))


@register_lemma(
    "sine-positive", "The sine of an angle below pi", r"$0<x<\pi$ implies $\sin x>0$.", f"{_TABLES}", _probe_positive
)
def sine_positive(x: Any) -> LemmaInstance:
    """``sin x > 0`` for an evidently positive x, once ``x < pi`` is among the steps used.

    Raises:
        ValueError: x is not evidently positive.
    """
    if not x.is_positive:
        raise ValueError(f"expected a positive angle, got {x}")
    return LemmaInstance(Rel(sympy.sin(x), ">", 0), (Rel(x, "<", sympy.pi),))


@register_lemma(
    "cosine-positive",
    "The cosine of an acute angle",
    r"$x^2<\pi^2/4$ implies $\cos x>0$.",
    f"{_TABLES}",
    _probe_acute,
)
def cosine_positive(x: Any) -> LemmaInstance:
    """``cos x > 0`` once ``x^2 < pi^2/4`` is among the steps used."""
    return LemmaInstance(Rel(sympy.cos(x), ">", 0), (Rel(x**2, "<", sympy.pi**2 / 4),))


@register_lemma("pythagoras", "Pythagoras", r"$\sin^2x+\cos^2x=1$.", f"{_TABLES}.10", _probe_pythagoras)
def pythagoras(x: Any) -> LemmaInstance:
    """``sin(x)^2 + cos(x)^2 = 1``."""
    return LemmaInstance(Rel(sympy.sin(x) ** 2 + sympy.cos(x) ** 2, "=", 1))


@register_lemma(
    "cosine-above-parabola",
    "The cosine lies above a parabola",
    r"$\cos x\ge1-\tfrac12x^2$.",
    r"$1-\cos x=2\sin^2\frac x2$ and $\lvert\sin u\rvert\le\lvert u\rvert$",
    _probe_cosine_low,
)
def cosine_above_parabola(x: Any) -> LemmaInstance:
    """``cos x >= 1 - x^2/2``."""
    return LemmaInstance(Rel(sympy.cos(x), ">=", 1 - x**2 / 2))


@register_lemma("cosine-at-most-one", "Range of the cosine", r"$\cos x\le1$.", f"{_TABLES}", _probe_cosine_high)
def cosine_at_most_one(x: Any) -> LemmaInstance:
    """``cos x <= 1``."""
    return LemmaInstance(Rel(sympy.cos(x), "<=", 1))


@register_lemma(
    "sine-above-cubic",
    "The sine lies above a cubic",
    r"$\sin x\ge x-\tfrac16x^3$ for $x\ge0$.",
    f"{_TABLES}.65, an alternating series",
    _probe_sine_low,
)
def sine_above_cubic(x: Any) -> LemmaInstance:
    """``sin x >= x - x^3/6`` for an evidently nonnegative x.

    Raises:
        ValueError: x is not evidently nonnegative.
    """
    if not x.is_nonnegative:
        raise ValueError(f"expected a nonnegative angle, got {x}")
    return LemmaInstance(Rel(sympy.sin(x), ">=", x - x**3 / 6))


@register_lemma(
    "sine-below-line", "The sine lies below a line", r"$\sin x\le x$ for $x\ge0$.", f"{_TABLES}.80", _probe_sine_high
)
def sine_below_line(x: Any) -> LemmaInstance:
    """``sin x <= x`` for an evidently nonnegative x.

    Raises:
        ValueError: x is not evidently nonnegative.
    """
    if not x.is_nonnegative:
        raise ValueError(f"expected a nonnegative angle, got {x}")
    return LemmaInstance(Rel(sympy.sin(x), "<=", x))


def _probe_tanh(rng: random.Random) -> tuple[float, str, float]:
    u = rng.uniform(0, 3)
    return 2 * expm1(u), "<=", u * (2 + expm1(u))


@register_lemma(
    "tanh-below-line",
    "The hyperbolic tangent lies below a line",
    r"$\tanh\frac u2\le\frac u2$ for $u\ge0$, that is $2(e^u-1)\le u\,(e^u+1)$.",
    "NIST Digital Library of Mathematical Functions, 4.32.2",
    _probe_tanh,
)
def tanh_below_line(u: Any) -> LemmaInstance:
    """``2 (exp u - 1) <= u (exp u + 1)`` for an evidently nonnegative u.

    Raises:
        ValueError: u is not evidently nonnegative.
    """
    if not u.is_nonnegative:
        raise ValueError(f"expected a nonnegative number, got {u}")
    return LemmaInstance(Rel(2 * (sympy.exp(u) - 1), "<=", u * (sympy.exp(u) + 1)))
