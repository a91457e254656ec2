"""Certified location of the zeros of polynomials: ``Radius(p) < c`` and ``Radius(p) > c`` for a family of polynomials.

A family has one real parameter tau in an interval, on which it depends linearly, and at most one integer parameter in a
finite range, whose every value is checked. For each integer the parameter values at which a zero lies *on* the circle
are enclosed by balls (zeros of one integer polynomial in ``x = cos(omega)``), and between two of them one rational
value is decided exactly by the Schur-Cohn-Marden criterion. An end of the interval that cannot be told from such a
value must be one exactly: a rational, or cosines of rational angles, compared in a cyclotomic field.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

import sympy
from flint import arb, ctx, fmpq, fmpq_poly, fmpz_poly

from ..symbols import z_char
from .closed import cyclotomic_order, in_cyclotomic, to_ball, to_rational
from .crossings import Crossing, TooCoarse, count_outside, crossings, sample_between
from .normal_form import Unsupported
from .radius import Radius
from .records import Rel, StepKind, StepVerdict

__all__ = ["check_roots"]

_PRECISIONS = (160, 640)
_FREE = arb("1e30")  # stands for an interval without end, once every crossing is known to lie below it


def check_roots(step_id: str, kind: StepKind, statement: Rel, hypotheses: Sequence[Rel]) -> StepVerdict:
    """Prove or refute ``Radius(p) < c`` or ``> c`` for every value of its parameters that the hypotheses allow.

    Hypotheses that bound the real parameter by closed expressions or the integer parameter by integers are used, all
    others ignored.

    Raises:
        Unsupported: the statement is not of this kind, or the family is not linear in one real parameter.
    """
    question = _Question.of(statement, hypotheses)
    checked = 0
    for integer in question.range:
        found = _decide_at(question, integer)
        if found is not None:
            status, message, point = found
            return StepVerdict(step_id, kind, status, "roots", 0.0, message, counterexample=point)
        checked += 1
    place = "" if question.integer is None else f" for {checked} values of {question.integer}"
    message = f"no zero crosses the circle{place}; zeros counted exactly between crossings"
    return StepVerdict(step_id, kind, "proved", "roots", 0.0, message)


def _decide_at(question: _Question, integer: int) -> Any:
    """None when the statement holds at this integer, else status, message and counterexample."""
    last = ""
    for precision in _PRECISIONS:
        with ctx.workprec(precision):
            try:
                return question.decide(integer)
            except TooCoarse as error:
                last = str(error)
    return "undecided", f"{last} at {_PRECISIONS[-1]} bits", {}


@dataclass(frozen=True)
class _Question:
    """``p = fixed + tau * scale * moving`` over terms ``(coefficient, exponent of z)``, and where tau and s may be."""

    op: str
    circle: Fraction
    parameter: Any
    integer: Any
    range: range
    scale: Any
    fixed: tuple[tuple[Any, Any], ...]
    moving: tuple[tuple[Any, Any], ...]
    low: Any
    high: Any

    @classmethod
    def of(cls, statement: Rel, hypotheses: Sequence[Rel]) -> _Question:
        radius, circle = statement.lhs, statement.rhs
        if not isinstance(radius, Radius) or not circle.is_Rational or statement.op not in ("<", ">"):
            raise Unsupported(f"expected Radius(p) < c or Radius(p) > c with a rational c, got {statement}")
        integers = [s for s in radius.parameters if s.is_integer]
        reals = [s for s in radius.parameters if not s.is_integer]
        if len(integers) > 1 or len(reals) > 1:
            raise Unsupported(f"expected at most one real and one integer parameter, got {radius.parameters}")
        tau, s = (reals or [None])[0], (integers or [None])[0]
        scale, fixed, moving = _linear_family(radius.args[0], tau)
        low, high = _bounds(tau, hypotheses)
        bounds = (Fraction(int(circle.p), int(circle.q)), tau, s, _integer_range(s, hypotheses))
        return cls(statement.op, *bounds, scale, fixed, moving, low, high)

    def decide(self, integer: int) -> Any:
        """See ``_decide_at``."""
        if self.circle <= 0:
            wrong = "" if self.op == ">" and self.circle < 0 else "a radius is nonnegative"
            return ("refuted", wrong, {}) if wrong else None
        env = {} if self.integer is None else {self.integer: integer}
        fixed, moving = (_polynomial(terms, env, self.circle) for terms in (self.fixed, self.moving))
        if self.parameter is None:
            outside = count_outside(fixed)
            return None if (outside > 0) == (self.op == ">") else ("refuted", f"{outside} zeros outside", {})
        if fixed.degree() <= moving.degree():
            raise Unsupported("expected a leading coefficient without the parameter")
        scale = to_ball(self.scale, env)
        if not scale > 0:
            raise Unsupported(f"expected a positive factor of the parameter, got {self.scale}")
        low = to_ball(self.low, env) * scale if self.low is not None else -_FREE
        high = to_ball(self.high, env) * scale if self.high is not None else _FREE
        if not low < high:
            return "undecided", "the interval of the parameter is empty", {}
        inside: list[Crossing] = []
        found = crossings(fixed, moving)
        ends = [(end, ball) for end, ball in ((self.low, low), (self.high, high)) if end is not None]
        for crossing in found:
            touching = [end for end, ball in ends if ball.overlaps(crossing.value)]
            if touching:
                self._same(touching[0], env, fixed, moving, crossing, found)
            elif not -_FREE < crossing.value < _FREE:
                raise TooCoarse("a crossing far out")
            elif low < crossing.value < high:
                inside.append(crossing)
        return self._between(inside, low, high, scale, fixed, moving, env)

    def _same(self, end: Any, env: Any, fixed: Any, moving: Any, crossing: Crossing, all_of_them: Any) -> None:
        """The end of the interval is this crossing, exactly."""
        ball = to_ball(end, env) * to_ball(self.scale, env)
        if sum(bool(ball.overlaps(c.value)) for c in all_of_them) > 1:
            raise TooCoarse("two crossings at one end of the interval")
        product = end * self.scale
        rational = to_rational(product, env)
        if crossing.exact is not None and rational is not None and crossing.exact == rational:
            return
        order = cyclotomic_order(product, env)
        if (
            crossing.cosine is None
            or order is None
            or not _unit_zero(order, crossing.cosine, product, env, fixed, moving)
        ):
            raise TooCoarse("an end of the interval cannot be told from a crossing")

    def _between(self, inside: Any, low: Any, high: Any, scale: Any, fixed: Any, moving: Any, env: Any) -> Any:
        inside = sorted(inside, key=lambda c: float(c.value.mid()))
        marks = [low, *(c.value for c in inside), high]
        counts: list[int] = []
        for left, right in pairwise(marks):
            sample, outside = sample_between(left, right, fixed, moving)
            counts.append(outside)
            if (outside > 0) != (self.op == ">"):
                tau = float((arb(sample) / scale).mid())
                point = {str(k): str(v) for k, v in env.items()} | {str(self.parameter): str(Fraction(tau))}
                return "refuted", f"{outside} zeros outside the circle of radius {self.circle}", point
        if self.op == "<" and inside:
            return "refuted", "a zero lies on the circle inside the interval", {str(k): str(v) for k, v in env.items()}
        for crossing, left, right in zip(inside, counts, counts[1:], strict=False):
            if max(left, right) <= crossing.zeros:
                raise TooCoarse("at a crossing no zero is known to stay outside")
        return None


def _linear_family(polynomial: Any, tau: Any) -> tuple[Any, tuple[Any, ...], tuple[Any, ...]]:
    """``(scale, fixed terms, moving terms)``: the moving coefficients are rational multiples of scale * tau."""
    fixed: list[tuple[Any, Any]] = []
    moving: list[tuple[Any, Any]] = []
    for term in sympy.Add.make_args(sympy.expand(polynomial, power_exp=False)):
        coefficient, power = term.as_independent(z_char, as_Add=False)
        exponent = sum((f.as_base_exp()[1] for f in sympy.Mul.make_args(power) if f != 1), sympy.S.Zero)
        if any(f.as_base_exp()[0] != z_char for f in sympy.Mul.make_args(power) if f != 1):
            raise Unsupported(f"expected powers of {z_char}, got {power}")
        factor = sympy.cancel(coefficient / tau) if tau is not None and coefficient.has(tau) else None
        if factor is not None and factor.has(tau):
            raise Unsupported(f"expected a family linear in {tau}, got {coefficient}")
        (fixed if factor is None else moving).append((coefficient if factor is None else factor, exponent))
    scale = moving[0][0] if moving else sympy.S.One
    scale = -scale if scale.could_extract_minus_sign() else scale
    moving = [(sympy.cancel(c / scale), e) for c, e in moving]
    if not all(c.is_Rational for c, _ in (*fixed, *moving)):
        raise Unsupported("expected rational coefficients, those of the parameter up to one common factor")
    return scale, tuple(fixed), tuple(moving)


def _polynomial(terms: Sequence[tuple[Any, Any]], env: Mapping[Any, int], circle: Fraction) -> fmpq_poly:
    """The polynomial ``p(circle * z)``: the circle becomes the unit circle."""
    coefficients: dict[int, fmpq] = {}
    for c, exponent in terms:
        e = exponent.subs(env)
        if not (e.is_Integer and e >= 0):
            raise Unsupported(f"expected exponents that are integers >= 0, got {e}")
        e = int(e)
        value = fmpq(int(c.p), int(c.q)) * fmpq(circle.numerator, circle.denominator) ** e
        coefficients[e] = coefficients.get(e, fmpq(0)) + value
    return fmpq_poly([coefficients.get(k, fmpq(0)) for k in range(max(coefficients, default=0) + 1)])


def _bounds(tau: Any, hypotheses: Sequence[Rel]) -> tuple[Any, Any]:
    """Closed expressions between which the hypotheses keep tau; None where there is no bound."""
    low: Any = sympy.S.Zero if tau is not None and tau.is_positive else None  # 0 itself is left out
    high: Any = None
    if tau is None:
        return low, high
    for rel in hypotheses:
        sides = {rel.lhs: (rel.rhs, rel.op), rel.rhs: (rel.lhs, rel.op.translate(str.maketrans("<>", "><")))}
        if tau in sides and not sides[tau][0].has(tau):
            bound, op = sides[tau]
            if op in ("<", "<="):
                high = bound if high is None else sympy.Min(high, bound)
            elif op in (">", ">="):
                low = bound if low is None or low == 0 else sympy.Max(low, bound)
            if op in ("<=", ">="):
                raise Unsupported(f"expected strict bounds of {tau}, got {rel}")
    return low, high


def _integer_range(s: Any, hypotheses: Sequence[Rel]) -> range:
    if s is None:
        return range(1)
    low = [int(r.rhs) for r in hypotheses if r.lhs == s and r.op == ">=" and r.rhs.is_Integer]
    high = [int(r.rhs) for r in hypotheses if r.lhs == s and r.op == "<=" and r.rhs.is_Integer]
    if not low or not high:
        raise Unsupported(f"expected a finite range of {s} among the steps used")
    return range(max(low), min(high) + 1)


def _unit_zero(
    order: int, cosine: arb, value: Any, env: Mapping[Any, int], fixed: fmpq_poly, moving: fmpq_poly
) -> bool:
    """Whether ``fixed(zeta) + value * moving(zeta) = 0`` exactly, zeta the root of unity at the angle."""
    turn = int((cosine.acos() * order / (2 * arb.pi())).mid().str(30, radius=False).split(".")[0]) if order else 0
    for j in (turn, turn + 1):
        total = in_cyclotomic(value, env, order)
        if total is None:
            return False
        modulus = fmpq_poly(fmpz_poly.cyclotomic(order))
        at = [_on_circle(f, j, order) for f in (fixed, moving)]
        if (at[0] + total * at[1]) % modulus == fmpq_poly([0]):
            return True
    return False


def _on_circle(f: fmpq_poly, j: int, order: int) -> fmpq_poly:
    coefficients = [fmpq(0)] * order
    for k in range(f.degree() + 1):
        coefficients[j * k % order] += f[k]
    return fmpq_poly(coefficients)
