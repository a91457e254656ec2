"""Parameter values at which a polynomial has a zero on the unit circle, and exact counts of zeros between them."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false
from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import gcd
from typing import Any

import sympy
from flint import arb, fmpq, fmpq_poly, fmpz_poly

from .normal_form import Unsupported

__all__ = ["Crossing", "TooCoarse", "count_outside", "crossings", "sample_between", "zeros_outside"]


class TooCoarse(ArithmeticError):
    """Balls overlap at this precision."""


@dataclass(frozen=True)
class Crossing:
    """A parameter value (of ``scale * tau``) at which a zero lies on the circle.

    ``zeros`` bounds how many zeros lie there, counted with multiplicity; ``cosine`` is None for the zeros 1 and -1,
    whose value is rational.
    """

    value: arb
    zeros: int
    cosine: arb | None = None
    exact: fmpq | None = None


def zeros_outside(polynomial: fmpz_poly) -> int:
    """Number of zeros with modulus > 1 of an integer polynomial without zeros of modulus 1, exactly.

    Marden, Geometry of Polynomials (1966), Theorem 42.1: with the constant terms ``delta_1, ..., delta_n`` of the
    successive Schur transforms ``a_0 f - a_n f*``, the zeros inside are as many as the negative products
    ``delta_1 ... delta_k``.

    Raises:
        ArithmeticError: a delta is zero (the criterion does not decide this polynomial).
    """
    f = [int(c) for c in polynomial.coeffs()]
    degree = len(f) - 1
    inside, sign = 0, 1
    for top in range(degree, 0, -1):
        f = [f[0] * f[j] - f[top] * f[top - j] for j in range(top)]
        if f[0] == 0:
            raise ArithmeticError("a Schur transform vanishes at 0")
        common = gcd(*f)  # dividing by a positive number changes no sign
        f = [c // common for c in f]
        sign = sign if f[0] > 0 else -sign
        inside += sign < 0
    return degree - inside


def _chebyshev(f: fmpq_poly, g: fmpq_poly) -> tuple[fmpq_poly, fmpq_poly]:
    """Real part of ``f(e^iw) g(e^-iw)`` and its imaginary part over sin w, as polynomials in ``cos w``."""
    real, imaginary = fmpq_poly([0]), fmpq_poly([0])
    for j in range(f.degree() + 1):
        for k in range(g.degree() + 1):
            weight = f[j] * g[k]
            if weight != 0:
                gap = abs(j - k)
                real += weight * fmpq_poly(fmpz_poly.chebyshev_t(gap))
                if gap:
                    imaginary += (weight if j > k else -weight) * fmpq_poly(fmpz_poly.chebyshev_u(gap - 1))
    return real, imaginary


def crossings(fixed: fmpq_poly, moving: fmpq_poly) -> list[Crossing]:
    """All real a for which ``fixed + a * moving`` has a zero of modulus one."""
    found: list[Crossing] = []
    real, imaginary = _chebyshev(fixed, moving)
    square, _ = _chebyshev(moving, moving)
    if imaginary.degree() < 0:
        raise Unsupported("every parameter value has a zero on the circle, or none is decided by its angle")
    ends = dict.fromkeys((1, -1), 0)
    for point in ends:
        factor = fmpq_poly([-point, 1])
        while imaginary(fmpq(point)) == 0:
            imaginary, ends[point] = imaginary // factor, ends[point] + 1
        a, b = fixed(fmpq(point)), moving(fmpq(point))
        if b == 0 and a == 0:
            raise Unsupported(f"{point} is always a zero")
        if b != 0:
            found.append(Crossing(arb(-a / b), 1 + 2 * ends[point], exact=-a / b))
    if imaginary.degree() < 1:
        return found
    roots: list[Any] = imaginary.numer().complex_roots()  # type: ignore[assignment]
    for root, multiplicity in roots:
        if root.imag != 0:
            continue  # the real zeros come with an imaginary part that is exactly zero
        x = root.real
        if abs(x) > 1:
            continue
        if not abs(x) < 1:
            raise TooCoarse("a zero in cos(omega) near the end of its range")
        below = _at(square, x)
        if not below > 0:
            raise TooCoarse("the parameter drops out near the circle")
        found.append(Crossing(-_at(real, x) / below, 2 * multiplicity, cosine=x))
    return found


def _at(polynomial: fmpq_poly, x: arb) -> arb:
    value = arb(0)
    for k in range(polynomial.degree(), -1, -1):
        value = value * x + arb(polynomial[k])
    return value


def sample_between(left: arb, right: arb, fixed: fmpq_poly, moving: fmpq_poly) -> tuple[fmpq, int]:
    """A rational strictly between two crossings and the number of zeros outside the circle there."""
    tried: set[str] = set()
    for weight in (fmpq(1, 2), fmpq(1, 3), fmpq(5, 7), fmpq(1, 11)):
        middle = left + (right - left) * arb(weight)
        target = Fraction(str(sympy.Rational(middle.mid().str(40, radius=False))))
        for digits in range(1, 40):
            near = target.limit_denominator(10**digits)  # a short one keeps the integers of the criterion small
            sample = fmpq(near.numerator, near.denominator)
            if left < arb(sample) < right and str(sample) not in tried:
                tried.add(str(sample))
                try:
                    return sample, count_outside(fixed + sample * moving)
                except ArithmeticError:
                    break
    raise TooCoarse("no sample between two crossings is decided")


def count_outside(polynomial: fmpq_poly) -> int:
    """Number of zeros with modulus > 1 of a rational polynomial without zeros of modulus 1, exactly."""
    return zeros_outside(polynomial.numer())
