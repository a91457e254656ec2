"""The record of a neighbouring law: what it says in its own setting, in our symbols, and where it does not apply."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import sympy

from ..proof.records import Rel

__all__ = ["Comparison", "Reading", "Sureness"]

Reading = Literal["edge", "sufficient", "leading order", "existence", "condition", "quantity", "rate", "rule"]
"""How the bound is to be read.

``edge``: stable below it, unstable above. ``sufficient``: its theorem covers every learning rate up to it and says
nothing above. ``leading order``: the edge for large lags. ``existence``: some learning rate below it works, not each.
``condition``: on the constants, not on the learning rate. ``quantity``: a bound on something else. ``rate``: an order
of iterations, without a learning rate. ``rule``: advice.
"""

Sureness = Literal[
    "proved here",
    "statement read in the source",
    "read in the abstract",
    "read at second hand",
    "from memory, checked by numbers",
    "not verified",
]


@dataclass(frozen=True)
class Comparison:
    """One law of the literature, or one of our exact ones, to be set beside a user's numbers.

    Args:
        id: key on the command line and in JSON; the file has the same name.
        title: one phrase.
        kind: ``cited``, or ``proved`` where a claim here proves it.
        source: authors, arXiv id or journal; for ``proved`` also the claim.
        bib: BibTeX key; empty for our own.
        assumptions: what its theorem assumes, one phrase each.
        statement: prose with TeX between ``$``, in our symbols.
        mapping: pairs (its symbol, ours).
        lag: what its delay is in our S and S_max.
        phi_slot: whether it covers staleness of the phi slot alone, as in asynchronous RL. False: the whole gradient
            is delayed (the two coincide only where the update sees nothing but phi, A = 0), or there is no delay.
        not_for: where it does not apply.
        reading: how the bound is to be read.
        sureness: how we know the statement.
        checked: what confirmed or limits it, with the numbers; empty where nothing could.
        bound: the bound over our symbols, typed once; None where the law gives none.
        of: what is bounded.
        requires: relations that must hold for the law to speak at all.
        falls: whether the bound never rises with S.
        claim: id of the claim that proves it.

    Raises:
        ValueError: fields that contradict each other.
    """

    id: str
    title: str
    kind: Literal["cited", "proved"]
    source: str
    bib: str
    assumptions: tuple[str, ...]
    statement: str
    mapping: tuple[tuple[str, str], ...]
    lag: str
    phi_slot: bool
    not_for: str
    reading: Reading
    sureness: Sureness
    checked: str = ""
    bound: Any = None
    of: str = "learning rate"
    requires: tuple[Rel, ...] = ()
    claim: str = ""
    falls: bool = True

    def __post_init__(self) -> None:
        if self.bound is not None and (not isinstance(self.bound, sympy.Basic) or self.bound.has(sympy.Float)):
            raise ValueError(f"{self.id}: expected an exact SymPy expression as the bound, got {self.bound!r}")
        if (self.kind == "proved") != bool(self.claim) or (self.kind == "proved") != (self.sureness == "proved here"):
            raise ValueError(f"{self.id}: a proved law names its claim, a cited one does not")
        if self.reading in ("rate", "rule", "condition") and self.bound is not None:
            raise ValueError(f"{self.id}: a {self.reading} has no bound")
        if self.reading in ("edge", "sufficient", "leading order", "existence", "quantity") and self.bound is None:
            raise ValueError(f"{self.id}: read as {self.reading}, so it needs a bound")
        if (self.reading == "quantity") != (self.bound is not None and self.of != "learning rate"):
            raise ValueError(f"{self.id}: a quantity bounds something else than the learning rate")
        if self.reading == "condition" and not self.requires:
            raise ValueError(f"{self.id}: a condition needs a relation")

    @property
    def symbols(self) -> frozenset[Any]:
        """Every free symbol of the bound and of the conditions."""
        sides = [side for rel in self.requires for side in (rel.lhs, rel.rhs)]
        free: set[Any] = set()
        for expression in (*sides, *(() if self.bound is None else (self.bound,))):
            free |= expression.free_symbols
        return frozenset(free)
