"""Finite sums taken in another order: backwards, in pairs."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

import random
from typing import Any

import sympy

from ..proof.records import Rel
from ..symbols import INDICES, record
from .registry import LemmaInstance, register_lemma


def _numbers(rng: random.Random, count: int) -> list[float]:
    return [rng.gauss(0, 1) for _ in range(count)]


def _probe_reversal(rng: random.Random) -> tuple[float, str, float]:
    f = _numbers(rng, rng.randint(1, 9))  # f_1, ..., f_n
    n = len(f)
    return sum(f[n - j - 1] for j in range(n)), "=", sum(f)


def _probe_pairs(rng: random.Random) -> tuple[float, str, float]:
    f = _numbers(rng, 2 * rng.randint(1, 6))
    return sum(f), "=", sum(f[2 * m] + f[2 * m + 1] for m in range(len(f) // 2))


def _plain(function: Any, *indices: Any, size: Any) -> None:
    """A registered function of one argument, distinct indices, and an integer that is not negative.

    Raises:
        ValueError: they are not.
    """
    known = all(i in INDICES for i in indices) and record(function(indices[0])).symbol == function
    if not known or len(set(indices)) < len(indices) or not (size.is_integer and size.is_nonnegative):
        raise ValueError(f"expected a function, indices and a nonnegative integer, got {function}, {indices}, {size}")
    if size.free_symbols & set(indices):
        raise ValueError(f"expected a size free of {indices}, got {size}")


@register_lemma(
    "sum-backwards",
    "A sum read backwards",
    r"$\sum_{j=0}^{n-1}f_{n-j}=\sum_{h=1}^{n}f_h$.",
    "Graham, Knuth and Patashnik, Concrete Mathematics (1994), (2.17)",
    _probe_reversal,
)
def sum_backwards(function: Any, j: Any, h: Any, n: Any) -> LemmaInstance:
    """``Sum(f(n - j), (j, 0, n - 1)) = Sum(f(h), (h, 1, n))``."""
    _plain(function, j, h, size=n)
    return LemmaInstance(Rel(sympy.Sum(function(n - j), (j, 0, n - 1)), "=", sympy.Sum(function(h), (h, 1, n))))


@register_lemma(
    "sum-in-pairs",
    "A sum taken in pairs",
    r"$\sum_{k=0}^{2n-1}f_k=\sum_{m=0}^{n-1}(f_{2m}+f_{2m+1})$.",
    "induction on n; Graham, Knuth and Patashnik, Concrete Mathematics (1994), section 2.4",
    _probe_pairs,
)
def sum_in_pairs(function: Any, k: Any, m: Any, n: Any) -> LemmaInstance:
    """``Sum(f(k), (k, 0, 2*n - 1)) = Sum(f(2*m) + f(2*m + 1), (m, 0, n - 1))``."""
    _plain(function, k, m, size=n)
    pairs = sympy.Sum(function(2 * m) + function(2 * m + 1), (m, 0, n - 1))
    return LemmaInstance(Rel(sympy.Sum(function(k), (k, 0, 2 * n - 1)), "=", pairs))
