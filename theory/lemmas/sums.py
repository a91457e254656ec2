"""Finite sums of symbolic length: shifting, splitting, telescoping and comparing them term by term.

A sum over an empty range is zero. An index has one range per claim, so a part of a sum runs over another index. All
lemmas take the sum itself, ``Sum(f, (k, low, high))`` over a registered index with evidently integer ends; a summand
may hold further sums only if they do not depend on k.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

import random
from typing import Any

import sympy

from ..proof.records import Rel
from ..symbols import INDICES
from .registry import LemmaInstance, register_lemma


def _terms(rng: random.Random, low: int, high: int) -> dict[int, float]:
    return {k: rng.gauss(0, 1) for k in range(low, high + 1)}


def _range(rng: random.Random) -> tuple[int, int]:
    low = rng.randint(-3, 3)
    return low, low + rng.randint(0, 6)


def _probe_shift(rng: random.Random) -> tuple[float, str, float]:
    (low, high), m = _range(rng), rng.randint(-4, 4)
    f = _terms(rng, low, high)
    return sum(f[k] for k in range(low, high + 1)), "=", sum(f[j + m] for j in range(low - m, high - m + 1))


def _probe_first(rng: random.Random) -> tuple[float, str, float]:
    low, high = _range(rng)
    f = _terms(rng, low, high)
    return sum(f.values()), "=", f[low] + sum(f[j] for j in range(low + 1, high + 1))


def _probe_last(rng: random.Random) -> tuple[float, str, float]:
    low, high = _range(rng)
    f = _terms(rng, low, high)
    return sum(f.values()), "=", sum(f[j] for j in range(low, high)) + f[high]


def _probe_antidifference(rng: random.Random) -> tuple[float, str, float]:
    low, high = _range(rng)
    whole = _terms(rng, low - 1, high)
    return sum(whole[k] - whole[k - 1] for k in range(low, high + 1)), "=", whole[high] - whole[low - 1]


def _probe_geometric(rng: random.Random) -> tuple[float, str, float]:
    x, n = rng.uniform(0.1, 2), rng.randint(0, 9)
    return (1 - x) * sum(x ** (n - 1 - k) for k in range(n)), "=", 1 - x**n


def _probe_equal(rng: random.Random) -> tuple[float, str, float]:
    low, high = _range(rng)
    f = _terms(rng, low, high)
    return sum(f.values()), "=", sum((f[k] ** 2 - f[k]) / (f[k] - 1) for k in range(low, high + 1))


def _probe_low(rng: random.Random) -> tuple[float, str, float]:
    low, high = _range(rng)
    return float(low), "<=", float(rng.choice(range(low, high + 1)))


def _probe_high(rng: random.Random) -> tuple[float, str, float]:
    low, high = _range(rng)
    return float(rng.choice(range(low, high + 1))), "<=", float(high)


def _parts(total: Any) -> tuple[Any, Any, Any, Any]:
    """Summand, index and ends of a sum.

    Raises:
        ValueError: it is no sum over one registered index, an end is not evidently an integer or holds the index, or
            the index occurs in a sum inside.
    """
    if not isinstance(total, sympy.Sum) or len(total.limits) != 1 or len(total.limits[0]) != 3:
        raise ValueError(f"expected Sum(f, (k, low, high)), got {total}")
    k, low, high = total.limits[0]
    _plain_range(k, low, high)
    if any(inner.has(k) for inner in total.function.atoms(sympy.Sum)):
        raise ValueError(f"expected a summand whose inner sums are free of {k}, got {total.function}")
    return total.function, k, low, high


def _plain_range(k: Any, low: Any, high: Any) -> None:
    if k not in INDICES or low.has(k) or high.has(k):
        raise ValueError(f"expected a registered index and ends free of it, got {k} from {low} to {high}")
    if not (low.is_integer and high.is_integer):
        raise ValueError(f"expected ends that are integers, got {low} and {high}")


def _at(f: Any, k: Any, value: Any) -> Any:
    """``f`` with ``value`` for the index.

    Raises:
        ValueError: a sum inside f would capture a symbol of the value.
    """
    bound = {limit[0] for inner in f.atoms(sympy.Sum) for limit in inner.limits}
    if bound & value.free_symbols:
        raise ValueError(f"the indices {bound & value.free_symbols} are bound in {f}")
    return f.subs(k, value)


def _fresh(j: Any, total: Any) -> None:
    if j not in INDICES or total.has(j):
        raise ValueError(f"expected a registered index that does not occur in {total}, got {j}")


def _nonempty(low: Any, high: Any) -> tuple[Rel, ...]:
    """Nothing when ``low <= high`` is evident from the declared signs, else that relation."""
    return () if (high - low).is_nonnegative else (Rel(low, "<=", high),)


@register_lemma(
    "index-shift",
    "Shift of a summation index",
    r"$\sum_{k=a}^{b}f_k=\sum_{j=a-m}^{b-m}f_{j+m}$ for integers $a,b,m$.",
    "Graham, Knuth and Patashnik, Concrete Mathematics (1994), (2.17)",
    _probe_shift,
)
def index_shift(total: Any, j: Any, m: Any) -> LemmaInstance:
    """``Sum(f(k), (k, a, b)) = Sum(f(j + m), (j, a - m, b - m))`` for an index j new to the sum and an integer m.

    Raises:
        ValueError: m is not evidently an integer or depends on an index of the sum, or j occurs in it.
    """
    m = sympy.sympify(m)
    f, k, low, high = _parts(total)
    _fresh(j, total)
    if not m.is_integer or m.has(j) or m.has(k):
        raise ValueError(f"expected an integer free of {j} and {k}, got {m}")
    return LemmaInstance(Rel(total, "=", sympy.Sum(_at(f, k, j + m), (j, low - m, high - m))))


@register_lemma(
    "split-first",
    "The first term apart",
    r"$\sum_{k=a}^{b}f_k=f_a+\sum_{j=a+1}^{b}f_j$ for $a\le b$.",
    "Graham, Knuth and Patashnik, Concrete Mathematics (1994), (2.24)",
    _probe_first,
)
def split_first(total: Any, j: Any) -> LemmaInstance:
    """``Sum(f(k), (k, a, b)) = f(a) + Sum(f(j), (j, a + 1, b))``; ``a <= b`` evident or among the steps used.

    Raises:
        ValueError: see ``_parts``, or j occurs in the sum.
    """
    f, k, low, high = _parts(total)
    _fresh(j, total)
    rest = sympy.Sum(_at(f, k, j), (j, low + 1, high))
    return LemmaInstance(Rel(total, "=", _at(f, k, low) + rest), _nonempty(low, high))


@register_lemma(
    "split-last",
    "The last term apart",
    r"$\sum_{k=a}^{b}f_k=\sum_{j=a}^{b-1}f_j+f_b$ for $a\le b$.",
    "Graham, Knuth and Patashnik, Concrete Mathematics (1994), (2.24)",
    _probe_last,
)
def split_last(total: Any, j: Any) -> LemmaInstance:
    """``Sum(f(k), (k, a, b)) = Sum(f(j), (j, a, b - 1)) + f(b)``; ``a <= b`` evident or among the steps used.

    Raises:
        ValueError: see ``_parts``, or j occurs in the sum.
    """
    f, k, low, high = _parts(total)
    _fresh(j, total)
    rest = sympy.Sum(_at(f, k, j), (j, low, high - 1))
    return LemmaInstance(Rel(total, "=", rest + _at(f, k, high)), _nonempty(low, high))


@register_lemma(
    "antidifference",
    "Summation by an antidifference",
    r"$F_k-F_{k-1}=f_k$ for $a\le k\le b$ implies $\sum_{k=a}^{b}f_k=F_b-F_{a-1}$ when $a\le b$.",
    "Graham, Knuth and Patashnik, Concrete Mathematics (1994), (2.48)",
    _probe_antidifference,
)
def antidifference(total: Any, whole: Any) -> LemmaInstance:
    """``Sum(f(k), (k, a, b)) = F(b) - F(a - 1)`` once ``F(k) - F(k-1) = f(k)`` is among the steps used.

    This is induction on b, with its step as an identity. ``a <= b`` must be evident or among the steps used.

    Args:
        total: the sum.
        whole: F as an expression in the index of the sum.

    Raises:
        ValueError: see ``_parts``, or F holds a sum that depends on the index.
    """
    f, k, low, high = _parts(total)
    if any(inner.has(k) for inner in whole.atoms(sympy.Sum)):
        raise ValueError(f"expected an antidifference whose sums are free of {k}, got {whole}")
    step = Rel(whole - _at(whole, k, k - 1), "=", f)
    statement = Rel(total, "=", _at(whole, k, high) - _at(whole, k, low - 1))
    return LemmaInstance(statement, (step, *_nonempty(low, high)), (k,))


@register_lemma(
    "geometric-sum",
    "Sum of a geometric progression",
    r"$(1-x)\sum_{k=0}^{n-1}x^{n-1-k}=1-x^n$ for an integer $n\ge0$.",
    "Graham, Knuth and Patashnik, Concrete Mathematics (1994), (2.25)",
    _probe_geometric,
)
def geometric_sum(x: Any, k: Any, n: Any) -> LemmaInstance:
    """``(1 - x) Sum(x^(n-1-k), (k, 0, n-1)) = 1 - x^n`` for x evidently positive.

    Raises:
        ValueError: it is not, or depends on the index; n is not evidently a nonnegative integer.
    """
    x, n = sympy.sympify(x), sympy.sympify(n)
    if not (x.is_positive and n.is_integer and n.is_nonnegative) or x.has(k):
        raise ValueError(f"expected a positive number free of {k} and a nonnegative integer, got {x} and {n}")
    total = sympy.Sum(x ** (n - 1 - k), (k, 0, n - 1))
    _parts(total)
    return LemmaInstance(Rel((1 - x) * total, "=", 1 - x**n))


@register_lemma(
    "termwise-equal",
    "Sums of equal terms are equal",
    r"$f_k=g_k$ for $a\le k\le b$ implies $\sum_{k=a}^{b}f_k=\sum_{k=a}^{b}g_k$.",
    "congruence of equality",
    _probe_equal,
)
def termwise_equal(total: Any, terms: Any) -> LemmaInstance:
    """``Sum(f, (k, a, b)) = Sum(g, (k, a, b))`` once ``f = g`` is among the steps used.

    The normal form needs no such step when f is one symbol or function that the equation rewrites.

    Raises:
        ValueError: see ``_parts``; g must be a summand in the same index.
    """
    f, k, low, high = _parts(total)
    other = sympy.Sum(terms, (k, low, high))
    _parts(other)
    return LemmaInstance(Rel(total, "=", other), (Rel(f, "=", terms),), (k,))


@register_lemma(
    "index-low",
    "An index is at least its lower end",
    r"$a\le k$ for every $k$ of the range $a,\dots,b$.",
    "meaning of a range",
    _probe_low,
)
def index_low(k: Any, low: Any, high: Any) -> LemmaInstance:
    """``k >= low`` for an index whose range in this claim is low to high.

    Raises:
        ValueError: k is no registered index, or the ends are not evidently integers.
    """
    low, high = sympy.sympify(low), sympy.sympify(high)
    _plain_range(k, low, high)
    return LemmaInstance(Rel(k, ">=", low))


@register_lemma(
    "index-high",
    "An index is at most its upper end",
    r"$k\le b$ for every $k$ of the range $a,\dots,b$.",
    "meaning of a range",
    _probe_high,
)
def index_high(k: Any, low: Any, high: Any) -> LemmaInstance:
    """``k <= high`` for an index whose range in this claim is low to high; errors as ``index_low``."""
    low, high = sympy.sympify(low), sympy.sympify(high)
    _plain_range(k, low, high)
    return LemmaInstance(Rel(k, "<=", high))
