"""Rigorous ranges and suprema of expressions on boxes, as exact rationals: for tables of constants and for figures.

What is returned is an enclosure, not a step of a derivation: a claim that uses such a number states it as an
inequality of kind ``enclosure``, and the engine proves it again.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

import heapq
from collections.abc import Mapping
from fractions import Fraction
from itertools import count, product
from typing import Any

from flint import arb, ctx, fmpq

from .balls import Tape, expand_sums
from .boxes import Side
from .enclosure import undefined_on
from .intervals import Interval, Undefined, add, hull, mul, rational, thin
from .records import Rel

__all__ = ["enclose", "enclosed_sup"]

_BITS = 128
_PARTS = 4096
_TOLERANCE = Fraction(1, 10**6)


def enclose(expression: Any, box: Mapping[Any, tuple[Any, Any]], parts: int = 256) -> tuple[Fraction, Fraction]:
    """Rationals ``low <= f <= high`` on a compact box; more parts, narrower bounds.

    Args:
        expression: f, scalar, in the symbols of the box; sums with concrete ends.
        box: symbol -> (low, high), exact rationals.
        parts: how many parts the box is cut into at most.

    Raises:
        Unsupported: an operation without an enclosure, a float, a symbol that has no side.
        ArithmeticError: f is not known to be defined and bounded on the whole box.
    """
    search = _Search(expression, box)
    high = search.run(parts, None)[1]
    low = -_Search(-expression, box).run(parts, None)[1]
    return _fraction(low), _fraction(high)


def enclosed_sup(
    expression: Any, symbol: Any, low: Any, high: Any, rel_tol: Fraction = _TOLERANCE
) -> tuple[Fraction, Fraction]:
    """Rationals around the supremum of a function of one symbol on ``[low, high]``: ``lower <= sup f <= upper``.

    Both are decimal numbers with just the digits that ``rel_tol`` asks for. ``upper - lower <= rel_tol * |upper|``
    unless the work limit is reached; the bracket is right also then.

    Raises:
        Unsupported, ArithmeticError: see ``enclose``.
    """
    lower, upper = _Search(expression, {symbol: (low, high)}).run(_PARTS, rel_tol / 2)
    size = max(abs(_fraction(lower)), abs(_fraction(upper)))
    if not size:
        return Fraction(0), Fraction(0)
    unit = Fraction(1)
    while unit > size * rel_tol / 4:
        unit /= 10
    return (_fraction(lower) // unit) * unit, -((-_fraction(upper)) // unit) * unit


def _fraction(x: fmpq) -> Fraction:
    return Fraction(int(x.p), int(x.q))


class _Search:
    """Branch and bound for the supremum over a box: the part with the largest upper bound is cut first."""

    def __init__(self, expression: Any, box: Mapping[Any, tuple[Any, Any]]) -> None:
        expression = expand_sums(expression)
        self.tape = Tape(expression, tuple(box))
        self.sides = {symbol: Side(rational(low), rational(high)) for symbol, (low, high) in box.items()}
        if any(side.empty for side in self.sides.values()):
            raise ArithmeticError(f"the box is empty: {box}")
        loose = undefined_on(Rel(expression, ">=", 0), [], self.sides)
        if loose:
            raise ArithmeticError(f"not known to be defined on the box: {', '.join(loose)}")
        self.best: fmpq | None = None

    def run(self, parts: int, rel_tol: Fraction | None) -> tuple[fmpq, fmpq]:
        """A value that is taken at least nearly, and an upper bound."""
        with ctx.workprec(_BITS):
            order = count()
            first = tuple((side.low, side.high) for side in self.sides.values())
            for corner in product(*first):
                self._see(self.tape.value([thin(c) for c in corner])[0])
            heap = [(-self._bound(first), next(order), first)]
            for _ in range(parts):
                top, part = -heap[0][0], heap[0][2]
                assert self.best is not None
                if all(low == high for low, high in part) or top <= self.best:
                    break
                if rel_tol is not None and top - self.best <= rational(rel_tol) * max(abs(top), abs(self.best)):
                    break
                heapq.heappop(heap)
                for half in _halves(part):
                    heapq.heappush(heap, (-min(top, self._bound(half)), next(order), half))
            assert self.best is not None
            return self.best, max(-heap[0][0], self.best)

    def _bound(self, part: tuple[tuple[fmpq, fmpq], ...]) -> fmpq:
        """An upper bound on a part; the value at its middle may improve ``best``."""
        ranges = [hull(low, high) for low, high in part]
        middle = [(low + high) / 2 for low, high in part]
        form = self.tape.value([thin(c) for c in middle])
        self._see(form[0])
        top = self.tape.value(ranges)[1]
        try:
            slopes = self.tape.gradient(ranges)
        except Undefined:
            return _dyadic(top)
        ends = [
            (low, low) if s[1] <= 0 else (high, high) if s[0] >= 0 else (low, high)
            for (low, high), s in zip(part, slopes, strict=True)
        ]
        if all(low == high for low, high in ends):  # monotone: the largest value is at a corner
            low, high = self.tape.value([thin(c) for c, _ in ends])
            self._see(low)
            return _dyadic(high)
        for slope, x, c in zip(slopes, ranges, middle, strict=True):
            form = add(form, mul(slope, _shift(x, c)))
        return min(_dyadic(top), _dyadic(form[1]))

    def _see(self, value: arb) -> None:
        found = _dyadic(value)
        self.best = found if self.best is None or found > self.best else self.best


def _shift(x: Interval, c: fmpq) -> Interval:
    return add(x, thin(-c))


def _halves(part: tuple[tuple[fmpq, fmpq], ...]) -> list[tuple[tuple[fmpq, fmpq], ...]]:
    number = max(range(len(part)), key=lambda i: part[i][1] - part[i][0])
    low, high = part[number]
    middle = (low + high) / 2
    return [(*part[:number], side, *part[number + 1 :]) for side in ((low, middle), (middle, high))]


def _dyadic(end: arb) -> fmpq:
    return end.fmpq()
