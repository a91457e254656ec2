"""Polynomial inequalities in one symbol on an interval with rational ends, decided twice in exact arithmetic.

The difference of the two sides is brought to ``N/D`` over the rationals, and the sign of ``N*D`` is asked for twice
(``signs``): by Bernstein coefficients and by root counting. A statement is proved only when both agree, and refuted
only at a rational point, or where both find a root that is no rational number.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy
from flint import fmpq_poly

from .boxes import bound, box_of, refutation, unfold, witness
from .intervals import rational
from .normal_form import Unsupported
from .records import Rel, StepKind, StepVerdict
from .signs import bernstein, exact_quotient, positive, sturm

__all__ = ["MAX_DEGREE", "as_ratio", "check_polynomial"]

MAX_DEGREE = 200
_X = fmpq_poly([0, 1])


def check_polynomial(step_id: str, kind: StepKind, statement: Rel, hypotheses: Sequence[Rel]) -> StepVerdict:
    """Prove ``lhs op rhs`` for a rational function of one symbol on the interval of the hypotheses, or refute it.

    Equalities ``symbol = expression`` among the hypotheses are unfolded first; every denominator must be shown not to
    vanish on the interval. Both opinions are asked for the statement and for each denominator.

    Raises:
        Unsupported: more than one symbol, no rational function, a missing end, or a degree above ``MAX_DEGREE``.
    """

    def verdict(status: Any, message: str, **more: Any) -> StepVerdict:
        return StepVerdict(step_id, kind, status, "polynomial", 0.0, message, **more)

    goal = unfold(statement, hypotheses)
    box = box_of(goal, hypotheses)
    if len(box) != 1:
        raise Unsupported(f"expected one symbol, got {list(box)}")
    ((symbol, side),) = box.items()
    if side.empty:
        return verdict("undecided", "the hypotheses contradict each other: the interval is empty")
    divisors: dict[Any, fmpq_poly] = {}
    top, bottom = as_ratio(goal.lhs - goal.rhs, symbol, divisors)
    found = refutation(goal, hypotheses, box, ((x,) for x in (side.low, side.middle, side.high)))
    if found:
        return verdict("refuted", "false at a rational point", counterexample=found)
    loose = [f"{base} != 0" for base, q in divisors.items() if "yes" not in (positive(q, side), positive(-q, side))]
    if loose:
        return verdict("undecided", f"a denominator may vanish: {', '.join(loose)}")
    if goal.op == "=":
        return verdict("undecided", "an identity, not an inequality: use the kind identity")
    poly = top * bottom if goal.op in (">=", ">") else -top * bottom
    strict = goal.op in ("<", ">")
    first, (second, point) = bernstein(poly, side, strict), sturm(poly, side, strict)
    said = f"Bernstein: {first}, Sturm: {second}, degree {poly.degree()}"
    if (first, second) == ("yes", "yes"):
        shown = witness(hypotheses, box)
        if shown is None:
            return verdict("undecided", "the hypotheses contradict each other, or no point was found where they hold")
        return verdict("proved", said, witness=shown, obligations=tuple(f"{base} != 0" for base in divisors))
    if (first, second) == ("no", "no"):
        touching = [x for x, _ in poly.roots() if side.low < x < side.high]
        found = refutation(goal, hypotheses, box, [(x,) for x in ([point] if point is not None else touching)])
        if found or all(bound(h)[0] == symbol for h in hypotheses):
            return verdict("refuted", f"{'' if found else 'zero at an irrational point; '}{said}", counterexample=found)
    return verdict("undecided", said)


# --- from expressions to polynomials ---------------------------------------------------------------------------------


def as_ratio(e: Any, symbol: Any, divisors: dict[Any, fmpq_poly]) -> tuple[fmpq_poly, fmpq_poly]:
    """Numerator and denominator of a rational function; what it divides by anywhere is put into ``divisors``.

    Raises:
        Unsupported: it is none, or of a degree above ``MAX_DEGREE``.
    """
    one = fmpq_poly([1])
    if isinstance(e, sympy.Rational):
        return fmpq_poly([rational(e)]), one
    if e == symbol:
        return _X, one
    if isinstance(e, sympy.Add):
        parts = [as_ratio(arg, symbol, divisors) for arg in e.args]
        top, bottom = parts[0]
        for n, d in parts[1:]:
            top, bottom = (top + n, d) if d == bottom else (_product(top, d) + _product(n, bottom), _product(bottom, d))
        return _reduced(top, bottom)
    if isinstance(e, sympy.Mul):
        top, bottom = one, one
        for arg in e.args:
            n, d = as_ratio(arg, symbol, divisors)
            top, bottom = _product(top, n), _product(bottom, d)
        return _reduced(top, bottom)
    if isinstance(e, sympy.Pow) and e.exp.is_Integer:
        n, d = as_ratio(e.base, symbol, divisors)
        power = abs(int(e.exp))
        if power * max(n.degree(), d.degree(), 1) > MAX_DEGREE:
            raise Unsupported(f"the degree of {e} is above {MAX_DEGREE}")
        if e.exp.is_negative:
            if n.degree() < 0:
                raise Unsupported(f"a denominator is zero: {e}")
            divisors |= {e.base: n} if n.degree() > 0 else {}
            n, d = d, n
        return n**power, d**power
    raise Unsupported(f"expected a rational function of {symbol}, got {type(e).__name__}: {e}")


def _product(a: fmpq_poly, b: fmpq_poly) -> fmpq_poly:
    if a.degree() + b.degree() > MAX_DEGREE:
        raise Unsupported(f"the degree is above {MAX_DEGREE}")
    return a * b


def _reduced(top: fmpq_poly, bottom: fmpq_poly) -> tuple[fmpq_poly, fmpq_poly]:
    """Without common factors; these are among the divisors, which are shown not to vanish."""
    common = top.gcd(bottom)
    return (top, bottom) if common.degree() < 1 else (exact_quotient(top, common), exact_quotient(bottom, common))
