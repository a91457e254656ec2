"""Binomial coefficients and Bernstein polynomials, ``sum_k b_k C(n, k) p^k q^(n-k)`` with p + q = 1."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

import random
from itertools import pairwise
from math import comb
from typing import Any

import sympy

from .. import symbols as sy
from ..proof.records import Rel
from ..symbols import INDICES, p_suc, q_fail
from .registry import LemmaInstance, register_lemma

__all__ = ["basis", "bernstein"]

_DERIVATIVE = {
    sy.adv_one: sy.d_one,
    sy.adv_zero: sy.d_zero,
    sy.weight: sy.d_weight,
    sy.potential: sy.d_potential,
}
_CHANCES = Rel(p_suc + q_fail, "=", 1)


def basis(n: Any, k: Any) -> Any:
    """``C(n, k) p^k q^(n-k)``: the chance of k successes among n independent responses."""
    return sympy.binomial(n, k) * p_suc**k * q_fail ** (n - k)


def bernstein(b: Any, n: Any, k: Any) -> Any:
    """``sum_{k=0}^n b C(n, k) p^k q^(n-k)`` with the coefficient b an expression in the index k."""
    return sympy.Sum(b * basis(n, k), (k, 0, n))


def _value(b: list[float], p: float) -> float:
    n = len(b) - 1
    return sum(c * comb(n, k) * p**k * (1 - p) ** (n - k) for k, c in enumerate(b))


def _probe_absorption(rng: random.Random) -> tuple[float, str, float]:
    n, k = rng.randint(1, 9), rng.randint(0, 9)
    if rng.random() < 0.5:
        return float((n - k) * comb(n, k)), "=", float(n * comb(n - 1, k))
    return float(k * comb(n, k)), "=", float(n * comb(n - 1, k - 1) if k else 0)


def _probe_positive(rng: random.Random) -> tuple[float, str, float]:
    n = rng.randint(0, 9)
    return 1.0, "<=", float(comb(n, rng.randint(0, n)))


def _probe_theorem(rng: random.Random) -> tuple[float, str, float]:
    return _value([1.0] * rng.randint(1, 9), rng.random()), "=", 1.0


def _probe_covariance(rng: random.Random) -> tuple[float, str, float]:
    n, p = rng.randint(0, 9), rng.random()
    return _value([float(k * (n - k)) for k in range(n + 1)], p), "=", n * (n - 1) * p * (1 - p)


def _probe_derivative(rng: random.Random) -> tuple[float, str, float]:
    b, p, step = [rng.gauss(0, 1) for _ in range(rng.randint(1, 6))], rng.uniform(0.1, 0.9), 1e-5
    slopes = [(len(b) - 1) * (right - left) for left, right in pairwise(b)]
    difference = (_value(b, p + step) - _value(b, p - step)) / (2 * step)
    return round(difference, 5), "=", round(_value(slopes, p) if slopes else 0.0, 5)


def _probe_gap(rng: random.Random) -> tuple[float, str, float]:
    n = rng.randint(-5, 5)
    return 0.0, "<=", float(n * (n - 1))


def _probe_term(rng: random.Random) -> tuple[float, str, float]:
    f = [abs(rng.gauss(0, 1)) for _ in range(rng.randint(1, 6))]
    return rng.choice(f), "<=", sum(f)


def _integers(*values: Any) -> tuple[Any, ...]:
    """The values as expressions.

    Raises:
        ValueError: one is not evidently an integer.
    """
    found = tuple(map(sympy.sympify, values))
    if not all(v.is_integer for v in found):
        raise ValueError(f"expected integers, got {values}")
    return found


def _at_least(value: Any, low: int) -> tuple[Rel, ...]:
    return () if (value - low).is_nonnegative else (Rel(value, ">=", low),)


@register_lemma(
    "absorption",
    "Absorption of a factor into a binomial coefficient",
    r"$k\binom nk=n\binom{n-1}{k-1}$ and $(n-k)\binom nk=n\binom{n-1}{k}$ for integers $n\ge1$ and $k$.",
    "Graham, Knuth and Patashnik, Concrete Mathematics (1994), (5.6) and (5.7)",
    _probe_absorption,
)
def absorption(n: Any, k: Any, factor: str = "k") -> LemmaInstance:
    """``k C(n, k) = n C(n-1, k-1)``, or with ``n - k`` for the factor; ``n >= 1`` evident or among the steps used.

    Raises:
        ValueError: another factor, or n or k is not evidently an integer.
    """
    n, k = _integers(n, k)
    sides = {
        "k": Rel(k * sympy.binomial(n, k), "=", n * sympy.binomial(n - 1, k - 1)),
        "n - k": Rel((n - k) * sympy.binomial(n, k), "=", n * sympy.binomial(n - 1, k)),
    }
    if factor not in sides:
        raise ValueError(f"expected one of {list(sides)}, got {factor!r}")
    return LemmaInstance(sides[factor], _at_least(n, 1))


@register_lemma(
    "binomial-positive",
    "Binomial coefficients inside the triangle are positive",
    r"$\binom nk\ge1$ for integers $0\le k\le n$.",
    "Graham, Knuth and Patashnik, Concrete Mathematics (1994), section 5.1",
    _probe_positive,
)
def binomial_positive(n: Any, k: Any) -> LemmaInstance:
    """``C(n, k) >= 1`` once ``k >= 0`` and ``k <= n`` are among the steps used."""
    n, k = _integers(n, k)
    return LemmaInstance(Rel(sympy.binomial(n, k), ">=", 1), (Rel(k, ">=", 0), Rel(k, "<=", n)))


@register_lemma(
    "binomial-end",
    "There is one way to choose all",
    r"$\binom nn=1$ for an integer $n\ge0$.",
    "Graham, Knuth and Patashnik, Concrete Mathematics (1994), section 5.1",
    lambda rng: (float(comb(n := rng.randint(0, 9), n)), "=", 1.0),
)
def binomial_end(n: Any) -> LemmaInstance:
    """``C(n, n) = 1``; ``n >= 0`` evident or among the steps used."""
    (n,) = _integers(n)
    return LemmaInstance(Rel(sympy.binomial(n, n), "=", 1), _at_least(n, 0))


@register_lemma(
    "binomial-theorem",
    "Binomial theorem",
    r"$\sum_{k=0}^n\binom nkp^kq^{n-k}=1$ for $p+q=1$ and an integer $n\ge0$.",
    "Graham, Knuth and Patashnik, Concrete Mathematics (1994), (5.12)",
    _probe_theorem,
)
def binomial_theorem(n: Any, k: Any) -> LemmaInstance:
    """The chances of 0, ..., n successes sum to one; ``p + q = 1`` and ``n >= 0`` among the steps used."""
    n, k = _integers(n, k)
    return LemmaInstance(Rel(bernstein(1, n, _index(k, n)), "=", 1), (_CHANCES, *_at_least(n, 0)))


@register_lemma(
    "binomial-covariance",
    "Mean product of the numbers of successes and of failures",
    r"$\sum_{k=0}^nk(n-k)\binom nkp^kq^{n-k}=n(n-1)pq$ for $p+q=1$ and an integer $n\ge0$.",
    "Johnson, Kemp and Kotz, Univariate Discrete Distributions (2005), section 3.2 (factorial moments)",
    _probe_covariance,
)
def binomial_covariance(n: Any, k: Any) -> LemmaInstance:
    """``E[k(n-k)] = n(n-1)pq`` for a binomial k; ``p + q = 1`` and ``n >= 0`` among the steps used."""
    n, k = _integers(n, k)
    total = bernstein(k * (n - k), n, _index(k, n))
    return LemmaInstance(Rel(total, "=", n * (n - 1) * p_suc * q_fail), (_CHANCES, *_at_least(n, 0)))


@register_lemma(
    "bernstein-derivative",
    "Derivative of a polynomial in Bernstein form",
    r"$f(p)=\sum_{k=0}^nb_k\binom nkp^kq^{n-k}$ with $q=1-p$ has"
    r" $f'(p)=\sum_{k=0}^{n-1}n(b_{k+1}-b_k)\binom{n-1}kp^kq^{n-1-k}$.",
    "Lorentz, Bernstein Polynomials (1986), section 1.4",
    _probe_derivative,
)
def bernstein_derivative(f: Any, b: Any, n: Any, k: Any, j: Any) -> LemmaInstance:
    """``f'`` in Bernstein form, once ``f(p) = sum_k b C(n, k) p^k q^(n-k)`` and ``p + q = 1`` are among the steps used.

    Args:
        f: A_1, A_0, w_G or W_G, as the bare function.
        b: its Bernstein coefficient, an expression in the index k alone.
        n: the degree; for n <= 0 both sums are constants.
        k: the index of the given sum.
        j: the index of the sum that is made, over 0..n-1.

    Raises:
        ValueError: the coefficients depend on p or q, or hold sums.
    """
    n, k = _integers(n, _index(k, n))
    if b.has(p_suc, q_fail, sympy.Sum) or n.has(p_suc, q_fail) or j not in INDICES or (j != k and b.has(j)):
        raise ValueError(f"expected coefficients in {k} alone, got {b}")
    at_j, after = b.subs(k, j), b.subs(k, j + 1)
    slope = sympy.Sum(n * (after - at_j) * basis(n - 1, j), (j, 0, n - 1))
    given = Rel(f(p_suc), "=", bernstein(b, n, k))
    return LemmaInstance(Rel(_DERIVATIVE[f](p_suc), "=", slope), (given, _CHANCES), (p_suc, q_fail))


@register_lemma(
    "integer-gap",
    "No integer lies strictly between 0 and 1",
    r"$n(n-1)\ge0$ for every integer $n$.",
    "order of the integers",
    _probe_gap,
)
def integer_gap(n: Any) -> LemmaInstance:
    """``n (n - 1) >= 0``."""
    (n,) = _integers(n)
    return LemmaInstance(Rel(n * (n - 1), ">=", 0))


@register_lemma(
    "one-term",
    "A sum of nonnegative terms is at least each of them",
    r"$f_k\ge0$ for $a\le k\le b$ implies $\sum_{k=a}^bf_k\ge f_m$ for every $a\le m\le b$.",
    "order of the reals",
    _probe_term,
)
def one_term(total: Any, m: Any) -> LemmaInstance:
    """``Sum(f, (k, a, b)) >= f(m)`` once ``f >= 0``, and ``a <= m <= b`` where not evident, are among the steps used.

    Raises:
        ValueError: m is not evidently an integer, or depends on the index.
    """
    k, low, high = total.limits[0]
    (m,) = _integers(m)
    if m.has(_index(k, m)) or total.function.atoms(sympy.Sum):
        raise ValueError(f"expected a place free of {k} and a summand without sums, got {m} and {total.function}")
    ends = [Rel(right, ">=", left) for left, right in ((low, m), (m, high)) if not (right - left).is_nonnegative]
    return LemmaInstance(Rel(total, ">=", total.function.subs(k, m)), (Rel(total.function, ">=", 0), *ends), (k,))


def _index(k: Any, n: Any) -> Any:
    if k not in INDICES or sympy.sympify(n).has(k):
        raise ValueError(f"expected a registered index that does not occur in {n}, got {k}")
    return k
