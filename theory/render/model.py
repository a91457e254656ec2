"""The printed derivation as data: frozen rows that the TeX, Markdown and HTML templates all read."""

from __future__ import annotations

from dataclasses import dataclass

from .comparisons import LawRow
from .instances import Shown
from .losses import LossTable
from .notation import NotationRow
from .prose import Text
from .references import ReferenceRow

__all__ = ["AssumptionRow", "ClaimSection", "Count", "Document", "LemmaRow", "Mark", "MutantRow", "StepRow"]


@dataclass(frozen=True)
class Mark:
    """The engine's name and verdict, shown beside a step; ``target`` is the anchor of the lemma or claim it names."""

    label: str
    status: str
    target: str = ""


@dataclass(frozen=True)
class StepRow:
    """One numbered line; ``pieces`` is ``statement`` cut where a line may break; ``uses`` are step numbers."""

    number: int
    id: str
    kind: str
    statement: str
    pieces: tuple[str, ...]
    why: Text
    uses: tuple[int, ...]
    mark: Mark
    message: Text
    counterexample: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ClaimSection:
    """One claim with its derivation and instances; ``necessity`` rows are headed by the assumption dropped.

    ``chapter`` is empty where the document has one chapter only.
    """

    number: int
    id: str
    chapter: str
    title: Text
    kind: str
    status: str
    statement: Text
    source: Text
    formulas: tuple[str, ...]
    assumptions: tuple[str, ...]
    steps: tuple[StepRow, ...]
    conclusions: tuple[int, ...]
    necessity: tuple[Shown, ...]
    attained: tuple[Shown, ...]
    not_tight: Text
    problems: tuple[Text, ...]
    missing: tuple[Text, ...]
    counterexample: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class AssumptionRow:
    """An assumption and the numbers of the claims that rest on it."""

    id: str
    title: Text
    statement: Text
    claims: tuple[int, ...]


@dataclass(frozen=True)
class LemmaRow:
    """A cited fact, its source with references, and how often it is used."""

    number: int
    id: str
    title: Text
    statement: Text
    source: Text
    uses: int


@dataclass(frozen=True)
class Count:
    """So many of something."""

    what: str
    number: int


@dataclass(frozen=True)
class MutantRow:
    """What became of the deliberately falsified versions of one claim."""

    claim: str
    made: int
    engine: int
    instance: int
    chain: int
    equivalent: int
    missed: int


@dataclass(frozen=True)
class Document:
    """Everything the templates print; notation that one chapter alone uses stands at its start."""

    title: str
    intro: Text
    engines: tuple[tuple[str, Text], ...]
    notation: tuple[NotationRow, ...]
    assumptions: tuple[AssumptionRow, ...]
    claims: tuple[ClaimSection, ...]
    losses: tuple[LossTable, ...]
    comparisons: tuple[LossTable, ...]
    laws: tuple[LawRow, ...]
    lemmas: tuple[LemmaRow, ...]
    references: tuple[ReferenceRow, ...]
    claim_counts: tuple[Count, ...]
    step_counts: tuple[Count, ...]
    engine_counts: tuple[Count, ...]
    mutants: tuple[MutantRow, ...]
    digest: str

    @property
    def chapters(self) -> tuple[str, ...]:
        """Chapters of its claims, in order; none where all are of one."""
        return tuple(dict.fromkeys(c.chapter for c in self.claims if c.chapter))
