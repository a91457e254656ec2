"""Build the printed derivation from verdicts, once; ``model`` holds its rows, ``templates`` prints them."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from hashlib import sha256

from ..claims import chapter
from ..lemmas import LEMMAS
from ..proof.mutants import Mutant
from ..proof.records import Assumption, Claim, ClaimVerdict, Step, StepVerdict
from .comparisons import law_rows, law_table, laws
from .instances import attained, necessity
from .lines import split_tex
from .losses import loss_tables
from .model import AssumptionRow, ClaimSection, Count, Document, LemmaRow, Mark, MutantRow, StepRow
from .notation import notation
from .prose import Part, Text, prose, symbols_in
from .references import ReferenceRow, cited, numbered
from .templates import render_markdown, render_page, render_tex
from .tex import named, tex_rel
from .tex import tex as tex_of

__all__ = ["Document", "build", "html", "md", "tex"]

LEMMA = "lemma:"
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
    "smt": "z3 and cvc5 find the hypotheses together with the negated statement unsatisfiable (one name alone: the"
    " other solver gave no answer in time); termwise: for the summands at a generic index",
    "enclosure": "interval arithmetic with outward rounding (python-flint), from exact rationals, shows the inequality"
    " on every part of a covering of the box that the steps used give its symbols",
    "polynomial": "the inequality between rational functions of one symbol holds by Bernstein coefficients and, apart"
    " from them, by a Sturm sequence, in exact arithmetic on the interval that the steps used give",
    "roots": "parameter values at which a zero lies on the circle are enclosed, and between them the zeros outside are"
    " counted exactly by the Schur-Cohn-Marden criterion, for every integer of the range",
    "lemma": "instance of a cited fact of the list at the end, with its side conditions among the steps used",
    "claim": "instance of an earlier claim that stands",
    "schema": "literal instance of the named definition or assumption",
    "freshness": "a definition: the name on the left does not occur before",
}
LOGITS = " The parameters are logits: lengths of them are pure numbers, in units of logits."


def build(
    verdicts: Sequence[ClaimVerdict],
    mutants: Sequence[Mutant] | None = None,
    title: str = "Derivation of the staleness\N{EN DASH}learning-rate law",
) -> Document:
    """Build the document; equal verdicts give equal documents (times and solver models are left out).

    Args:
        verdicts: in the order of print; lemmas as cited claims (``lemma:<id>``) go to the list of facts.
        mutants: falsified versions, for a summary table; None leaves it out.
        title: headline.
    """
    listed = [v.claim.id.removeprefix(LEMMA) for v in verdicts if v.claim.id.startswith(LEMMA)]
    verdicts = [v for v in verdicts if not v.claim.id.startswith(LEMMA)]
    claims = [v.claim for v in verdicts]
    numbers = {claim.id: number for number, claim in enumerate(claims, 1)}
    used = [s.by for claim in claims for s in claim.steps if s.kind == "lemma"]
    lemmas = {name: number for number, name in enumerate(dict.fromkeys([*used, *listed]), 1)}
    sources = [*(claim.source for claim in claims), *(LEMMAS[name].source for name in lemmas if name in LEMMAS)]
    nearby = law_rows(numbers)
    references = numbered([*sources, *(law["source"] for law in nearby)])
    chapters = {claim.id: chapter(claim.id) for claim in claims}
    if len(set(chapters.values())) == 1:
        chapters = dict.fromkeys(chapters, "")
    sections = tuple(_section(v, chapters[v.claim.id], numbers, lemmas, references) for v in verdicts)
    steps = [s for v in verdicts for s in v.steps]
    families = Counter(_family(s.engine) for s in steps)
    document = Document(
        title=title,
        intro=prose(_intro(len(claims), len(steps))),
        engines=tuple((name, prose(text)) for name, text in ENGINES.items() if families[name]),
        notation=notation(claims, chapters),
        assumptions=_assumptions(claims, numbers),
        claims=sections,
        losses=loss_tables(numbers),
        comparisons=law_table(nearby, references),
        laws=laws(nearby, numbers, references),
        lemmas=tuple(_lemma(name, number, used.count(name), references) for name, number in lemmas.items()),
        references=references,
        claim_counts=_counts(v.status for v in verdicts),
        step_counts=_counts(s.status for s in steps),
        engine_counts=tuple(Count(name, families[name]) for name in ENGINES if families[name]),
        mutants=_mutants(mutants or ()),
        digest="",
    )
    content = json.dumps(asdict(document), sort_keys=True, ensure_ascii=True)
    return replace(document, digest=sha256(content.encode()).hexdigest()[:16])


def tex(verdicts: Sequence[ClaimVerdict], mutants: Sequence[Mutant] | None = None) -> str:
    """The derivation as a LaTeX document."""
    return render_tex(build(verdicts, mutants))


def md(verdicts: Sequence[ClaimVerdict], mutants: Sequence[Mutant] | None = None) -> str:
    """The derivation as Markdown."""
    return render_markdown(build(verdicts, mutants))


def html(verdicts: Sequence[ClaimVerdict], mutants: Sequence[Mutant] | None = None) -> str:
    """The derivation as a self-contained HTML page."""
    return render_page(build(verdicts, mutants))


def _intro(claims: int, steps: int) -> str:
    return (
        f"This text is printed from the records of {claims} claims and {steps} steps, each with the verdict of the"
        " engine that checked it. A claim stands when every one of its steps is proved, assumed, defined or cited."
        " Under each step stand the steps it follows from; nothing else enters its check. Under each claim, every"
        " assumption is shown to be needed by an instance in rational numbers at which all other assumptions hold and a"
        " conclusion is false. A bound is called tight when an instance attains it with equality. An instance has few"
        " parameter dimensions and finitely many outcomes; a statement with a free index holds for every value of it."
    )


def _section(
    verdict: ClaimVerdict,
    chapter: str,
    numbers: Mapping[str, int],
    lemmas: Mapping[str, int],
    references: Sequence[ReferenceRow],
) -> ClaimSection:
    claim = verdict.claim
    places = {step.id: place for place, step in enumerate(claim.steps, 1)}
    pairs = zip(claim.steps, verdict.steps, strict=True)
    return ClaimSection(
        number=numbers[claim.id],
        id=claim.id,
        chapter=chapter,
        title=symbols_in(claim.title),
        kind=KINDS[claim.kind],
        status=verdict.status,
        statement=prose(claim.statement + (LOGITS if claim.logits else "")),
        source=cited(claim.source, references),
        formulas=_formulas(claim),
        assumptions=tuple(a.id for a in claim.assumptions),
        steps=tuple(_step(step, found, places, numbers, lemmas) for step, found in pairs),
        conclusions=tuple(places[c] for c in claim.conclusions if c in places),
        necessity=necessity(claim, places),
        attained=attained(claim, places),
        not_tight=symbols_in(claim.not_tight),
        problems=tuple(_quoted(p) for p in verdict.problems),
        missing=tuple(_quoted(m) for m in verdict.missing),
        counterexample=tuple(sorted(verdict.counterexample.items())),
    )


def _formulas(claim: Claim) -> tuple[str, ...]:
    main = () if claim.formula is None else (tex_of(claim.formula),)
    return (*main, *(f"{named(name)}={tex_of(value)}" for name, value in claim.formulas.items()))


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
        message=_quoted(found.message) if bad else (),
        counterexample=tuple(sorted(found.counterexample.items())) if bad else (),
    )


def _quoted(message: str) -> Text:
    """A message of the checker: text, no part of it is mathematics."""
    return (Part(False, " ".join(message.split())),) if message else ()


def _mark(step: Step, found: StepVerdict, numbers: Mapping[str, int], lemmas: Mapping[str, int]) -> Mark:
    if step.kind == "lemma" and step.by in lemmas:
        return Mark(f"fact {lemmas[step.by]}", found.status, f"fact-{lemmas[step.by]}")
    if step.kind == "claim" and step.by in numbers:
        return Mark(f"claim {numbers[step.by]}", found.status, f"claim-{numbers[step.by]}")
    if step.kind == "claim":
        return Mark(f"claim {step.by}", found.status)
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


def _lemma(name: str, number: int, uses: int, references: Sequence[ReferenceRow]) -> LemmaRow:
    if name not in LEMMAS:
        return LemmaRow(number, LEMMA + name, _quoted(f"Unknown lemma {name}"), (), (), uses)
    lemma = LEMMAS[name]
    source = cited(lemma.source, references, symbols=True)
    return LemmaRow(number, LEMMA + name, symbols_in(lemma.title), prose(lemma.tex), source, uses)


def _counts(values: Iterable[str]) -> tuple[Count, ...]:
    return tuple(Count(what, number) for what, number in sorted(Counter(values).items()))


def _mutants(mutants: Sequence[Mutant]) -> tuple[MutantRow, ...]:
    rows: list[MutantRow] = []
    for claim in dict.fromkeys(m.claim for m in mutants):
        mine = [m for m in mutants if m.claim == claim]
        caught = Counter(m.caught_by for m in mine if m.caught_by and not m.equivalent)
        instance, chain = caught["attaining-instance"], caught["chain"]
        equivalent = sum(m.equivalent for m in mine)
        engine, missed = caught.total() - instance - chain, len(mine) - equivalent - caught.total()
        rows.append(MutantRow(claim, len(mine), engine, instance, chain, equivalent, missed))
    return tuple(rows)
