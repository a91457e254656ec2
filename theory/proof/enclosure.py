"""Inequalities in a few real symbols on a box with rational ends, by interval arithmetic over a covering.

The box comes from the steps used: for every free symbol relations ``symbol op rational`` from both sides. It is cut
into parts until on each part the enclosure of ``lhs - rhs`` has the wanted sign: the natural enclosure, the mean-value
form, or, where a partial derivative has one sign, the enclosure on the face with the least value, down to a single
rational point. In one symbol the gap may also be 0 at an end, when its derivative, by a covering of its own, lets it
grow from there. Parts on which no enclosure decides within the budget leave the statement undecided; it is refuted only
by a rational point at which all steps used hold and the statement provably fails.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import sympy
from flint import arb, ctx, fmpq

from .balls import Tape, obligations
from .boxes import Box, Side, box_of, refutation, sign_at, unfold, witness
from .inequality import entails
from .intervals import Interval, Undefined, add, hull, mul, thin
from .records import Rel, StepKind, StepVerdict

__all__ = ["BUDGET", "check_enclosure", "undefined_on"]

BUDGET = 6000  # parts of a covering that are looked at
_PRECISION = 64
_FINEST = 60  # halvings of one side
_LEVELS = 4  # derivatives taken where the gap touches zero at an end
_END_PIECES = (0, 4)  # halvings of the side that give the piece next to such an end
_INNER_BUDGET = 100
_VAIN = 40  # points at which the statement is false but another step used is, too


@dataclass(frozen=True)
class _Part:
    """A part of the covering; ``relaxed``: ``>= 0`` on it is enough, it is a face that the domain only tends to."""

    sides: tuple[Side, ...]
    depth: int = 0
    relaxed: bool = False

    @property
    def point(self) -> tuple[fmpq, ...] | None:
        """The point that the part is, or None."""
        return tuple(s.low for s in self.sides) if all(s.low == s.high for s in self.sides) else None


def check_enclosure(
    step_id: str, kind: StepKind, statement: Rel, hypotheses: Sequence[Rel], budget: int = BUDGET
) -> StepVerdict:
    """Prove ``lhs op rhs`` on the box of the hypotheses, or show a rational point of it at which it fails.

    Equalities ``symbol = expression`` among the hypotheses are unfolded first. Denominators, roots and logarithms must
    be provably defined on the whole box; these obligations are listed.

    Raises:
        Unsupported: the statement has an operation without an enclosure, or a symbol without a box.
    """

    def verdict(status: Any, message: str, **more: Any) -> StepVerdict:
        return StepVerdict(step_id, kind, status, "enclosure", 0.0, message, **more)

    goal = unfold(statement, hypotheses)
    box = box_of(goal, hypotheses)
    if any(side.empty for side in box.values()):
        return verdict("undecided", "the hypotheses contradict each other: the box is empty")
    found = refutation(goal, hypotheses, box, product(*((s.low, s.middle, s.high) for s in box.values())))
    if found:
        return verdict("refuted", "false at a rational point", counterexample=found)
    needs = [f"{base} {op} 0" for base, op in obligations(goal.lhs) + obligations(goal.rhs) if base.free_symbols]
    loose = undefined_on(goal, hypotheses, box, budget)
    if loose:
        return verdict("undecided", f"not known to be defined on the box: {', '.join(loose)}")
    if goal.op == "=":
        return verdict("undecided", "an enclosure cannot show equality")
    gap = goal.rhs - goal.lhs if goal.op in ("<=", "<") else goal.lhs - goal.rhs
    strict = goal.op in ("<", ">")
    covering = _Covering(gap, box, strict, budget, lambda p: refutation(goal, hypotheses, box, [p]))
    covering.run()
    if covering.counterexample:
        return verdict("refuted", "false at a rational point", counterexample=covering.counterexample)
    if covering.left:
        return verdict("undecided", f"{covering.left} of {covering.looked} parts of the covering were not decided")
    shown = witness(hypotheses, box)
    if shown is None:
        return verdict("undecided", "the hypotheses contradict each other, or no point was found at which they hold")
    message = f"interval enclosures on a covering with {covering.looked} parts, {covering.bits} bits"
    return verdict("proved", message, witness=shown, obligations=tuple(dict.fromkeys(needs)))


def undefined_on(statement: Rel, hypotheses: Sequence[Rel], box: Box, budget: int = BUDGET) -> list[str]:
    """Denominators, roots and logarithms of a statement without sums, as far as not known to be defined on the box."""
    wrong: list[str] = []
    for base, op in dict.fromkeys(obligations(statement.lhs) + obligations(statement.rhs)):
        goals: list[tuple[Any, bool]] = [(base, op != ">=")] + ([(-base, True)] if op == "!=" else [])
        if not any(_covered(goal, box, strict, budget) or _known(goal, strict, hypotheses) for goal, strict in goals):
            wrong.append(f"{base} {op} 0")
            break  # what stands around it relies on it
    return wrong


def _covered(gap: Any, box: Box, strict: bool, budget: int) -> bool:
    covering = _Covering(gap, box, strict, budget, lambda p: {"": ""} if sign_at(gap, box, p) == -1 else {})
    covering.run()
    return not covering.left and not covering.counterexample


def _known(gap: Any, strict: bool, hypotheses: Sequence[Rel]) -> bool:
    if gap.is_positive or (not strict and gap.is_nonnegative):
        return True
    try:
        return entails(hypotheses, Rel(gap, ">" if strict else ">=", 0)) is True
    except TypeError:
        return False


class _Covering:
    """Decide ``gap >= 0`` (``> 0`` when strict) on a box, part by part, breadth first.

    After ``run``: ``left`` parts are undecided, or ``counterexample`` is what ``refute`` found at some point.
    """

    def __init__(
        self,
        gap: Any,
        box: Box,
        strict: bool,
        budget: int,
        refute: Callable[[tuple[fmpq, ...]], Mapping[str, str]],
        level: int = 0,
    ) -> None:
        self.gap, self.box, self.strict, self.budget, self.refute = gap, box, strict, budget, refute
        self.level = level
        self.tape = Tape(gap, tuple(box))
        self.looked, self.left, self.vain, self.bits = 0, 0, 0, _PRECISION
        self.counterexample: Mapping[str, str] = {}

    def run(self) -> None:
        """Work through the parts, in one symbol without the ends at which the gap is 0 and grows from there."""
        sides = tuple(self.box.values())
        if len(sides) == 1 and self.level < _LEVELS:
            [(symbol, side)] = self.box.items()
            sides = (self._without_zero_ends(symbol, side),)
        self._cover(sides)

    def _cover(self, sides: tuple[Side, ...]) -> None:
        queue = deque([_Part(sides)])
        while queue and not self.counterexample and not self.left:
            if self.looked >= self.budget or self.vain >= _VAIN:
                self.left = len(queue)
                break
            part = queue.popleft()
            self.looked += 1
            with ctx.workprec(_PRECISION + 2 * part.depth):
                self.bits = max(self.bits, ctx.prec)
                queue.extend(self._treat(part))

    def _without_zero_ends(self, symbol: Any, side: Side) -> Side:
        """Cut off pieces next to an end at which the gap is 0 and from which its derivative lets it grow."""
        for low_end in (True, False):
            end, is_open = (side.low, side.open_low) if low_end else (side.high, side.open_high)
            if sign_at(self.gap, self.box, (end,)) != 0 or (self.strict and not is_open):
                continue
            for halvings in _END_PIECES:
                width = (side.high - side.low) / 2**halvings
                piece = Side(end, end + width, is_open) if low_end else Side(end - width, end, False, is_open)
                if self._grows(symbol, piece, low_end):
                    cut = piece.high if low_end else piece.low
                    side = (
                        replace(side, low=cut, open_low=False) if low_end else replace(side, high=cut, open_high=False)
                    )
                    break
        return side

    def _grows(self, symbol: Any, piece: Side, low_end: bool) -> bool:
        """Whether the gap is smooth on a piece and grows away from its end (strictly, when that is needed)."""
        try:
            with ctx.workprec(_PRECISION):
                self.tape.value([hull(piece.low, piece.high)])
            slope = sympy.diff(self.gap, symbol)
            rate = slope if low_end else -slope
            inner = _Covering(rate, {symbol: piece}, self.strict, _INNER_BUDGET, lambda _: {}, self.level + 1)
        except (Undefined, TypeError):
            return False
        inner.run()
        return not inner.left and not inner.counterexample

    def _treat(self, part: _Part) -> list[_Part]:
        """The smaller parts that are left to do for a part: none when it is done."""
        strict = self.strict and not part.relaxed
        if part.point is not None:
            self.left = 0 if self._settled(part) else 1
            return []
        ranges = [hull(side.low, side.high) for side in part.sides]
        try:
            low, high = self.tape.value(ranges)
            if low > 0 or (low >= 0 and not strict):
                return []
            middle = tuple(side.middle for side in part.sides)
            if (high < 0 or (high <= 0 and strict)) and self._refuted(middle):
                return []
            slopes = self.tape.gradient(ranges)
            centre = self.tape.value([thin(c) for c in middle])
        except Undefined:
            return self._halves(part, None)
        if centre[1] < 0 and self._refuted(middle):
            return []
        form = centre
        for slope, x, c in zip(slopes, ranges, middle, strict=True):
            form = add(form, mul(slope, _shift(x, c)))
        if form[0] > 0 or (form[0] >= 0 and not strict):
            return []
        face = _face(part, slopes)
        if face is None or (face.point is not None and not self._settled(face)):
            return self._halves(part, slopes)
        return [] if face.point is not None else [face]

    def _settled(self, part: _Part) -> bool:
        """Whether a part that is one point is done: the gap has the wanted sign there, or refutes the statement."""
        assert part.point is not None
        sign = sign_at(self.gap, self.box, part.point)
        if sign is not None and (sign > 0 or (sign == 0 and not (self.strict and not part.relaxed))):
            return True
        return self._refuted(part.point)

    def _refuted(self, point: tuple[fmpq, ...]) -> bool:
        self.counterexample = self.refute(point)
        self.vain += not self.counterexample
        return bool(self.counterexample)

    def _halves(self, part: _Part, slopes: Sequence[Interval] | None) -> list[_Part]:
        if part.depth >= _FINEST * len(part.sides):
            self.left = 1
            return []
        weights = [arb(side.high - side.low) for side in part.sides]
        if slopes is not None:
            weights = [w * (abs(s[0]) + abs(s[1])) + w / 1024 for w, s in zip(weights, slopes, strict=True)]
        number = 0
        for i, weight in enumerate(weights):
            number = i if weight.mid() > weights[number].mid() else number
        side = part.sides[number]
        parts: list[_Part] = []
        for half in (replace(side, high=side.middle, open_high=False), replace(side, low=side.middle, open_low=False)):
            sides = (*part.sides[:number], half, *part.sides[number + 1 :])
            parts.append(replace(part, sides=sides, depth=part.depth + 1))
        return parts


def _shift(x: Interval, c: fmpq) -> Interval:
    return add(x, thin(-c))


def _face(part: _Part, slopes: Sequence[Interval]) -> _Part | None:
    """The face on which the gap is least, when a partial derivative has one sign; None when none has.

    Where it is positive throughout and the end is open, the gap is larger than on the face everywhere in the domain.
    """
    sides, relaxed, changed = list(part.sides), part.relaxed, False
    for number, ((low, high), side) in enumerate(zip(slopes, part.sides, strict=True)):
        if side.low == side.high:
            continue
        if low >= 0:
            relaxed = relaxed or (side.open_low and bool(low > 0))
            sides[number], changed = Side(side.low, side.low), True
        elif high <= 0:
            relaxed = relaxed or (side.open_high and bool(high < 0))
            sides[number], changed = Side(side.high, side.high), True
    return replace(part, sides=tuple(sides), relaxed=relaxed) if changed else None
