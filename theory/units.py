"""Audit of symbols by machine: every relation compares like with like, and no two symbols are printed alike.

A unit is a pair of exponents of ``param`` (the norm of the parameters) and ``lr`` (the learning rate). Steps are
counted, so ``step`` is 1. One learner step is a displacement: ``[eta][u] = param``. In a unit ``#2`` stands for the
unit of the second argument, so that a derivative applied to a direction, ``dH(x)[w]`` with unit ``#2/param**2``, has
the right unit for a displacement as well as for a unit vector. In a claim marked ``logits`` the parameters are logits,
that is pure numbers, and ``param`` is 1 there.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any

import sympy
from sympy.core.function import AppliedUndef

from .proof.vectors import Inner, Norm
from .proof.wellformed import names
from .symbols import TABLE, record

if TYPE_CHECKING:
    from .proof.records import Claim, Rel

__all__ = ["Unit", "WrongUnit", "audit", "printed_alike", "relation_problem", "unit_of"]

_FACTOR = re.compile(r"(?P<op>[*/]?)(?P<name>param|lr|step|1|#\d)(?:\*\*(?P<power>-?\d+))?")


class WrongUnit(ValueError):
    """Quantities of different units are added or compared, or one with a unit stands where a pure number must."""


@dataclass(frozen=True)
class Unit:
    """``param**param * lr**lr``; exponents are rational, for roots.

    >>> print(Unit.of("param/(lr*step)") * Unit.of("lr"))
    param
    """

    param: Fraction = Fraction(0)
    lr: Fraction = Fraction(0)

    def __mul__(self, other: Unit) -> Unit:
        return Unit(self.param + other.param, self.lr + other.lr)

    def __pow__(self, exponent: Fraction) -> Unit:
        return Unit(self.param * exponent, self.lr * exponent)

    def __str__(self) -> str:
        parts = [(name, power) for name, power in (("param", self.param), ("lr", self.lr)) if power]
        return "*".join(name if power == 1 else f"{name}**({power})" for name, power in parts) or "1"

    @classmethod
    def of(cls, text: str, arguments: Sequence[Unit] = ()) -> Unit:
        """Read a unit such as ``param/(lr*step)`` or ``#2/param**2``; ``arguments`` are the units of #1, #2, ...

        Raises:
            ValueError: the text is no product of ``param``, ``lr``, ``step``, ``1`` and ``#n``.
        """
        total = cls()
        for name, power in _factors(text):
            if name.startswith("#"):
                place = int(name[1:]) - 1
                if not 0 <= place < len(arguments):
                    raise ValueError(f"the unit {text!r} speaks of argument {name}, there are {len(arguments)}")
                factor = arguments[place]
            else:
                factor = {"param": PARAM, "lr": cls(lr=Fraction(1))}.get(name, NUMBER)
            total *= factor ** Fraction(power)
        return total


NUMBER = Unit()
PARAM = Unit(param=Fraction(1))


@cache
def _factors(text: str) -> tuple[tuple[str, int], ...]:
    """``a/(b*c**2)`` as ``(a, 1), (b, -1), (c, -2)``."""
    above, slash, below = text.partition("/(")
    if slash and not below.endswith(")"):
        raise ValueError(f"expected a unit like param/(lr*step), got {text!r}")
    found: list[tuple[str, int]] = []
    for part, direction in ((above, 1), (below[:-1] if slash else "", -1)):
        place = 0
        while place < len(part):
            match = _FACTOR.match(part, place)
            if match is None or (place > 0) != bool(match["op"]):
                raise ValueError(f"expected a product of param, lr, step, 1 and #n, got {text!r}")
            sign = -direction if match["op"] == "/" else direction
            found.append((match["name"], sign * int(match["power"] or 1)))
            place = match.end()
    if not found:
        raise ValueError("expected a unit, got an empty text")
    return tuple(found)


def unit_of(e: Any, logits: bool = False) -> Unit | None:
    """Unit of an expression; None for 0, which fits every unit.

    Args:
        e: an expression over registered symbols.
        logits: the parameters are logits, ``param`` is 1.

    Raises:
        WrongUnit: addends, or the options of Min and Max, differ; an exponent, a logarithm, ... is no pure number.
    """
    if e == 0:
        return None
    if e.is_number:
        return NUMBER
    if isinstance(e, sympy.Symbol):
        return _declared(e, (), logits) if str(e) in TABLE else NUMBER  # a bound index under the prover's own name
    if isinstance(e, AppliedUndef):
        return _declared(e, [unit_of(a, logits) or NUMBER for a in e.args], logits)
    if isinstance(e, sympy.Add | sympy.Min | sympy.Max):
        return _common(e, e.args, logits)
    if isinstance(e, sympy.Mul | Inner):
        units = [unit_of(a, logits) for a in e.args]
        total = NUMBER
        for unit in units:
            total *= unit or NUMBER
        return total
    if isinstance(e, sympy.Pow):
        base = unit_of(e.base, logits)
        if e.exp.is_Rational:
            return base and base ** Fraction(int(e.exp.p), int(e.exp.q))
        _pure(e, e.args, logits)
        return NUMBER
    if isinstance(e, sympy.Sum | sympy.Product):
        _pure(e, [bound for limit in e.limits for bound in limit[1:]], logits)
        term = unit_of(e.function, logits)
        if isinstance(e, sympy.Product):
            _pure(e, [e.function], logits)
        return term
    if isinstance(e, Norm | sympy.Abs):
        return unit_of(e.args[0], logits)
    if isinstance(e, sympy.Piecewise):
        return _common(e, [value for value, _ in e.args], logits)
    if isinstance(e, sympy.Function):  # log, exp, floor, binomial, ...
        _pure(e, e.args, logits)
        return NUMBER
    raise WrongUnit(f"no unit is known for {type(e).__name__}: {e}")


def _declared(e: Any, arguments: Sequence[Unit], logits: bool) -> Unit:
    unit = Unit.of(record(e).unit, arguments)
    return Unit(lr=unit.lr) if logits else unit


def _common(e: Any, parts: Iterable[Any], logits: bool) -> Unit | None:
    """The unit that all parts share."""
    first: tuple[Any, Unit] | None = None
    for part in parts:
        unit = unit_of(part, logits)
        if unit is None:
            continue
        if first is None:
            first = part, unit
        elif unit != first[1]:
            raise WrongUnit(f"{first[0]} has unit {first[1]}, {part} has unit {unit}, in {e}")
    return first and first[1]


def _pure(e: Any, parts: Iterable[Any], logits: bool) -> None:
    for part in parts:
        unit = unit_of(part, logits)
        if unit not in (None, NUMBER):
            raise WrongUnit(f"{part} has unit {unit}, in {e} a pure number is expected")


def relation_problem(rel: Rel, logits: bool = False) -> str:
    """Why the two sides of a relation cannot be compared; empty when they can."""
    try:
        left, right = unit_of(rel.lhs, logits), unit_of(rel.rhs, logits)
    except ValueError as error:
        return str(error)
    if None in (left, right) or left == right:
        return ""
    return f"{rel.lhs} has unit {left}, {rel.rhs} has unit {right}"


def audit(claim: Claim) -> list[str]:
    """Every step, substitution and formula of a claim whose units are inconsistent, and names that clash, in words."""
    wrong: list[str] = []
    for step in claim.steps:
        if problem := relation_problem(step.statement, claim.logits):
            wrong.append(f"units of step {step.id}: {problem}")
        pairs = step.args if step.kind == "claim" else ()
        for symbol, value in pairs:
            try:
                units = unit_of(symbol, claim.logits), unit_of(value, claim.logits)
            except ValueError as error:
                wrong.append(f"units of step {step.id}: {error}")
                continue
            if None not in units and units[0] != units[1]:
                wrong.append(f"units of step {step.id}: {symbol} has unit {units[0]}, {value} has unit {units[1]}")
    named = {"formula": claim.formula, **claim.formulas}
    for name, expression in named.items():
        if isinstance(expression, sympy.Basic):
            try:
                unit_of(expression, claim.logits)
            except ValueError as error:
                wrong.append(f"units of {name}: {error}")
    if wrong and not claim.logits and not any(relation_problem(s.statement, True) for s in claim.steps):
        wrong.append("units would agree if the parameters were pure numbers: a claim about logits says logits=True")
    return wrong + printed_alike(claim)


def printed_alike(claim: Claim) -> list[str]:
    """Symbols that a reader of the claim cannot tell apart; in different claims one letter may serve twice."""
    printed: dict[str, set[str]] = {}
    for name in {n for s in claim.steps for side in (s.statement.lhs, s.statement.rhs) for n in names(side)}:
        if str(name) in TABLE:
            printed.setdefault(TABLE[str(name)].tex, set()).add(str(name))
    return [f"the symbols {sorted(s)} are all printed {tex}" for tex, s in sorted(printed.items()) if len(s) > 1]
