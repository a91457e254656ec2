"""The sign of a polynomial with rational coefficients on an interval, decided in two ways that share nothing.

Bernstein: the coefficients of the square-free factors in the Bernstein basis of the interval, which is halved until
they have one sign. Sturm: a Sturm sequence separates the roots, and values at rational points between them settle the
rest. All arithmetic is exact.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import sympy
from flint import fmpq, fmpq_poly

from .boxes import Side

__all__ = ["Answer", "bernstein", "exact_quotient", "positive", "sturm"]

_HALVINGS = 200  # of one interval; roots nearer together than 2^-200 of it are left undecided

Answer = Literal["yes", "no", "unknown"]


def positive(poly: fmpq_poly, side: Side) -> Answer:
    """Whether a polynomial is positive on the interval, when both opinions agree."""
    first, second = bernstein(poly, side, True), sturm(poly, side, True)[0]
    return first if first == second else "unknown"


def exact_quotient(a: fmpq_poly, b: fmpq_poly) -> fmpq_poly:
    """``a / b`` for a divisor b."""
    quotient, rest = divmod(a, b)
    assert rest == 0
    return quotient


def bernstein(poly: fmpq_poly, side: Side, strict: bool) -> Answer:
    """Whether ``poly >= 0`` (``> 0`` when strict) on an interval, by Bernstein coefficients of square-free factors.

    A factor of even multiplicity is a square, nonnegative and zero only at its roots; the product of the others must
    have one sign. That product has simple roots only, so that halving comes to an end.
    """
    if side.low == side.high:
        value = poly(side.low)
        return "yes" if value > 0 or (value == 0 and not strict) else "no"
    if poly.degree() < 0:
        return "no" if strict else "yes"
    unit, factors = poly.factor_squarefree()
    odd, even, whole = fmpq_poly([unit]), fmpq_poly([1]), fmpq_poly([unit])
    for factor, multiplicity in factors:
        whole *= factor**multiplicity
        odd, even = (odd * factor, even) if multiplicity % 2 else (odd, even * factor)
    assert whole == poly
    if strict and "yes" not in (signs := (_one_sign(even, side, True), _one_sign(-even, side, True))):
        return "no" if signs == ("no", "no") else "unknown"
    return _one_sign(odd, side, strict)


def _one_sign(poly: fmpq_poly, side: Side, strict: bool) -> Answer:
    """The same for a polynomial with simple roots."""
    if poly.degree() < 1:
        return "yes" if poly[0] > 0 else "no"
    parts = [(_coefficients(poly, side.low, side.high), side.open_low, side.open_high)]
    for _ in range(_HALVINGS):
        waiting: list[tuple[list[fmpq], bool, bool]] = []
        for row, open_low, open_high in parts:
            if any(end < 0 for end in (row[0], row[-1])):
                return "no"
            if strict and ((row[0] == 0 and not open_low) or (row[-1] == 0 and not open_high)):
                return "no"
            if any(c < 0 for c in row):
                left, right = _halved(row)
                waiting += [(left, open_low, False), (right, False, open_high)]
        if not waiting:  # all coefficients >= 0, not all 0: positive inside, and the ends were looked at
            return "yes"
        if len(waiting) > 4 * len(parts[0][0]) + 8:
            return "unknown"
        parts = waiting
    return "unknown"


def _coefficients(poly: fmpq_poly, low: fmpq, high: fmpq) -> list[fmpq]:
    """Coefficients in the Bernstein basis of ``[low, high]``, degree n: ``b_j = sum_{i<=j} C(j,i)/C(n,i) a_i``."""
    n = poly.degree()
    on_unit = poly(fmpq_poly([low, high - low]))  # a_i of t in [0, 1]
    row = [on_unit[i] / _choose(n, i) for i in range(n + 1)]
    for depth in range(1, n + 1):  # Pascal sums in place: row[j] becomes sum_i C(j, i) row_i
        for j in range(n, depth - 1, -1):
            row[j] = row[j] + row[j - 1]
    return row


def _choose(n: int, k: int) -> fmpq:
    return fmpq(int(sympy.binomial(n, k)))


def _halved(row: Sequence[fmpq]) -> tuple[list[fmpq], list[fmpq]]:
    """De Casteljau at the midpoint: the coefficients on both halves."""
    left, right, current = [row[0]], [row[-1]], list(row)
    while len(current) > 1:
        current = [(a + b) / 2 for a, b in pairwise(current)]
        left.append(current[0])
        right.append(current[-1])
    return left, right[::-1]


def sturm(poly: fmpq_poly, side: Side, strict: bool) -> tuple[Answer, fmpq | None]:
    """The same question by root counting, with a rational point at which the answer "no" can be seen, if there is one.

    The roots of the square-free part inside the interval are separated by rational points; between neighbours the sign
    is that of one value. Nothing is shared with ``bernstein`` but the polynomial.
    """
    ends = [x for x, is_open in ((side.low, side.open_low), (side.high, side.open_high)) if not is_open]
    for x in ends:
        value = poly(x)
        if value < 0 or (value == 0 and strict):
            return "no", x
    if side.low == side.high:
        return "yes", None
    if poly.degree() < 0:
        return ("no", side.middle) if strict else ("yes", None)
    chain = _chain(exact_quotient(poly, poly.gcd(poly.derivative())))
    points, inside = _separators(chain, side)
    if points is None:
        return "unknown", None
    for x in points:
        value = poly(x)
        if value < 0 or (value == 0 and strict):
            return "no", x
    return ("no", None) if strict and inside else ("yes", None)


def _chain(poly: fmpq_poly) -> list[fmpq_poly]:
    """Sturm's sequence of a square-free polynomial."""
    chain = [poly, poly.derivative()]
    while chain[-1].degree() > 0:
        _, rest = divmod(chain[-2], chain[-1])
        chain.append(-rest / abs(rest.leading_coefficient()))
    return chain if chain[-1].degree() >= 0 else chain[:-1]


def _variations(chain: Sequence[fmpq_poly], x: fmpq) -> int:
    values = [v for v in (q(x) for q in chain) if v != 0]
    return sum((a > 0) != (b > 0) for a, b in pairwise(values))


def _separators(chain: Sequence[fmpq_poly], side: Side) -> tuple[list[fmpq] | None, int]:
    """Points of the open interval, one in each gap between neighbouring roots and ends, and the number of roots.

    By Sturm's theorem ``(a, b]`` holds V(a) - V(b) roots; an interval is halved until it holds one root and is cut off
    from its neighbours by points that are no roots.
    """
    low, high = side.low, side.high
    counts = {low: _variations(chain, low), high: _variations(chain, high)}
    total = counts[low] - counts[high] - (chain[0](high) == 0)
    points: list[fmpq] = []
    waiting = [(low, high, 0)]
    while waiting:
        a, b, depth = waiting.pop()
        open_high = b == high and chain[0](high) == 0
        roots = counts[a] - counts[b] - open_high
        crowded = roots > 1 or (roots == 1 and (a == low or b == high))  # a gap without a point may be left
        if not crowded:
            points += [x for x in (a, b) if x not in (low, high)] or [(a + b) / 2]
            continue
        if depth > _HALVINGS:
            return None, total
        middle = (a + b) / 2
        while chain[0](middle) == 0:  # a root: step aside, there are finitely many
            middle = (a + middle) / 2
        counts[middle] = _variations(chain, middle)
        waiting += [(a, middle, depth + 1), (middle, b, depth + 1)]
    return sorted(set(points)), total
