"""A user's own bound: a formula over our symbols, the quantity it is about, and in which direction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

from ...theory.symbols import TABLE
from ...theory.units import Unit
from ..studies.kinds import Kind
from .formula import FormulaError
from .vocabulary import (
    ANY_POLICY,
    COSTLY,
    QUANTITIES,
    SYMBOLS,
    TABULAR,
    Case,
    known_quantities,
    known_symbols,
    read_unit,
)

__all__ = ["Bound", "Expression", "Side", "check_symbols"]

Side: TypeAlias = Literal["upper", "lower", "exact", "leading-order"]


class Expression(Protocol):
    """What a bound needs of a formula, whether a user wrote it or a claim proves it."""

    @property
    def text(self) -> str: ...  # noqa: D102

    @property
    def names(self) -> Mapping[str, int]:
        """The names whose values it needs, each with its first column."""
        ...

    def value(self, values: Mapping[str, float]) -> float:
        """Its value at a number per name."""
        ...

    def unit(self, units: Mapping[str, Unit]) -> Unit | None:
        """Its unit, None where it fits every unit."""
        ...


@dataclass(frozen=True)
class Bound:
    """A claim of a user: ``quantity`` is at most, at least, exactly, or of the order of ``formula``.

    Args:
        id: name in the verdicts.
        kind: "leading-order" compares the exponents of eta as eta -> 0; constants are then not compared.
        quantity: key of ``QUANTITIES``.
        formula: over ``SYMBOLS`` and ``constants``.
        title: one phrase for people.
        domain: "inside": claimed while no token is clipped; "outside": claimed, and measured, beyond that.
        constants: name -> value, names that are no symbol.
        constant_units: unit of each constant, as in ``theory.units``; a pure number where none is given.
        logits: the parameters are logits, so that ``param`` is 1 (tabular policies).

    Raises:
        FormulaError: a name that is neither a symbol nor a constant, or units that do not agree.
        ValueError: a constant that hides a symbol, an unknown quantity, a unit that cannot be read, an order outside.
    """

    id: str
    kind: Side
    quantity: str
    formula: Expression
    title: str = ""
    domain: Literal["inside", "outside"] = "inside"
    constants: Mapping[str, float] = field(default_factory=dict[str, float])
    constant_units: Mapping[str, str] = field(default_factory=dict[str, str])
    logits: bool = False

    def __post_init__(self) -> None:
        if self.quantity not in QUANTITIES:
            raise ValueError(f"expected a quantity out of {known_quantities()}; got {self.quantity!r}")
        if self.kind == "leading-order" and self.domain == "outside":
            raise ValueError("expected domain = 'inside' for a leading order, which is about eta -> 0; got 'outside'")
        hidden = sorted(set(self.constants) & set(SYMBOLS))
        if hidden:
            raise ValueError(f"expected constants with names of their own; got {hidden}, which are symbols")
        stray = sorted(set(self.constant_units) - set(self.constants))
        if stray:
            raise ValueError(f"expected units of the constants {sorted(self.constants)}; got units of {stray}")
        mine = {name: read_unit(TABLE[name].unit, self.logits) for name in SYMBOLS}
        mine |= {name: read_unit(self.constant_units.get(name, "1"), self.logits) for name in self.constants}
        for name, column in self.formula.names.items():
            if name not in mine:
                raise FormulaError(f"a constant of the file or a symbol out of {known_symbols()}", repr(name), column)
        found, wanted = self.formula.unit(mine), read_unit(QUANTITIES[self.quantity].unit, self.logits)
        if found is not None and found != wanted:
            raise FormulaError(f"the unit {wanted} of {self.quantity}", f"a formula of unit {found}", 1)

    @property
    def costly(self) -> list[str]:
        """Symbols of the formula that are maxima over a grid."""
        return [name for name in self.formula.names if name in COSTLY]

    def values(self, case: Case, names: Iterable[str]) -> dict[str, float]:
        """The values at a case of some names of the formula."""
        return {n: self.constants[n] if n in self.constants else float(SYMBOLS[n](case)) for n in names}

    def predicted(self, case: Case, held: Mapping[str, float] | None = None) -> float:
        """The formula's value at a case; ``held`` are values taken at another one."""
        held = held or {}
        return self.formula.value({**held, **self.values(case, set(self.formula.names) - set(held))})


def check_symbols(bound: Bound, kind: Kind) -> None:
    """Raise ValueError (expected, got, what to do) where the formula or its units need a tabular policy."""
    only = [name for name in bound.formula.names if name in TABULAR]
    if not kind.tabular and (only or bound.logits):
        raise ValueError(
            f"expected symbols known on every policy ({', '.join(ANY_POLICY)}); got {only or 'logits = true'} on "
            f"{kind.name}; closed constants hold for tabular policies, elsewhere use Lambda or a constant of your own"
        )
