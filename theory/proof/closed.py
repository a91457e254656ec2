"""Closed real expressions as balls, as rationals, or as elements of a cyclotomic field: never through a float.

An expression is evaluated from its tree with values for its integer symbols, so that SymPy rewrites nothing on the way.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false
from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import lcm, prod
from typing import Any

import sympy
from flint import arb, fmpq, fmpq_poly, fmpz_poly

from .normal_form import Unsupported

__all__ = ["cyclotomic_order", "in_cyclotomic", "to_ball", "to_rational"]

_BALLS = {
    sympy.sin: arb.sin,
    sympy.cos: arb.cos,
    sympy.acos: arb.acos,
    sympy.exp: arb.exp,
    sympy.log: arb.log,
}


def to_ball(e: Any, env: Mapping[Any, int]) -> arb:
    """Enclosure of a closed expression at the working precision.

    Raises:
        Unsupported: a symbol without a value, a float, or a function this evaluator does not know.
    """
    if isinstance(e, sympy.Rational):
        return arb(fmpq(int(e.p), int(e.q)))
    if e in env:
        return arb(env[e])
    if e is sympy.pi:
        return arb.pi()
    args = [to_ball(a, env) for a in e.args] if not isinstance(e, sympy.Pow) else [to_ball(e.base, env)]
    if isinstance(e, sympy.Add):
        return sum(args[1:], args[0])
    if isinstance(e, sympy.Mul):
        return prod(args[1:], start=args[0])
    if isinstance(e, sympy.Pow):
        return (
            args[0].sqrt() ** int(2 * e.exp)
            if e.exp.is_Rational and (2 * e.exp).is_Integer and not (e.exp.is_Integer)
            else _integer_power(args[0], e.exp, env)
        )
    if isinstance(e, sympy.Min | sympy.Max):
        pick = arb.min if isinstance(e, sympy.Min) else arb.max
        best = args[0]
        for other in args[1:]:
            best = pick(best, other)
        return best
    if type(e) in _BALLS:
        return _BALLS[type(e)](args[0])
    raise Unsupported(f"no enclosure of {e}")


def _integer_power(base: arb, exponent: Any, env: Mapping[Any, int]) -> arb:
    power = exponent.subs(env)
    if not power.is_Integer:
        raise Unsupported(f"expected an integer or half-integer power, got {exponent}")
    return base ** int(power)


def to_rational(e: Any, env: Mapping[Any, int]) -> fmpq | None:
    """The rational value of an expression of rationals and integer symbols, None if it is not evidently one."""
    value = e.subs(env) if e.free_symbols <= set(env) else e
    return fmpq(int(value.p), int(value.q)) if value.is_Rational else None


def cyclotomic_order(e: Any, env: Mapping[Any, int]) -> int | None:
    """An order n such that the sines and cosines in an expression lie in the field of the n-th roots of unity."""
    angles = [t.args[0] for t in e.atoms(sympy.sin, sympy.cos)]
    turns = [_turn(a, env) for a in angles]
    if not turns or None in turns:
        return None
    return 4 * lcm(*(t.denominator for t in turns if t is not None))


def _turn(angle: Any, env: Mapping[Any, int]) -> Fraction | None:
    """``angle / pi`` as a rational, or None."""
    value = to_rational(sympy.cancel(angle / sympy.pi), env)
    return None if value is None else Fraction(int(value.p), int(value.q))


def in_cyclotomic(e: Any, env: Mapping[Any, int], order: int) -> fmpq_poly | None:
    """An expression of rationals, sines and cosines as a polynomial in ``exp(2 i pi / order)``, or None."""
    if e.is_Rational or e in env:
        value = to_rational(e, env)
        return None if value is None else fmpq_poly([value])
    if isinstance(e, sympy.Add | sympy.Mul):
        parts = [in_cyclotomic(a, env, order) for a in e.args]
        known = [p for p in parts if p is not None]
        if len(known) < len(parts):
            return None
        total = sum(known[1:], known[0]) if isinstance(e, sympy.Add) else prod(known[1:], start=known[0])
        return total % fmpq_poly(fmpz_poly.cyclotomic(order))
    turn = _turn(e.args[0], env) if isinstance(e, sympy.sin | sympy.cos) else None
    if turn is None:
        return None
    turn = Fraction(1, 2) - turn if isinstance(e, sympy.sin) else turn  # sin x = cos(pi/2 - x)
    steps = turn * order / 2
    if steps.denominator != 1:
        return None
    coefficients = [fmpq(0)] * order
    for power in (int(steps) % order, -int(steps) % order):
        coefficients[power] += fmpq(1, 2)
    return fmpq_poly(coefficients) % fmpq_poly(fmpz_poly.cyclotomic(order))
