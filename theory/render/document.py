"""The printed derivation as data: built once from verdicts, read by the TeX, Markdown and HTML templates alike."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import Any

from ..proof.lemmas import LEMMAS
from ..proof.records import Assumption, Claim, ClaimVerdict, Rel, Step, StepVerdict
from .instances import Shown, attained, necessity
from .notation import NotationRow, notation
from .prose import Text, prose, symbols_in
from .tex import split_tex, tex, tex_rel

__all__ = [
    "AssumptionRow",
    "ClaimSection",
    "Count",
    "Document",
    "LemmaRow",
    "Mark",
    "MutantRow",
    "StepRow",
    "build",
]

KINDS = {
    "exact": "exact identity",
    "upper": "upper bound",
    "lower": "lower bound",
    "leading-order": "leading order with remainder",
    "empirical": "empirical law",
    "cited": "cited result",
    "definition": "definition",
}
ENGINES = {
    "normal-form": "the difference of the two sides has the rational normal form 0, and both sides agree in exact"
    " arithmetic at random rational points",
    "smt": "z3 and cvc5 find the hypotheses together with the negated statement unsatisfiable (one name alone: the other"
    " solver gave no answer in time); termwise: for the summands at a generic index",
    "lemma": "instance of a cited fact of the list at the end, with its side conditions among the steps used",
    "claim": "instance of an earlier claim that stands",
    "schema": "literal instance of the named definition or assumption",
    "freshness": "a definition: the name on the left does not occur before",
}


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
    """One claim with its derivation and instances; ``necessity`` rows are headed by the assumption dropped."""

    number: int
    id: str
    title: Text
    kind: str
    status: str
    statement: Text
    source: Text
    formulas: tuple[tuple[str, str], ...]
    assumptions: tuple[str, ...]
    steps: tuple[StepRow, ...]
    conclusions: tuple[int, ...]
    necessity: tuple[Shown, ...]
    attained: tuple[Shown, ...]
    not_tight: Text
    problems: tuple[Text, ...]


@dataclass(frozen=True)
class AssumptionRow:
    """An assumption and the numbers of the claims that rest on it."""

    id: str
    title: Text
    statement: Text
    claims: tuple[int, ...]


@dataclass(frozen=True)
class LemmaRow:
    """A cited fact, its source, and how often it is used."""

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
    """Everything the templates print."""

    title: str
    intro: Text
    engines: tuple[tuple[str, Text], ...]
    notation: tuple[NotationRow, ...]
    assumptions: tuple[AssumptionRow, ...]
    claims: tuple[ClaimSection, ...]
    lemmas: tuple[LemmaRow, ...]
    claim_counts: tuple[Count, ...]
    step_counts: tuple[Count, ...]
    engine_counts: tuple[Count, ...]
    mutants: tuple[MutantRow, ...]
    digest: str


def build(
    verdicts: Sequence[ClaimVerdict],
    mutants: Sequence[Mapping[str, Any]] = (),
    title: str = "Derivation of the staleness\N{EN DASH}learning-rate law",
) -> Document:
    """Build the document; equal verdicts give equal documents (times and solver models are left out).

    Args:
        verdicts: in the order of print; an earlier claim that is used should be among them.
        mutants: entries as in ``derive --mutants --json``: ``claim``, ``caught_by``, ``equivalent`` are read.
        title: headline.
    """
    claims = [v.claim for v in verdicts]
    numbers = {claim.id: number for number, claim in enumerate(claims, 1)}
    used = [s.by for claim in claims for s in claim.steps if s.kind == "lemma"]
    lemmas = {name: number for number, name in enumerate(dict.fromkeys(used), 1)}
    sections = tuple(_section(v, numbers, lemmas) for v in verdicts)
    steps = [s for v in verdicts for s in v.steps]
    families = Counter(_family(s.engine) for s in steps)
    document = Document(
        title=title,
        intro=prose(_intro(len(claims), len(steps))),
        engines=tuple((name, prose(text)) for name, text in ENGINES.items() if families[name]),
        notation=notation(claims),
        assumptions=_assumptions(claims, numbers),
        claims=sections,
        lemmas=tuple(_lemma(name, number, used.count(name)) for name, number in lemmas.items()),
        claim_counts=_counts(v.status for v in verdicts),
        step_counts=_counts(s.status for s in steps),
        engine_counts=tuple(Count(name, families[name]) for name in ENGINES if families[name]),
        mutants=_mutants(mutants),
        digest="",
    )
    content = json.dumps(asdict(document), sort_keys=True, ensure_ascii=True)
    return replace(document, digest=sha256(content.encode()).hexdigest()[:16])


def _intro(claims: int, steps: int) -> str:
    return (
        f"This text is printed from the records of {claims} claims and {steps} steps, each with the verdict of the engine"
        " that checked it; nothing in it was typed twice. A claim stands when every one of its steps is proved, assumed,"
        " defined or cited. Beside each step stand the steps it follows from and nothing else enters its check. Under each"
        " claim, every assumption is shown to be needed: an instance in rational numbers at which all other assumptions"
        " hold and a conclusion is false. A bound is called tight when an instance attains it with equality. Instances"
        " live in one parameter dimension, with finitely many outcomes; a statement with a free index holds for every"
        " value of it."
    )


def _section(verdict: ClaimVerdict, numbers: Mapping[str, int], lemmas: Mapping[str, int]) -> ClaimSection:
    claim = verdict.claim
    places = {step.id: place for place, step in enumerate(claim.steps, 1)}
    formulas = ({} if claim.formula is None else {"": claim.formula}) | dict(claim.formulas)
    pairs = zip(claim.steps, verdict.steps, strict=True)
    return ClaimSection(
        number=numbers[claim.id],
        id=claim.id,
        title=symbols_in(claim.title),
        kind=KINDS[claim.kind],
        status=verdict.status,
        statement=prose(claim.statement),
        source=prose(claim.source),
        formulas=tuple((name, tex(value)) for name, value in formulas.items()),
        assumptions=tuple(a.id for a in claim.assumptions),
        steps=tuple(_step(step, found, places, numbers, lemmas) for step, found in pairs),
        conclusions=tuple(places[c] for c in claim.conclusions if c in places),
        necessity=necessity(claim, places),
        attained=attained(claim, places),
        not_tight=symbols_in(claim.not_tight),
        problems=tuple(prose(p) for p in verdict.problems),
    )


def _step(
    step: Step, found: StepVerdict, places: Mapping[str, int], numbers: Mapping[str, int], lemmas: Mapping[str, int]
) -> StepRow:
    statement = tex_rel(step.statement)
    bad = found.status in ("refuted", "undecided")
    return StepRow(
        number=places[step.id],
        id=step.id,
        kind=step.kind,
        statement=statement,
        pieces=split_tex(statement),
        why=symbols_in(step.why),
        uses=tuple(places[u] for u in step.uses if u in places),
        mark=_mark(step, found, numbers, lemmas),
        message=prose(found.message.replace("$", "")) if bad else (),
        counterexample=tuple(sorted(found.counterexample.items())) if bad else (),
    )


def _mark(step: Step, found: StepVerdict, numbers: Mapping[str, int], lemmas: Mapping[str, int]) -> Mark:
    if step.kind == "lemma" and step.by in lemmas:
        return Mark(f"fact {lemmas[step.by]}", found.status, f"fact-{lemmas[step.by]}")
    if step.kind == "claim" and step.by in numbers:
        return Mark(f"claim {numbers[step.by]}", found.status, f"claim-{numbers[step.by]}")
    if isinstance(step.schema, Assumption):
        return Mark(step.schema.id, found.status)
    label = "definition" if step.kind == "definition" else found.engine.replace(":", " ").replace("+", " + ")
    return Mark(label, found.status)


def _family(engine: str) -> str:
    head = engine.split(":")[0]
    return head if head in ENGINES else "smt"


def _assumptions(claims: Sequence[Claim], numbers: Mapping[str, int]) -> tuple[AssumptionRow, ...]:
    found = {a.id: a for claim in claims for a in claim.assumptions}
    resting = {i: tuple(numbers[c.id] for c in claims if i in {a.id for a in c.assumptions}) for i in found}
    return tuple(AssumptionRow(a.id, symbols_in(a.title), prose(a.tex), resting[a.id]) for a in found.values())


def _lemma(name: str, number: int, uses: int) -> LemmaRow:
    if name not in LEMMAS:
        return LemmaRow(number, name, prose(f"unknown lemma {name}"), (), (), uses)
    lemma = LEMMAS[name]
    return LemmaRow(number, name, symbols_in(lemma.title), prose(lemma.tex), symbols_in(lemma.source), uses)


def _counts(values: Any) -> tuple[Count, ...]:
    return tuple(Count(what, number) for what, number in sorted(Counter(values).items()))


def _mutants(mutants: Sequence[Mapping[str, Any]]) -> tuple[MutantRow, ...]:
    rows: list[MutantRow] = []
    for claim in dict.fromkeys(m["claim"] for m in mutants):
        mine = [m for m in mutants if m["claim"] == claim]
        equivalent = sum(bool(m.get("equivalent")) for m in mine)
        caught = Counter(str(m["caught_by"]) for m in mine if m.get("caught_by") and not m.get("equivalent"))
        others = caught["attaining-instance"] + caught["chain"]
        missed = len(mine) - equivalent - caught.total()
        rows.append(
            MutantRow(
                claim, len(mine), caught.total() - others, caught["attaining-instance"], caught["chain"], equivalent, missed
            )
        )
    return tuple(rows)
