"""Interval arithmetic with outward rounding: bounds of every operation, or ``Undefined``.

An interval is a pair of exact dyadic numbers (python-flint ``arb`` of radius zero); every operation rounds the lower
end down and the upper end up at the working precision, so that the true range is always inside. Where an operation is
not defined, or not bounded, on the whole of its arguments, ``Undefined`` is raised: there is no infinite and no
missing value. No Python float is used.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import sympy
from flint import arb, fmpq

from .normal_form import Unsupported

__all__ = [
    "Interval",
    "Undefined",
    "absolute",
    "add",
    "cos",
    "exp",
    "finite",
    "greatest",
    "hull",
    "inverse",
    "least",
    "log",
    "mul",
    "power",
    "rational",
    "root",
    "sin",
    "thin",
]

Interval = tuple[arb, arb]
_ZERO, _ONE = arb(0), arb(1)
_HUGE, _TINY = arb(2) ** (1 << 18), arb(2) ** -(1 << 18)


class Undefined(ArithmeticError):
    """An operation is undefined or unbounded somewhere on these intervals."""


def thin(value: fmpq) -> Interval:
    """The narrowest interval around one rational at the working precision."""
    ball = arb(value)
    return ball.lower(), ball.upper()


def hull(low: fmpq, high: fmpq) -> Interval:
    """The narrowest interval around ``[low, high]``."""
    return arb(low).lower(), arb(high).upper()


def rational(number: Any) -> fmpq:
    """A SymPy rational, an int or a Fraction as ``fmpq``.

    Raises:
        Unsupported: it is none of these, a float or an infinity for instance.
    """
    if isinstance(number, sympy.Rational):
        return fmpq(int(number.p), int(number.q))
    if isinstance(number, int | Fraction):
        return fmpq(number.numerator, number.denominator)
    raise Unsupported(f"expected an exact rational number, got {number!r}")


def add(a: Interval, b: Interval) -> Interval:
    """Range of ``x + y``."""
    return (a[0] + b[0]).lower(), (a[1] + b[1]).upper()


def mul(a: Interval, b: Interval) -> Interval:
    """Range of ``x * y``."""
    if a[0] >= _ZERO:
        low = (a[0] if b[0] >= _ZERO else a[1]) * b[0]
        high = (a[1] if b[1] >= _ZERO else a[0]) * b[1]
        return low.lower(), high.upper()
    if a[1] <= _ZERO:
        low = (a[0] if b[1] >= _ZERO else a[1]) * b[1]
        high = (a[1] if b[0] >= _ZERO else a[0]) * b[0]
        return low.lower(), high.upper()
    products = [x * y for x in a for y in b]
    return least([p.lower() for p in products]), greatest([p.upper() for p in products])


def least(values: Sequence[arb]) -> arb:
    """The smallest of some exact numbers."""
    best = values[0]
    for value in values[1:]:
        best = value if value < best else best
    return best


def greatest(values: Sequence[arb]) -> arb:
    """The largest of some exact numbers."""
    best = values[0]
    for value in values[1:]:
        best = value if value > best else best
    return best


def inverse(a: Interval) -> Interval:
    """Range of ``1 / x``."""
    if a[0] <= _ZERO <= a[1]:
        raise Undefined("a denominator may vanish")
    return finite((_ONE / a[1]).lower(), (_ONE / a[0]).upper())


def finite(low: arb, high: arb) -> Interval:
    """An interval that is not absurdly large, with ends that are not absurdly close to zero (rounded outward)."""
    if not (low > -_HUGE and high < _HUGE):  # also where an end is no number
        raise Undefined("a value is unbounded")
    if _ZERO < low < _TINY or -_TINY < low < _ZERO:
        low = _ZERO if low > _ZERO else -_TINY
    if _ZERO < high < _TINY or -_TINY < high < _ZERO:
        high = _TINY if high > _ZERO else _ZERO
    return low, high


def power(a: Interval, n: int) -> Interval:
    """Range of ``x ** n`` for an integer n."""
    if n < 0:
        return inverse(power(a, -n))
    if n % 2 == 1 or a[0] >= _ZERO:
        return finite((a[0] ** n).lower(), (a[1] ** n).upper())
    if a[1] <= _ZERO:
        return finite((a[1] ** n).lower(), (a[0] ** n).upper())
    return finite(_ZERO, greatest([(a[0] ** n).upper(), (a[1] ** n).upper()]))


def root(a: Interval, n: int) -> Interval:
    """Range of the n-th root of ``x >= 0``; a lower end below zero is cut off, x is nonnegative by an obligation."""
    if a[1] < _ZERO:
        raise Undefined("a root of a negative number")
    low = a[0].root(n).lower() if a[0] > _ZERO else _ZERO
    return finite(low, a[1].root(n).upper() if a[1] > _ZERO else _ZERO)


def exp(a: Interval) -> Interval:
    """Range of ``e ** x``."""
    return finite(a[0].exp().lower(), a[1].exp().upper())


def log(a: Interval) -> Interval:
    """Range of ``log x``."""
    if a[0] <= _ZERO:
        raise Undefined("a logarithm of zero or less")
    return finite(a[0].log().lower(), a[1].log().upper())


def _wave(a: Interval, value: Callable[[arb], arb], slope: Callable[[arb], arb]) -> Interval:
    """Range of a sine or cosine: by its ends where the slope has one sign, else by the ball around the interval."""
    ball = a[0].union(a[1])
    rise, first, last = slope(ball), value(a[0]), value(a[1])
    if rise.lower() >= _ZERO:
        return first.lower(), last.upper()
    if rise.upper() <= _ZERO:
        return last.lower(), first.upper()
    whole = value(ball)
    return greatest([whole.lower(), -_ONE]), least([whole.upper(), _ONE])


def sin(a: Interval) -> Interval:
    """Range of ``sin x``."""
    # on [0, w] the ball reaches below 0, but cos > 0 there makes the ends exact
    return _wave(a, arb.sin, arb.cos)


def cos(a: Interval) -> Interval:
    """Range of ``cos x``."""
    sine = _wave(a, arb.sin, arb.cos)
    if sine[0] >= _ZERO:
        return a[1].cos().lower(), a[0].cos().upper()
    if sine[1] <= _ZERO:
        return a[0].cos().lower(), a[1].cos().upper()
    return _wave(a, arb.cos, lambda x: -x.sin())


def absolute(a: Interval) -> Interval:
    """Range of ``|x|``."""
    if a[0] >= _ZERO:
        return a
    return (-a[1], -a[0]) if a[1] <= _ZERO else (_ZERO, greatest([-a[0], a[1]]))
