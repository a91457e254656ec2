"""Linear recursions: where the zeros of their characteristic polynomials lie, and powers of one step."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

import random
from math import exp, log, pi, sin
from typing import Any

import sympy

from .. import symbols as sy
from ..proof.radius import Radius
from ..proof.records import Rel
from ..symbols import INDICES, record
from .registry import LemmaInstance, register_lemma

_Z = sy.z_char


def _evident(s: Any, *positive: Any) -> None:
    """S is a nonnegative integer and the others are positive, by declaration.

    Raises:
        ValueError: they are not.
    """
    if not (s.is_integer and s.is_nonnegative and all(x.is_positive for x in positive)):
        raise ValueError(f"expected a nonnegative integer and positive numbers, got {(s, *positive)}")


def _modulus(coefficients: dict[int, float]) -> float:
    """Largest modulus of a zero, by NumPy; keys are exponents."""
    import numpy as np

    dense = [coefficients.get(k, 0.0) for k in range(max(coefficients), -1, -1)]
    return float(np.abs(np.roots(dense)).max())


def delay_edge(s: Any) -> Any:
    """``2 sin(pi / (2 (2 s + 1)))``: edge of the gain at pure delay s."""
    return 2 * sympy.sin(sympy.pi / (2 * (2 * s + 1)))


def delay_polynomial(s: Any, gain: Any) -> Any:
    """Characteristic polynomial ``z^(s+1) - z^s + gain`` of ``x_{t+1} = x_t - gain x_{t-s}``."""
    return _Z ** (s + 1) - _Z**s + gain


def lag_polynomial(s: Any, fresh: Any, stale: Any) -> Any:
    """Characteristic polynomial of ``x_{t+1} = (1 - fresh) x_t - stale x_{t-s}``."""
    return _Z ** (s + 1) - (1 - fresh) * _Z**s + stale


def curve(s: Any, angle: Any) -> tuple[Any, Any]:
    """``(fresh, stale)`` on the curve where ``exp(i angle)`` is a zero of ``lag_polynomial``."""
    fresh = 1 - sympy.sin((s + 1) * angle) / sympy.sin(s * angle)
    return fresh, sympy.sin(angle) / sympy.sin(s * angle)


def _beside(tau: float, modulus: float) -> tuple[float, str, float]:
    """Inside the unit circle below the edge, outside beyond it."""
    return (modulus, "<=", 1.0) if tau < 1 else (1.0, "<=", modulus)


def _share(rng: random.Random) -> float:
    """A share of the edge on either side of it, mostly close to it."""
    return rng.choice((rng.uniform(0.01, 0.99), 0.999, 1.001, rng.uniform(1.01, 4.0)))


def _probe_delay(rng: random.Random) -> tuple[float, str, float]:
    s, tau = rng.randint(0, 40), _share(rng)
    return _beside(tau, _modulus({s + 1: 1.0, s: -1.0} | {0: tau * 2 * sin(pi / (2 * (2 * s + 1))) - (s == 0)}))


def _probe_lag(rng: random.Random) -> tuple[float, str, float]:
    s, tau = rng.randint(1, 30), _share(rng)
    low, high = pi / (2 * s + 1), pi / (s + 1)  # between them the fresh gain lies between 0 and 1
    angle = low + rng.uniform(0.001, 0.999) * (high - low)
    fresh, stale = 1 - sin((s + 1) * angle) / sin(s * angle), sin(angle) / sin(s * angle)
    return _beside(tau, _modulus({s + 1: 1.0, s: fresh - 1.0, 0: tau * stale}))


def _probe_cauchy_zeros(rng: random.Random) -> tuple[float, str, float]:
    s, share, total = rng.randint(1, 30), rng.uniform(-1, 1), rng.uniform(0.1, 0.99)
    stale = (total - abs(share) * total) * rng.choice((-1, 1))
    return _modulus({s + 1: 1.0, s: share * total, 0: stale}), "<=", 1.0


def _probe_geometric(rng: random.Random) -> tuple[float, str, float]:
    """By induction ``f_n = r^n f_0``, which is zero for ``f_0 = 0``."""
    start, factor, n = rng.choice((0.0, rng.gauss(0, 1))), rng.uniform(0.5, 2), rng.randint(0, 30)
    value = start
    for _ in range(n):
        value *= factor
    return value, "=", factor**n * start


def _probe_nonpositive(rng: random.Random) -> tuple[float, str, float]:
    """By induction ``f_n <= r^n f_0``, which is not positive where f_0 is not."""
    start, factor, n = rng.choice((0.0, -rng.random())), rng.uniform(0.5, 1.5), rng.randint(0, 30)
    value = start
    for _ in range(n):
        value = factor * value - rng.choice((0.0, rng.random()))
    return value, "<=", factor**n * start


def _probe_power(rng: random.Random) -> tuple[float, str, float]:
    x, y, n = rng.uniform(0.1, 2), rng.uniform(0.1, 2), rng.randint(1, 12)
    return (x - y) ** 2 * y ** (n - 1), "<=", (x - y) * (x**n - y**n)


def _probe_above(rng: random.Random) -> tuple[float, str, float]:
    return 1.0, "<=", rng.uniform(1, 1.1) ** rng.randint(0, 40)


def _probe_root(rng: random.Random) -> tuple[float, str, float]:
    x, n = rng.uniform(0.01, 3), rng.randint(1, 20)
    return exp(log(x) / n) ** n, "=", x


def _probe_exp_below(rng: random.Random) -> tuple[float, str, float]:
    u = rng.uniform(-4, 4)
    return 1 + u, "<=", exp(u)


def _probe_exp_above(rng: random.Random) -> tuple[float, str, float]:
    u = rng.uniform(-4, 0)
    return exp(u), "<=", 1 + u + u * u / 2


def _probe_log(rng: random.Random) -> tuple[float, str, float]:
    return log(rng.uniform(0.01, 0.99)), "<=", 0.0


def _by_induction(function: Any, j: Any, factor: Any, n: Any) -> None:
    """A registered function of an index, a factor that does not depend on it, and a number of steps.

    Raises:
        ValueError: they are not.
    """
    known = record(function(j)).symbol == function and j in INDICES
    if not (known and n.is_integer and n.is_nonnegative) or factor.has(j):
        raise ValueError(f"expected a function, an index, a factor free of it and an integer, got {function}, {j}, {n}")


def _beyond(polynomial: Any, side: str, tau: Any, *needs: Rel) -> LemmaInstance:
    """All zeros inside for ``tau < 1`` (side ``<``), one outside for ``tau > 1`` (side ``>``).

    Raises:
        ValueError: another side.
    """
    if side not in ("<", ">"):
        raise ValueError(f"expected < or >, got {side!r}")
    return LemmaInstance(Rel(Radius(polynomial), side, 1), (*needs, Rel(tau, side, 1)))


@register_lemma(
    "delay-zeros",
    "Zeros at pure delay, below and beyond the edge",
    r"For $0<a<2\sin\frac{\pi}{2(2s+1)}$ all zeros of $z^{s+1}-z^s+a$ lie in $\lvert z\rvert<1$; for larger $a$ some"
    r" zero has $\lvert z\rvert>1$.",
    "Levin and May, A note on difference-delay equations, Theoretical Population Biology 9 (1976) 178-187",
    _probe_delay,
    cited=True,
)
def delay_zeros(s: Any, tau: Any, side: str) -> LemmaInstance:
    """``Radius(z^(s+1) - z^s + tau * edge) < 1`` once ``tau < 1`` is among the steps used, or both with ``>``."""
    _evident(s, tau)
    return _beyond(delay_polynomial(s, tau * delay_edge(s)), side, tau)


@register_lemma(
    "lag-zeros",
    "Zeros at constant lag, below and beyond the curve",
    r"Let $r=\sin((s+1)\omega)/\sin(s\omega)<1$ and $b=\sin\omega/\sin(s\omega)$ with $0<\omega<\pi/(s+1)$. For"
    r" $0<\tau<1$ all zeros of $z^{s+1}-r z^s+\tau b$ lie in $\lvert z\rvert<1$; for $\tau>1$ some zero has"
    r" $\lvert z\rvert>1$.",
    r"Kuruklis, The asymptotic stability of $x_{n+1}-ax_n+bx_{n-k}=0$, J. Math. Anal. Appl. 188 (1994) 719-731",
    _probe_lag,
    cited=True,
)
def lag_zeros(s: Any, angle: Any, tau: Any, side: str) -> LemmaInstance:
    """``Radius < 1`` for ``tau < 1`` or ``> 1`` for ``tau > 1``; the fresh gain on the curve must be positive."""
    _evident(s - 1, angle, tau)
    fresh, stale = curve(s, angle)
    polynomial = lag_polynomial(s, fresh, tau * stale)
    return _beyond(polynomial, side, tau, Rel(angle, "<", sympy.pi / (s + 1)), Rel(fresh, ">", 0))


@register_lemma(
    "cauchy-zeros",
    "Cauchy's bound on zeros",
    r"If $\lvert c\rvert+\lvert d\rvert<1$ then all zeros of $z^{s+1}+c z^s+d$ lie in $\lvert z\rvert<1$.",
    r"Rouche's theorem against $z^{s+1}$ on the unit circle; Marden, Geometry of Polynomials (1966), section 27",
    _probe_cauchy_zeros,
)
def cauchy_zeros(s: Any, fresh: Any, stale: Any) -> LemmaInstance:
    """``Radius(z^(s+1) - (1 - fresh) z^s + stale) < 1`` once ``|1 - fresh| + |stale| < 1``."""
    _evident(s)
    small = Rel(sympy.Abs(1 - fresh) + sympy.Abs(stale), "<", 1)
    return LemmaInstance(Rel(Radius(lag_polynomial(s, fresh, stale)), "<", 1), (small,))


@register_lemma(
    "geometric-zero",
    "A geometric sequence that starts at zero",
    r"$f_{j+1}=r f_j$ for every $j\ge0$ and $f_0=0$ imply $f_n=0$.",
    "induction on n",
    _probe_geometric,
)
def geometric_zero(function: Any, j: Any, factor: Any, n: Any) -> LemmaInstance:
    """``f(n) = 0`` once ``f(j + 1) = r f(j)`` and ``f(0) = 0`` are among the steps used.

    Raises:
        ValueError: f is no registered function, j no index, n no nonnegative integer, or r depends on j.
    """
    _by_induction(function, j, factor, n)
    needs = (Rel(function(j + 1), "=", factor * function(j)), Rel(function(0), "=", 0))
    return LemmaInstance(Rel(function(n), "=", 0), needs, (j,))


@register_lemma(
    "stays-nonpositive",
    "A sequence that starts below zero and does not rise above it",
    r"$f_{j+1}\le r f_j$ for every $j\ge0$, $r\ge0$ and $f_0\le0$ imply $f_n\le0$.",
    "induction on n",
    _probe_nonpositive,
)
def stays_nonpositive(function: Any, j: Any, factor: Any, n: Any) -> LemmaInstance:
    """``f(n) <= 0`` once ``f(j + 1) <= r f(j)``, ``r >= 0`` and ``f(0) <= 0`` are used; errors as above."""
    _by_induction(function, j, factor, n)
    needs = (Rel(function(j + 1), "<=", factor * function(j)), Rel(factor, ">=", 0), Rel(function(0), "<=", 0))
    return LemmaInstance(Rel(function(n), "<=", 0), needs, (j,))


@register_lemma(
    "power-order",
    "Powers keep order",
    r"$(x-y)(x^n-y^n)\ge(x-y)^2y^{n-1}$ for positive $x,y$ and $n\ge1$.",
    r"factor out $x-y$: the other factor $\sum_ix^iy^{n-1-i}$ has positive terms",
    _probe_power,
)
def power_order(x: Any, y: Any, n: Any) -> LemmaInstance:
    """``(x - y) (x^n - y^n) >= (x - y)^2 y^(n-1)`` for x, y declared positive and a positive integer n.

    Raises:
        ValueError: they are not.
    """
    if not (x.is_positive and y.is_positive and n.is_integer and n.is_positive):
        raise ValueError(f"expected positive x and y and a positive integer, got {x}, {y}, {n}")
    return LemmaInstance(Rel((x - y) * (x**n - y**n), ">=", (x - y) ** 2 * y ** (n - 1)))


@register_lemma(
    "power-above-one",
    "Powers of a number above one",
    r"$x\ge1$ implies $x^n\ge1$ for an integer $n\ge0$.",
    "induction on n",
    _probe_above,
)
def power_above_one(x: Any, n: Any) -> LemmaInstance:
    """``x^n >= 1`` once ``x >= 1`` and ``n >= 0`` are among the steps used; x declared positive, n an integer.

    Raises:
        ValueError: they are not.
    """
    if not (x.is_positive and n.is_integer):
        raise ValueError(f"expected a positive number and an integer, got {x} and {n}")
    return LemmaInstance(Rel(x**n, ">=", 1), (Rel(x, ">=", 1), Rel(n, ">=", 0)))


@register_lemma(
    "root",
    "The n-th root by logarithms",
    r"$\exp(\tfrac1n\log x)^n=x$ for $x>0$.",
    "Rudin, Principles of Mathematical Analysis (1976), (8.40)",
    _probe_root,
)
def root(name: Any, x: Any, n: Any) -> LemmaInstance:
    """``name^n = x`` once ``name = exp(log(x)/n)`` is among the steps used; name and x declared positive.

    Raises:
        ValueError: they are not, or n is no positive integer.
    """
    if not (name.is_positive and x.is_positive and n.is_integer and n.is_positive):
        raise ValueError(f"expected positive symbols and a positive integer, got {name}, {x}, {n}")
    return LemmaInstance(Rel(name**n, "=", x), (Rel(name, "=", sympy.exp(sympy.log(x) / n)),))


@register_lemma(
    "exp-above-tangent",
    "The exponential lies above its tangent",
    r"$e^u\ge1+u$.",
    "Hardy, Littlewood and Polya, Inequalities (1952), Theorem 142",
    _probe_exp_below,
)
def exp_above_tangent(u: Any) -> LemmaInstance:
    """``exp(u) >= 1 + u``."""
    return LemmaInstance(Rel(sympy.exp(u), ">=", 1 + u))


@register_lemma(
    "exp-below-parabola",
    "The exponential of a negative number",
    r"$e^u\le1+u+\tfrac12u^2$ for $u\le0$.",
    "Taylor's theorem: the remainder has the sign of the third power",
    _probe_exp_above,
)
def exp_below_parabola(u: Any) -> LemmaInstance:
    """``exp(u) <= 1 + u + u^2/2`` once ``u <= 0`` is among the steps used."""
    return LemmaInstance(Rel(sympy.exp(u), "<=", 1 + u + u**2 / 2), (Rel(u, "<=", 0),))


@register_lemma(
    "log-negative",
    "The logarithm is negative below one",
    r"$0<x<1$ implies $\log x<0$.",
    "Rudin, Principles of Mathematical Analysis (1976), section 8.6",
    _probe_log,
)
def log_negative(x: Any) -> LemmaInstance:
    """``log(x) < 0`` for x declared positive, once ``x < 1`` is among the steps used.

    Raises:
        ValueError: x is not declared positive.
    """
    if not x.is_positive:
        raise ValueError(f"expected a positive symbol, got {x}")
    return LemmaInstance(Rel(sympy.log(x), "<", 0), (Rel(x, "<", 1),))
