"""The radius of a polynomial: the largest modulus of its zeros, as an object of the language of proofs.

``Radius(p)`` with p a polynomial in the registered symbol ``z``; its coefficients may hold other symbols, its exponents
integer symbols. A linear recursion with characteristic polynomial p forgets its start exactly when ``Radius(p) < 1``.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false
from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Any

import sympy

from ..symbols import z_char

__all__ = ["Radius", "radius_value"]


class Radius(sympy.Function):
    """Largest modulus of a zero of a polynomial in ``z_char``."""

    nargs = (1,)
    is_real = True
    is_nonnegative = True
    is_commutative = True

    @property
    def parameters(self) -> set[Any]:
        """Symbols of the coefficients and exponents."""
        return set(self.args[0].free_symbols) - {z_char}


def radius_value(radius: Any, point: Callable[[Any], Any]) -> Any:
    """Numerical value of a radius at a point, right to 20 digits (for the comparison of instances, not for proofs).

    Args:
        radius: ``Radius(p)``.
        point: value of each of its parameters, a Fraction or an exact SymPy number.

    Raises:
        KeyError: a parameter has no value there.
    """
    values: dict[Any, Any] = {}
    for symbol in radius.parameters:
        found = point(symbol)
        if found is None:
            raise KeyError(f"no value for {symbol}")
        values[symbol] = sympy.Rational(found.numerator, found.denominator) if isinstance(found, Fraction) else found
    return _largest_modulus(radius.args[0].subs(values))


@lru_cache(maxsize=4096)
def _largest_modulus(polynomial: Any) -> Any:
    from flint import ctx, fmpq, fmpq_poly

    coefficients = sympy.Poly(polynomial, z_char).all_coeffs()[::-1]
    near = [c if c.is_Rational else sympy.Rational(sympy.N(c, 90)) for c in coefficients]
    exact = fmpq_poly([fmpq(int(c.p), int(c.q)) for c in near])
    with ctx.workprec(300):
        roots: list[Any] = exact.numer().complex_roots()  # type: ignore[assignment]
        moduli = [abs(root).mid() for root, _ in roots]
        largest = max(moduli, key=float)
        return sympy.Float(largest.str(30, radius=False), 20)
