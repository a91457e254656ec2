"""The exponential of a negative number against rational functions, and the slope of a relaxing sum."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

import random
from math import exp
from typing import Any

import sympy
from sympy.core.function import AppliedUndef

from .. import symbols as sy
from ..proof.records import Rel
from .registry import LemmaInstance, register_lemma


def _probe_tangent(rng: random.Random) -> tuple[float, str, float]:
    x = rng.uniform(-1, 5)
    return (1 + x) * exp(-x), "<=", 1.0


def _probe_pade(rng: random.Random) -> tuple[float, str, float]:
    x = rng.uniform(0, 5)
    return 2 - x, "<=", (2 + x) * exp(-x)


def _probe_sinh(rng: random.Random) -> tuple[float, str, float]:
    x = rng.uniform(0, 5)
    return 2 * x * exp(-x), "<=", 1 - exp(-x) ** 2


def _probe_slope(rng: random.Random) -> tuple[float, str, float]:
    a, b, rate, t, h = rng.uniform(-2, 2), rng.uniform(-2, 2), rng.uniform(0.1, 2), rng.uniform(0.1, 5), 1e-5

    def f(x: float) -> float:
        return a * x - b * (1 - exp(-rate * x))

    exact = a * t - b * rate * t * exp(-rate * t)
    return round(t * (f(t + h) - f(t - h)) / (2 * h), 6), "=", round(exact, 6)


def _decay(name: Any, x: Any) -> Rel:
    """``name = exp(-x)`` for a positive symbol or function.

    Raises:
        ValueError: it is none.
    """
    if not (isinstance(name, sympy.Symbol | AppliedUndef) and name.is_positive):
        raise ValueError(f"expected a positive symbol or function, got {name}")
    return Rel(name, "=", sympy.exp(-x))


@register_lemma(
    "decay-tangent",
    "A decay times its tangent",
    r"$(1+x)e^{-x}\le1$.",
    "Hardy, Littlewood and Polya, Inequalities (1952), Theorem 142, divided by the exponential",
    _probe_tangent,
)
def decay_tangent(name: Any, x: Any) -> LemmaInstance:
    """``(1 + x) name <= 1`` once ``name = exp(-x)`` is among the steps used."""
    return LemmaInstance(Rel((1 + x) * name, "<=", 1), (_decay(name, x),))


@register_lemma(
    "decay-pade",
    "The exponential against its first Pade approximant",
    r"$(2+x)e^{-x}\ge2-x$ for $x\ge0$, that is $\tanh\frac x2\le\frac x2$.",
    "Mitrinovic, Analytic Inequalities (1970), 3.6",
    _probe_pade,
)
def decay_pade(name: Any, x: Any) -> LemmaInstance:
    """``(2 + x) name >= 2 - x`` for a positive x, once ``name = exp(-x)`` is among the steps used.

    Raises:
        ValueError: x is not evidently positive.
    """
    if not x.is_positive:
        raise ValueError(f"expected a positive number, got {x}")
    return LemmaInstance(Rel((2 + x) * name, ">=", 2 - x), (_decay(name, x),))


@register_lemma(
    "decay-sinh",
    "The hyperbolic sine lies above its tangent",
    r"$1-e^{-2x}\ge2x\,e^{-x}$ for $x\ge0$, that is $\sinh x\ge x$.",
    "Abramowitz and Stegun, Handbook of Mathematical Functions (1964), 4.5.62",
    _probe_sinh,
)
def decay_sinh(name: Any, x: Any) -> LemmaInstance:
    """``1 - name^2 >= 2 x name`` for a positive x, once ``name = exp(-x)`` is among the steps used; errors as above."""
    if not x.is_positive:
        raise ValueError(f"expected a positive number, got {x}")
    return LemmaInstance(Rel(1 - name**2, ">=", 2 * x * name), (_decay(name, x),))


@register_lemma(
    "relaxation-slope",
    "Derivative of a relaxing sum",
    r"$f(t)=\alpha t-\beta(1-e^{-\lambda t})$ has $t\,f'(t)=\alpha t-\beta\lambda t\,e^{-\lambda t}$.",
    "Rudin, Principles of Mathematical Analysis (1976), Theorems 5.3 and 8.6",
    _probe_slope,
)
def relaxation_slope(value: Any, decay: Any, rate: Any, whole: Any, lam: Any, t: Any) -> LemmaInstance:
    """``ar_slope(t)`` from ``f(t) = rate t - whole (1 - q(t))`` and ``q(t) = exp(-lambda t)``, at any t.

    Raises:
        ValueError: a coefficient depends on the time, or f and q are no functions of it.
    """
    if (rate + whole + lam).has(t) or sy.record(value(t)).symbol != value:
        raise ValueError(f"expected coefficients free of the time, got {rate}, {whole} and {lam}")
    known = Rel(value(t), "=", rate * t - whole * (1 - decay(t)))
    statement = Rel(sy.ar_slope(t), "=", rate * t - whole * lam * t * decay(t))
    return LemmaInstance(statement, (known, _decay(decay(t), lam * t)), (t,))
