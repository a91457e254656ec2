"""Norms, inner products and finite sums."""

from __future__ import annotations

import random
from collections.abc import Sequence
from math import sqrt
from typing import Any

import sympy

from ..proof.records import Rel
from ..proof.vectors import Inner, Norm
from ..symbols import INDICES, Vec, record
from .registry import LemmaInstance, register_lemma


def _vector(rng: random.Random, n: int = 4) -> list[float]:
    return [rng.gauss(0, 1) for _ in range(n)]


def _dot(x: Sequence[float], y: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(x, y, strict=True))


def _norm(x: Sequence[float]) -> float:
    return sqrt(_dot(x, x))


def _probe_direction(rng: random.Random) -> tuple[float, str, float]:
    x = _vector(rng)
    v = [c / _norm(x) for c in x]
    return _norm(x), "=", _dot(v, x)


def _probe_unit(rng: random.Random) -> tuple[float, str, float]:
    x = _vector(rng)
    return _norm([c / _norm(x) for c in x]), "=", 1.0


def _probe_cauchy(rng: random.Random) -> tuple[float, str, float]:
    x, y = _vector(rng), _vector(rng)
    return abs(_dot(x, y)), "<=", _norm(x) * _norm(y)


def _probe_triangle(rng: random.Random) -> tuple[float, str, float]:
    vectors = [_vector(rng) for _ in range(rng.randint(1, 6))]
    total = [sum(column) for column in zip(*vectors, strict=True)]
    return _norm(total), "<=", sum(map(_norm, vectors))


def _probe_homogeneity(rng: random.Random) -> tuple[float, str, float]:
    c, x = rng.gauss(0, 3), _vector(rng)
    return _norm([c * a for a in x]), "=", abs(c) * _norm(x)


def _probe_square(rng: random.Random) -> tuple[float, str, float]:
    x, y = _vector(rng), _vector(rng)
    return _norm([a + b for a, b in zip(x, y, strict=True)]) ** 2, "=", _dot(x, x) + 2 * _dot(x, y) + _dot(y, y)


def _probe_symmetric(rng: random.Random) -> tuple[float, str, float]:
    x, y = _vector(rng), _vector(rng)
    return (
        _norm([a + b for a, b in zip(x, y, strict=True)]) ** 2 - _dot(x, x) - _dot(x, y) - _dot(y, y),
        "=",
        _dot(y, x),
    )


def _probe_norm_square(rng: random.Random) -> tuple[float, str, float]:
    x = _vector(rng)
    return _norm([*x, 0.0]) ** 2, "=", sum(c**2 for c in x)


def _probe_member(rng: random.Random) -> tuple[float, str, float]:
    terms = [rng.expovariate(1) for _ in range(rng.randint(1, 6))]
    return max(terms), "<=", sum(terms)


def _probe_maximum(rng: random.Random) -> tuple[float, str, float]:
    terms = [rng.gauss(0, 1) for _ in range(rng.randint(1, 6))]
    top = max(range(len(terms)), key=terms.__getitem__)
    return rng.choice(terms), "<=", terms[top]


def _probe_equal(rng: random.Random) -> tuple[float, str, float]:
    x = _vector(rng)
    return _norm(x), "=", _norm([(2 * c + c) / 3 for c in x])


def _probe_telescoping(rng: random.Random) -> tuple[float, str, float]:
    f = [rng.gauss(0, 1) for _ in range(rng.randint(2, 9))]
    return sum(f[k + 1] - f[k] for k in range(len(f) - 1)), "=", f[-1] - f[0]


@register_lemma(
    "unit-direction",
    "Dual characterisation of the norm",
    r"For every $x$ there is a unit vector $v$ with $\langle v,x\rangle=\lVert x\rVert$.",
    "finite-dimensional norm duality; Boyd and Vandenberghe, Convex Optimization (2004), A.1.6",
    _probe_direction,
)
def unit_direction(v: Any, x: Any) -> LemmaInstance:
    """``|x| = <v, x>`` for the unit vector v along x, a plain symbol that depends on nothing but x.

    Raises:
        ValueError: v is no vector symbol, or x contains v or an index.
    """
    if not isinstance(v, Vec) or x.has(v) or x.free_symbols & INDICES:
        raise ValueError(f"expected a fresh vector symbol and an x free of indices, got {v} and {x}")
    return LemmaInstance(Rel(Norm(x), "=", Inner(v, x)))


@register_lemma(
    "unit-norm",
    "The direction has norm one",
    r"The unit vector $v$ of the dual characterisation has $\lVert v\rVert=1$.",
    "finite-dimensional norm duality; Boyd and Vandenberghe, Convex Optimization (2004), A.1.6",
    _probe_unit,
)
def unit_norm(v: Any) -> LemmaInstance:
    """``|v| = 1``."""
    return LemmaInstance(Rel(Norm(v), "=", sympy.S.One))


@register_lemma(
    "cauchy-schwarz",
    "Cauchy-Schwarz",
    r"$\lvert\langle x,y\rangle\rvert\le\lVert x\rVert\,\lVert y\rVert$.",
    "Steele, The Cauchy-Schwarz Master Class (2004), ch. 1",
    _probe_cauchy,
)
def cauchy_schwarz(x: Any, y: Any) -> LemmaInstance:
    """``|<x, y>| <= |x| |y|`` for a vector atom x."""
    return LemmaInstance(Rel(sympy.Abs(Inner(x, y)), "<=", Norm(x) * Norm(y)))


@register_lemma(
    "triangle",
    "Triangle inequality for a finite sum",
    r"$\lVert\sum_k x_k\rVert\le\sum_k\lVert x_k\rVert$.",
    "definition of a norm, by induction on the number of terms",
    _probe_triangle,
)
def triangle(total: Any) -> LemmaInstance:
    """``|sum x| <= sum |x|`` for a SymPy Sum of vectors, or for the addends of an Add."""
    if isinstance(total, sympy.Sum):
        return LemmaInstance(Rel(Norm(total), "<=", sympy.Sum(Norm(total.function), *total.limits)))
    parts = sympy.Add.make_args(total)
    return LemmaInstance(Rel(Norm(total), "<=", sympy.Add(*(Norm(part) for part in parts))))


@register_lemma(
    "homogeneity",
    "Absolute homogeneity of the norm",
    r"$\lVert c\,x\rVert=\lvert c\rvert\,\lVert x\rVert$.",
    "definition of a norm",
    _probe_homogeneity,
)
def homogeneity(c: Any, x: Any) -> LemmaInstance:
    """``|c x| = |c| |x|``."""
    return LemmaInstance(Rel(Norm(c * x), "=", sympy.Abs(c) * Norm(x)))


@register_lemma(
    "expand-square",
    "Square of a sum of two vectors",
    r"$\lVert x+y\rVert^2=\lVert x\rVert^2+2\langle x,y\rangle+\lVert y\rVert^2$.",
    "bilinearity of the inner product",
    _probe_square,
)
def expand_square(x: Any, y: Any) -> LemmaInstance:
    """``|x + y|^2 = |x|^2 + 2 <x, y> + |y|^2`` for a vector atom x."""
    return LemmaInstance(Rel(Norm(x + y) ** 2, "=", Norm(x) ** 2 + 2 * Inner(x, y) + Norm(y) ** 2))


@register_lemma(
    "inner-symmetric",
    "The inner product is symmetric",
    r"$\langle x,y\rangle=\langle y,x\rangle$.",
    "definition of an inner product; Steele, The Cauchy-Schwarz Master Class (2004), ch. 1",
    _probe_symmetric,
)
def inner_symmetric(x: Any, y: Any) -> LemmaInstance:
    """``<x, y> = <y, x>`` for vector atoms x and y."""
    return LemmaInstance(Rel(Inner(x, y), "=", Inner(y, x)))


@register_lemma(
    "norm-square",
    "The norm comes from the inner product",
    r"$\lVert x\rVert^2=\langle x,x\rangle$.",
    "definition of the Euclidean norm",
    _probe_norm_square,
)
def norm_square(x: Any) -> LemmaInstance:
    """``|x|^2 = <x, x>`` for a vector atom x."""
    return LemmaInstance(Rel(Norm(x) ** 2, "=", Inner(x, x)))


@register_lemma(
    "member",
    "A nonnegative term is at most its sum",
    r"$0\le x_i$ for all $i$ implies $x_j\le\sum_i x_i$.",
    "induction on the number of terms",
    _probe_member,
)
def member(function: Any, index: Any, high: Any) -> LemmaInstance:
    """``f(j) <= Sum(f(i), (i, 1, high))`` for a function declared nonnegative.

    Raises:
        ValueError: the function is not declared nonnegative.
    """
    if record(function(index)).symbol != function or not function(index).is_nonnegative:
        raise ValueError(f"expected a registered nonnegative function, got {function}")
    if index not in INDICES or not (high.is_integer and high.is_positive):
        raise ValueError(f"expected an index and a positive integer bound, got {index} and {high}")
    return LemmaInstance(Rel(function(index), "<=", sympy.Sum(function(index), (index, 1, high))))


@register_lemma(
    "finite-maximum",
    "A finite set of numbers has a largest one",
    r"For $x_1,\dots,x_n$ with $n\ge1$ there is an $m$ with $x_i\le x_m$ for all $i$.",
    "induction on n; Rudin, Principles of Mathematical Analysis (1976), Theorem 4.16 on a finite set",
    _probe_maximum,
)
def finite_maximum(m: Any, term: Any, index: Any) -> LemmaInstance:
    """``x(i) <= x(m)`` for a scalar expression in one index over a nonempty range, and a fresh symbol m.

    That the index starts from one at least, like m, is among the steps used.

    Raises:
        ValueError: m is no plain positive integer symbol or occurs in the expression, or another index does.
    """
    if m in INDICES or not (isinstance(m, sympy.Symbol) and m.is_integer and m.is_positive) or term.has(m):
        raise ValueError(f"expected a fresh positive integer symbol, got {m}")
    if term.free_symbols & INDICES != {index} or term.has(sympy.Sum):
        raise ValueError(f"expected an expression in the index {index} alone, got {term}")
    return LemmaInstance(Rel(term, "<=", term.subs(index, m)), (Rel(index, ">=", 1),), (index,))


@register_lemma(
    "equal-norms",
    "Equal vectors have equal norms",
    r"$x=y$ implies $\lVert x\rVert=\lVert y\rVert$.",
    "congruence of equality",
    _probe_equal,
)
def equal_norms(x: Any, y: Any) -> LemmaInstance:
    """``|x| = |y|`` when ``x = y`` is among the steps used."""
    return LemmaInstance(Rel(Norm(x), "=", Norm(y)), (Rel(x, "=", y),))


@register_lemma(
    "telescoping",
    "Telescoping sum",
    r"$\sum_{k=m}^{n-1}(f_{k+1}-f_k)=f_n-f_m$.",
    "induction on n; Graham, Knuth and Patashnik, Concrete Mathematics (1994), 2.6",
    _probe_telescoping,
)
def telescoping(function: Any, index: Any, low: Any, high: Any) -> LemmaInstance:
    """``Sum(f(k+1) - f(k), (k, low, high-1)) = f(high) - f(low)`` for a registered f of one argument and low <= high.

    Raises:
        ValueError: f is not registered, the index is none, or low <= high is not evident.
    """
    if record(function(index)).symbol != function or index not in INDICES or not (high - low).is_nonnegative:
        raise ValueError(f"expected a registered function, an index and low <= high, got {function}, {low}, {high}")
    total = sympy.Sum(function(index + 1) - function(index), (index, low, high - 1))
    return LemmaInstance(Rel(total, "=", function(high) - function(low)))
