"""Functions of the chance of success that have a derivative of a name, and those that do not decrease."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

import random
from math import acos, sqrt
from typing import Any

import sympy

from .. import symbols as sy
from ..proof.records import Rel
from .registry import LemmaInstance, register_lemma


def _probe_rules(rng: random.Random) -> tuple[float, str, float]:
    (a, b, c), p, step = rng.choices(range(-9, 10), k=3), rng.uniform(0.1, 0.9), 1e-6
    f = a * _ARC + b * (2 * _p - 1) / (sympy.sqrt(_p) * sympy.sqrt(1 - _p)) + c * _p**2

    def value(x: float) -> float:
        return a * acos(1 - 2 * x) + b * (2 * x - 1) / sqrt(x * (1 - x)) + c * x * x

    return round((value(p + step) - value(p - step)) / (2 * step), 5), "=", round(float(_slope(f).subs(_p, p)), 5)


def _probe_nondecreasing(rng: random.Random) -> tuple[float, str, float]:
    x = rng.uniform(0.01, 0.99)
    y = rng.choice((x + 1e-3, rng.uniform(x, 0.99)))
    a, b = rng.uniform(0, 3), rng.uniform(0, 3)  # a, b >= 0 make a (2p-1)/sqrt(pq) + b arccos(1-2p) nondecreasing

    def f(p: float) -> float:
        return a * (2 * p - 1) / sqrt(p * (1 - p)) + b * acos(1 - 2 * p)

    return f(x), "<=", f(y)


_p = sy.p_suc
_ARC = sympy.acos(1 - 2 * _p)
_SLOPES = {sy.angle: sy.d_angle, sy.tilt: sy.d_tilt, sy.potential: sy.d_potential}


def _slope(f: Any) -> Any:
    """Derivative of an expression in p, roots of p and 1 - p, and ``acos(1 - 2p)``: it is smooth on (0, 1).

    Raises:
        ValueError: f holds anything else.
    """
    arc = sy.q_fail  # stands in for the arc cosine, so it must not occur itself
    for node in sympy.preorder_traversal(f if f.has(arc) else f.xreplace({_ARC: arc})):
        whole = node.is_Pow and node.exp.is_integer and node.exp.is_nonnegative
        half = node.is_Pow and node.exp.is_Rational and node.base in (_p, 1 - _p)
        if not (
            whole
            or half
            or node.is_Add
            or node.is_Mul
            or node.is_Rational
            or node == _p
            or (node == arc and not f.has(arc))
        ):
            raise ValueError(f"expected an expression in p, its roots, those of 1 - p, and acos(1 - 2p), got {f}")
    return sympy.diff(f, _p).xreplace(
        {1 / sympy.sqrt(1 - (1 - 2 * _p) ** 2): 1 / (2 * sympy.sqrt(_p) * sympy.sqrt(1 - _p))}
    )


@register_lemma(
    "rules-of-differentiation",
    "Rules of differentiation and the derivative of the arc cosine",
    r"$\frac{\mathrm d}{\mathrm dp}\arccos(1-2p)=1/\sqrt{p(1-p)}$ on $(0,1)$; sums, products and powers by the rules.",
    "Rudin, Principles of Mathematical Analysis (1976), Theorems 5.3 and 5.5",
    _probe_rules,
)
def rules_of_differentiation(f: Any, value: Any) -> LemmaInstance:
    """``f'(p)`` once ``f(p) = value`` is among the steps used, an expression in p alone that is smooth on (0, 1).

    Raises:
        ValueError: f has no derivative of a name, or the value holds more than p, roots of p and 1 - p, acos(1 - 2p).
    """
    if f not in (sy.angle, sy.tilt):
        raise ValueError(f"expected {sy.angle} or {sy.tilt}, got {f}")
    given = Rel(f(_p), "=", value)
    return LemmaInstance(Rel(_SLOPES[f](_p), "=", _slope(value)), (given,), (_p, sy.q_fail))


@register_lemma(
    "nondecreasing",
    "A function whose derivative is nowhere negative does not decrease",
    r"If $f'\ge0$ on $(0,1)$, then $f(x)\le f(y)$ for $0<x\le y<1$.",
    "Rudin, Principles of Mathematical Analysis (1976), Theorem 5.11",
    _probe_nondecreasing,
)
def nondecreasing(f: Any, x: Any, y: Any) -> LemmaInstance:
    """``f(x) <= f(y)`` once ``f'(p) >= 0`` at any chance p, ``x <= y`` and ``y < 1`` are among the steps used.

    Args:
        f: sum of multiples, free of p, of W_G(p) and of functions of p that have a derivative of a name.
        x: a positive number.
        y: a number.

    Raises:
        ValueError: f is no such sum, or x is not declared positive.
    """
    named = {g(_p): slope(_p) for g, slope in _SLOPES.items()}
    for term in sympy.Add.make_args(sympy.expand(f)):
        factor, rest = term.as_independent(_p, sy.q_fail)
        if rest not in named or not factor.free_symbols <= {sy.G_group}:
            raise ValueError(f"expected multiples of {[str(g) for g in named]}, got {term}")
    if not x.is_positive or any(v.has(_p, sy.q_fail) for v in (x, y)):
        raise ValueError(f"expected two numbers without p, the first positive, got {x} and {y}")
    needs = (Rel(f.xreplace(named), ">=", 0), Rel(x, "<=", y), Rel(y, "<", 1))
    return LemmaInstance(Rel(f.subs(_p, x), "<=", f.subs(_p, y)), needs, (_p, sy.q_fail))
