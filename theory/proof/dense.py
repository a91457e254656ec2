"""Dense polynomials in one symbol with constants of any kind as coefficients, and narrow ranges for them."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy
from flint import arb, arb_poly, ctx

from .intervals import Interval, finite

__all__ = ["MAX_DEGREE", "Dense", "degree", "dense"]

MAX_DEGREE = 4096


class Dense:
    """A dense polynomial with ball coefficients; ranges by Taylor shift to the middle of the interval.

    Made at a precision that leaves room for the cancellation of large coefficients of both signs.
    """

    def __init__(self, coefficients: arb_poly) -> None:
        self.value_of = coefficients
        self.slope_of = coefficients.derivative()
        self.extra = 2 * max(0, coefficients.degree()) + 64

    def value(self, x: Interval) -> Interval:
        """Range of the polynomial."""
        return self._range(self.value_of, x)

    def slope(self, x: Interval) -> Interval:
        """Range of its derivative."""
        return self._range(self.slope_of, x)

    def _range(self, poly: arb_poly, x: Interval) -> Interval:
        with ctx.workprec(ctx.prec + self.extra):
            half = (x[1] - x[0]) / 2
            middle, reach = (x[0] + half).mid(), half.upper() + (x[0] + half).rad()
            ball = poly(arb_poly([middle, 1]))(arb(0, reach)) if reach > 0 else poly(middle)
        return finite(ball.lower(), ball.upper())


def degree(e: Any, symbol: Any) -> int:
    """Degree bound of a polynomial in one symbol, without expanding it.

    Raises:
        ValueError: it is none, or the degree exceeds ``MAX_DEGREE``.
    """
    if not e.has(symbol):
        return 0
    if e == symbol:
        return 1
    if isinstance(e, sympy.Add):
        found = max(degree(a, symbol) for a in e.args)
    elif isinstance(e, sympy.Mul):
        found = sum(degree(a, symbol) for a in e.args)
    elif isinstance(e, sympy.Pow) and e.exp.is_Integer and e.exp > 0:
        found = int(e.exp) * degree(e.base, symbol)
    else:
        raise ValueError(f"no polynomial in {symbol}: {e}")
    if found > MAX_DEGREE:
        raise ValueError(f"the degree is above {MAX_DEGREE}")
    return found


def dense(e: Any, symbol: Any, constant: Callable[[Any], Interval]) -> arb_poly:
    """The polynomial that ``degree`` accepted, with the enclosures that ``constant`` gives its constants."""
    if not e.has(symbol):
        low, high = constant(e)
        return arb_poly([low.union(high)])
    if e == symbol:
        return arb_poly([0, 1])
    if isinstance(e, sympy.Pow):
        return dense(e.base, symbol, constant) ** int(e.exp)
    total, *rest = [dense(arg, symbol, constant) for arg in e.args]
    for part in rest:
        total = total + part if isinstance(e, sympy.Add) else total * part
    return total
