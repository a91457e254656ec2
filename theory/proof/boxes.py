"""Boxes with rational ends, read off the steps used, and exact statements about single points of them."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy
from flint import ctx, fmpq
from sympy.core.function import AppliedUndef

from ..symbols import INDICES, is_vector
from .balls import Tape, expand_sums
from .exact import NotDecided, at, evaluate, holds
from .inequality import satisfiable
from .intervals import Undefined, rational, thin
from .normal_form import Equations, Unsupported, instance_of, is_zero
from .records import Op, Rel

__all__ = ["MAX_SYMBOLS", "Box", "Side", "bound", "box_of", "refutation", "sign_at", "unfold", "witness"]

MAX_SYMBOLS = 3


@dataclass(frozen=True)
class Side:
    """The range of one symbol; an open end does not belong to it."""

    low: fmpq
    high: fmpq
    open_low: bool = False
    open_high: bool = False

    @property
    def empty(self) -> bool:
        """Whether no number lies in it."""
        return self.low > self.high or (self.low == self.high and (self.open_low or self.open_high))

    @property
    def middle(self) -> fmpq:
        """The midpoint."""
        return (self.low + self.high) / 2


Box = Mapping[Any, Side]


def unfold(statement: Rel, hypotheses: Sequence[Rel]) -> Rel:
    """Apply the equalities ``symbol = expression`` among the hypotheses, without expanding anything.

    Raises:
        RecursionError: they are circular.
    """
    fixed = {name for name, _, _ in map(bound, hypotheses) if name is not None}
    rules = Equations.of([h for h in hypotheses if h.lhs not in fixed]).rules

    def put(atom: Any) -> Any:
        found = (instance_of(lhs, rhs, atom, INDICES) for lhs, rhs in rules)
        return next((value for value in found if value is not None), atom)

    def step(side: Any) -> Any:
        side = expand_sums(side) if side.has(sympy.Sum) else side
        return side.xreplace({atom: put(atom) for atom in side.atoms(sympy.Symbol, AppliedUndef)})

    for _ in range(12):
        after = statement.map(step)
        if after == statement:
            return after
        statement = after
    raise RecursionError("the equalities used as rewrite rules are circular")


def bound(rel: Rel) -> tuple[Any, Op, Any]:
    """``symbol op number`` as such, whichever side the symbol stands on; the symbol is None for other relations."""
    turned: dict[Op, Op] = {"=": "=", "<=": ">=", "<": ">", ">=": "<=", ">": "<"}
    if isinstance(rel.lhs, sympy.Symbol) and isinstance(rel.rhs, sympy.Rational):
        return rel.lhs, rel.op, rel.rhs
    if isinstance(rel.rhs, sympy.Symbol) and isinstance(rel.lhs, sympy.Rational):
        return rel.rhs, turned[rel.op], rel.lhs
    return None, "=", None


def box_of(statement: Rel, hypotheses: Sequence[Rel]) -> dict[Any, Side]:
    """The box that the hypotheses give the free symbols of a statement, cut at zero by the symbols' declared signs.

    Raises:
        Unsupported: a symbol is a vector, an index or an integer, or lacks a rational end; or there are too many.
    """
    free = sorted(statement.lhs.free_symbols | statement.rhs.free_symbols, key=str)
    if len(free) > MAX_SYMBOLS:
        raise Unsupported(f"expected at most {MAX_SYMBOLS} symbols, got {free}")
    return {
        symbol: _side(symbol, [(op, number) for s, op, number in map(bound, hypotheses) if s == symbol])
        for symbol in free
    }


def _side(symbol: Any, bounds: Sequence[tuple[Op, Any]]) -> Side:
    if symbol in INDICES or symbol.is_integer or is_vector(symbol) or not symbol.is_real:
        raise Unsupported(f"expected a real symbol, got {symbol}")
    lows = [(rational(b), op == ">") for op, b in bounds if op in (">=", ">", "=")]
    highs = [(rational(b), op == "<") for op, b in bounds if op in ("<=", "<", "=")]
    if not lows or not highs:
        raise Unsupported(f"expected a rational bound on both sides of {symbol} among the steps used")
    if symbol.is_nonnegative:
        lows.append((fmpq(0), bool(symbol.is_positive)))
    low, open_low = max(lows)  # at equal ends the open one counts
    high, negated = min((b, not is_open) for b, is_open in highs)
    return Side(low, high, open_low, not negated)


def sign_at(gap: Any, box: Box, point: tuple[fmpq, ...]) -> int | None:
    """Sign of an expression at a rational point, or None when it cannot be told (or is undefined there)."""
    tape = Tape(gap, tuple(box))
    for bits in (64, 256, 1024):
        with ctx.workprec(bits):
            try:
                low, high = tape.value([thin(x) for x in point])
            except Undefined:
                break
            if low > 0 or high < 0 or low == high == 0:
                return 1 if low > 0 else -1 if high < 0 else 0
    return (
        0
        if _vanishes(gap.xreplace({s: sympy.Rational(int(x.p), int(x.q)) for s, x in zip(box, point, strict=True)}))
        else None
    )


def _vanishes(number: Any) -> bool:
    """Whether a number written with rationals and roots is exactly zero."""
    if number.has(sympy.Function) or not number.is_real:  # infinite, complex, or no matter of roots
        return False
    try:
        return is_zero(number)
    except (TypeError, ValueError, ArithmeticError):
        return False


def _fraction(x: fmpq) -> Fraction:
    return Fraction(int(x.p), int(x.q))


def _exact(expression: Any, values: Mapping[Any, Fraction]) -> Fraction | None:
    """Value of an expression at a rational point when it is a rational number, else None."""
    try:
        value = evaluate(expression, at(values))
    except (KeyError, NotDecided, ZeroDivisionError, TypeError, ValueError):
        return None
    if isinstance(value, sympy.Rational):
        value = Fraction(int(value.p), int(value.q))
    return value if isinstance(value, Fraction) else None


def refutation(goal: Rel, hypotheses: Sequence[Rel], box: Box, points: Iterable[tuple[fmpq, ...]]) -> Mapping[str, str]:
    """The first rational point at which every hypothesis holds and the goal provably fails, with both sides; or {}."""
    fails: Mapping[Op, tuple[int, ...]] = {"=": (-1, 1), "<=": (1,), "<": (0, 1), ">=": (-1,), ">": (0, -1)}
    for point in points:
        if any(_left_out(x, side) for x, side in zip(point, box.values(), strict=True)):
            continue
        if sign_at(goal.lhs - goal.rhs, box, point) not in fails[goal.op]:
            continue
        values = dict(zip(box, map(_fraction, point), strict=True))
        if all(_holds(h, hypotheses, values) for h in hypotheses):
            sides = {name: _shown(side, box, point) for name, side in (("lhs", goal.lhs), ("rhs", goal.rhs))}
            return {str(s): str(v) for s, v in values.items()} | sides
    return {}


def _left_out(x: fmpq, side: Side) -> bool:
    """Whether a number is an open end of a side, which may be open by the declared sign of its symbol alone."""
    return (x == side.low and side.open_low) or (x == side.high and side.open_high)


def _holds(rel: Rel, hypotheses: Sequence[Rel], values: Mapping[Any, Fraction]) -> bool:
    """Whether a hypothesis holds at a point; one that only names an expression does by itself."""
    try:
        unfolded = unfold(rel, hypotheses)
        return (unfolded.op == "=" and unfolded.lhs == unfolded.rhs) or holds(unfolded, at(values))
    except (KeyError, NotDecided, ZeroDivisionError, TypeError, ValueError):
        return False


def _shown(side: Any, box: Box, point: tuple[fmpq, ...]) -> str:
    exact = _exact(side, dict(zip(box, map(_fraction, point), strict=True)))
    if exact is not None:
        return str(exact)
    with ctx.workprec(128):
        low, high = Tape(side, tuple(box)).value([thin(x) for x in point])
        return low.union(high).str(20)


def witness(hypotheses: Sequence[Rel], box: Box) -> Mapping[str, str] | None:
    """A point at which the hypotheses hold: the middle of the box, else what a solver finds."""
    middle = {symbol: _fraction(side.middle) for symbol, side in box.items()}
    if all(_holds(h, hypotheses, middle) for h in hypotheses):
        return {str(symbol): str(value) for symbol, value in middle.items()}
    return satisfiable(hypotheses)
