"""Exact evaluation of expressions: the check that uses neither a normal form nor a solver.

Scalars are fractions, or SymPy numbers once a root or a logarithm is irrational; vectors are tuples of scalars. Sums
are expanded term by term. Two irrational numbers are compared at 60 digits, and a difference that small is an error.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from math import comb, isqrt
from typing import Any, TypeGuard

import sympy
from sympy.core.function import AppliedUndef

from .radius import Radius, radius_value
from .records import Rel
from .vectors import Inner, Norm

__all__ = ["NotDecided", "Point", "Value", "at", "evaluate", "holds", "is_tuple", "sign"]

_NEAR = Fraction(1, 10**15)
Number = Any  # Fraction, or a SymPy number when irrational
Value = Any  # Number or tuple[Number, ...]
Point = Callable[[Any], Value | None]
"""Looks an atom up; ``None`` means: not an atom of this point, look inside."""

_COMPARE = {"=": operator.eq, "<=": operator.le, "<": operator.lt, ">=": operator.ge, ">": operator.gt}


class NotDecided(ArithmeticError):
    """Two irrational numbers agree to 60 digits, or a root is not real: no verdict."""


def is_tuple(value: Value) -> TypeGuard[tuple[Number, ...]]:
    """Whether a value is a vector."""
    return isinstance(value, tuple)


def at(values: Mapping[Any, Value]) -> Point:
    """A point given by a table of atoms."""
    return lambda atom: values.get(atom)


def evaluate(expression: Any, point: Point) -> Value:
    """Value of an expression at a point.

    Raises:
        KeyError: an atom has no value there.
        NotDecided: a root of a negative number.
        ZeroDivisionError: a denominator vanishes.
        TypeError: an operation this evaluator does not know.
    """
    found = point(expression)
    if found is not None:
        return found
    if isinstance(expression, sympy.Rational):
        return Fraction(int(expression.p), int(expression.q))
    if expression in (sympy.zoo, sympy.nan):
        raise ZeroDivisionError("a denominator vanishes")  # ComplexInfinity, from a substitution
    if isinstance(expression, sympy.NumberSymbol):
        return expression
    if isinstance(expression, Radius):
        return radius_value(expression, point)
    if isinstance(expression, sympy.Symbol | AppliedUndef):
        raise KeyError(f"no value for {expression}")
    if isinstance(expression, sympy.Sum):
        return _sum(expression, point)
    args = [evaluate(arg, point) for arg in expression.args]
    if isinstance(expression, sympy.Add):
        return _fold(args, _plus)
    if isinstance(expression, sympy.Mul):
        return _fold(args, _times)
    if isinstance(expression, Inner):
        return sum((a * b for a, b in zip(*args, strict=True)), Fraction(0))
    if isinstance(expression, Norm):
        return _root(sum((c * c for c in args[0]), Fraction(0)))
    if any(is_tuple(a) for a in args):
        raise TypeError(f"expected scalars inside {expression.func.__name__}")
    if isinstance(expression, sympy.Pow):
        return _power(*args)
    if isinstance(expression, sympy.binomial):
        return _binomial(*args)
    if isinstance(expression, sympy.log | sympy.exp | sympy.sin | sympy.cos | sympy.acos):
        return expression.func(sympy.sympify(args[0]))
    if isinstance(expression, sympy.Abs):
        return abs(args[0])
    if isinstance(expression, sympy.Min | sympy.Max):
        best = args[0]
        for other in args[1:]:
            best = other if (sign(other - best) > 0) == isinstance(expression, sympy.Max) else best
        return best
    raise TypeError(f"cannot evaluate {expression.func.__name__} exactly")


def sign(value: Number) -> int:
    """Sign of a number: exact for fractions, at 60 digits otherwise.

    Raises:
        NotDecided: an irrational value is smaller than 1e-50 and not identically zero.
    """
    if isinstance(value, Fraction):
        return (value > 0) - (value < 0)
    digits = sympy.sympify(value).evalf(60)
    if abs(digits) > sympy.Float("1e-50", 60):
        return 1 if digits > 0 else -1
    if _vanishes(sympy.sympify(value)):
        return 0
    raise NotDecided(f"{value} is too close to zero")


def _vanishes(value: Any) -> bool:
    """Whether a number is zero. Sines and cosines become exponentials, so that their products can be collected."""
    if value.has(sympy.sin, sympy.cos):
        waves = sympy.expand(value.rewrite(sympy.exp))
        turns = {
            e: e.rewrite(sympy.cos) for e in waves.atoms(sympy.exp) if (e.args[0] / sympy.pi / sympy.I).is_Rational
        }
        if sympy.expand(waves.xreplace(turns)) == 0:
            return True
    return bool(value.equals(0))


def holds(rel: Rel, point: Point) -> bool:
    """Whether a relation is true at a point, in exact arithmetic; same errors as ``evaluate``."""
    left, right = evaluate(rel.lhs, point), evaluate(rel.rhs, point)
    gap = _plus(left, _times(Fraction(-1), right))
    if is_tuple(gap):
        if rel.op != "=":
            raise TypeError(f"vectors have no order: {rel}")
        return all(sign(c) == 0 for c in gap)
    if any(isinstance(s, sympy.Basic) and s.has(sympy.Float) for s in (left, right)) and abs(gap) < _NEAR:
        raise NotDecided(f"a radius, which is known to 20 digits, is at its bound: {rel}")
    return bool(_COMPARE[rel.op](sign(gap), 0))


def _sum(expression: Any, point: Point) -> Value:
    ((index, low, high),) = expression.limits
    first, last = evaluate(low, point), evaluate(high, point)
    terms = [evaluate(_term(expression.function, index, k), point) for k in range(int(first), int(last) + 1)]
    return _fold(terms, _plus) if terms else Fraction(0)


@lru_cache(maxsize=16384)
def _term(inside: Any, index: Any, k: int) -> Any:
    """A summand at one value of the index."""
    if inside.has(sympy.Sum):  # which may have an index of the same name
        return inside.subs(index, k)
    return inside.xreplace({index: sympy.Integer(k)})


def _power(base: Number, exponent: Number) -> Number:
    if not isinstance(exponent, Fraction) or exponent.denominator > 2:
        raise NotDecided(f"{base} to the power {exponent}")
    return base ** int(exponent) if exponent.denominator == 1 else _root(base) ** int(2 * exponent)


def _binomial(n: Number, k: Number) -> Fraction:
    """Ways to choose k of n: 0 for k < 0 and k > n."""
    if not all(isinstance(x, Fraction) and x.denominator == 1 for x in (n, k)) or n < 0:
        raise NotDecided(f"expected integers n >= 0 and k, got binomial({n}, {k})")
    return Fraction(comb(int(n), int(k)) if k >= 0 else 0)


def _fold(values: list[Value], combine: Callable[[Value, Value], Value]) -> Value:
    total = values[0]
    for value in values[1:]:
        total = combine(total, value)
    return total


def _plus(a: Value, b: Value) -> Value:
    if is_tuple(a) and is_tuple(b):
        return tuple(x + y for x, y in zip(a, b, strict=True))
    if is_tuple(a) or is_tuple(b):
        scalar, vector = (b, a) if is_tuple(a) else (a, b)
        if scalar != 0:
            raise TypeError("expected two scalars or two vectors in a sum")
        return vector
    return a + b


def _times(a: Value, b: Value) -> Value:
    if is_tuple(a) and is_tuple(b):
        raise TypeError("expected at most one vector in a product")
    if is_tuple(a):
        a, b = b, a
    return tuple(a * x for x in b) if is_tuple(b) else a * b


def _root(x: Number) -> Number:
    if sign(x) < 0:
        raise NotDecided(f"root of the negative number {x}")
    if isinstance(x, Fraction):
        p, q = isqrt(x.numerator), isqrt(x.denominator)
        if p * p == x.numerator and q * q == x.denominator:
            return Fraction(p, q)
    return sympy.sqrt(sympy.sympify(x))
