"""Derive the theory: check every claim in order, list the lemmas it cites, perturb it, and state it all as data."""

from __future__ import annotations

import importlib.util
import random
import re
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import redirect_stdout
from math import isclose
from pathlib import Path
from typing import Any

from .cache import Cache
from .claims import all_claims, chapter
from .content import Keys, lemma_key
from .lemmas import LEMMAS, Lemma
from .proof.check import check_claim
from .proof.mutants import Mutant, mutants
from .proof.records import Claim, ClaimVerdict, StepVerdict
from .proof.solvers import timed_out
from .surrogates.table import as_data

__all__ = ["PROBES", "claims_in_file", "derive", "document", "lemma_claims", "perturb", "property_test"]

PROBES = 200
"""Random concrete cases per lemma in its property test."""


def derive(
    claims: Sequence[Claim] | None = None,
    on_claim: Callable[[Claim, int], None] | None = None,
    cache: Cache | None = None,
) -> list[ClaimVerdict]:
    """Check claims, each after the claims it uses; the whole theory with its cited lemmas by default.

    Args:
        claims: claims to report on; what they use is checked too, silently.
        on_claim: called before each claim with the number of claims in all, for a progress bar.
        cache: verdicts of earlier runs; without one everything is checked.

    Returns:
        One verdict per claim, in the order given; for the whole theory the cited lemmas come first.
    """
    wanted = (*lemma_claims(), *all_claims()) if claims is None else tuple(claims)
    order = _with_used(wanted)
    verdicts: dict[str, ClaimVerdict] = {}
    keys = Keys()
    for claim in order:
        if on_claim is not None:
            on_claim(claim, len(order))
        standing = [v.claim for v in verdicts.values() if v.status == "proved"]
        verdicts[claim.id] = _checked(claim, standing, keys, cache or Cache(None))
    return [verdicts[claim.id] for claim in wanted]


def _checked(claim: Claim, standing: Sequence[Claim], keys: Keys, cache: Cache) -> ClaimVerdict:
    """The verdict kept or a fresh one; what rests on a claim that does not stand or on a time-out is not kept."""
    sound = all(any(s.schema is c for c in standing) for s in claim.steps if isinstance(s.schema, Claim))
    key = keys.of(claim) if claim.steps and sound and cache.folder is not None else None
    kept = cache.verdict(claim, key)
    if kept is not None:
        return kept
    before = timed_out()
    verdict = check_claim(claim, standing)
    if timed_out() == before:
        cache.keep_verdict(verdict, key)
    return verdict


def _with_used(claims: Iterable[Claim]) -> list[Claim]:
    """Claims with everything they use in front of them, each once.

    Raises:
        ValueError: two different claims share an id.
    """
    ordered: dict[str, Claim] = {}

    def visit(claim: Claim) -> None:
        for step in claim.steps:
            if isinstance(step.schema, Claim):
                visit(step.schema)
        if ordered.setdefault(claim.id, claim) is not claim:
            raise ValueError(f"two different claims are called {claim.id!r}; rename one")

    for claim in claims:
        visit(claim)
    return list(ordered.values())


def lemma_claims() -> list[Claim]:
    """The named lemmas as cited claims, each with its source."""
    return [Claim(f"lemma:{m.id}", m.title, "cited", m.tex, m.source) for m in LEMMAS.values()]


def property_test(lemma: Lemma, draws: int = PROBES, seed: int = 0, cache: Cache | None = None) -> int:
    """Draw concrete random cases of a lemma and count those in which it fails beyond rounding (relative 1e-9)."""
    if cache is not None:
        key = lemma_key(lemma, draws, seed)
        kept = cache.failures(key)
        if kept is None:
            kept = property_test(lemma, draws, seed)
            cache.keep_failures(kept, key)
        return kept
    rng = random.Random(seed)
    failures = 0
    for _ in range(draws):
        left, op, right = lemma.probe(rng)
        equal = isclose(left, right, rel_tol=1e-9, abs_tol=1e-9)
        failures += not (equal or (op == "<=" and left < right))
    return failures


def perturb(
    verdicts: Sequence[ClaimVerdict],
    on_claim: Callable[[Claim, int], None] | None = None,
    cache: Cache | None = None,
) -> list[Mutant]:
    """Mutants of every proved claim among the verdicts, kept by content like the verdicts themselves."""
    standing = [v.claim for v in verdicts if v.status == "proved" and v.claim.kind not in ("cited", "definition")]
    proved = _with_used(standing)
    found: list[Mutant] = []
    keys, cache = Keys(), cache or Cache(None)
    for claim in standing:
        if on_claim is not None:
            on_claim(claim, len(standing))
        key = keys.of(claim) if cache.folder is not None else None
        kept = cache.mutants(claim, key)
        if kept is None:
            kept = mutants(claim, proved)
            if not any(m.cut_short for m in kept):
                cache.keep_mutants(kept, key)
        found += kept
    return found


def claims_in_file(path: Path) -> list[Claim]:
    """Claims of an author's own theorem file, a Python file that defines ``CLAIM`` or ``CLAIMS``. The file is executed.

    Raises:
        ValueError: there is no such file, it does not run, or it defines neither; the message says which.
    """
    if not path.is_file():
        raise ValueError(f"{path} is a directory" if path.is_dir() else f"no file at {path}")
    spec = importlib.util.spec_from_file_location("stalelaw_author_theorem", path)
    if spec is None or spec.loader is None:
        raise ValueError(f"{path} is not a Python file (*.py)")
    module = importlib.util.module_from_spec(spec)
    try:
        with redirect_stdout(sys.stderr):  # what the file prints is not part of our answer
            spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:  # whatever the author's file raises is bad input, not a fault of ours
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
        place = f", line {lines[-1]}," if lines else ""
        raise ValueError(f"{path}{place} does not run: {type(error).__name__}: {error}") from error
    found = getattr(module, "CLAIMS", None) or [getattr(module, "CLAIM", None)]
    claims = [c for c in found if isinstance(c, Claim)]
    if not claims or len(claims) != len(found):
        raise ValueError(f"{path} defines no CLAIM = Claim(...) and no CLAIMS = [Claim(...), ...]")
    odd = [c.id for c in claims if not re.fullmatch(r"[A-Za-z0-9][\w.-]*", str(c.id))]  # lemma:... is a named lemma
    if odd:
        raise ValueError(f"{path}: expected ids of letters, digits, '-', '_' and '.', got {odd}")
    return claims


def document(
    verdicts: Sequence[ClaimVerdict], found: Sequence[Mutant] | None = None, cache: Cache | None = None
) -> dict[str, Any]:
    """The contract's JSON of ``derive`` as plain data; ``mutants`` only when they were made.

    ``surrogates`` has the rows of the losses among the claims, and the registered losses that were left out.
    """
    body: dict[str, Any] = {"claims": [_claim(v, cache) for v in verdicts], "counts": counts(verdicts, found)}
    body["surrogates"] = as_data({v.claim.id for v in verdicts})
    if found is not None:
        body["mutants"] = [mutant_row(m) for m in found]
    return body


def counts(verdicts: Sequence[ClaimVerdict], found: Sequence[Mutant] | None = None) -> dict[str, Any]:
    """How many claims and steps stand; ``proved_share`` is over the steps that assert something (neither assumed nor
    defined), ``proved_share_of_all`` over all lines; ``cited`` lists the steps taken from the literature."""
    steps = Counter(s.status for v in verdicts for s in v.steps)
    engines = Counter(s.engine for v in verdicts for s in v.steps if s.status == "proved")
    asserting = sum(steps.values()) - steps["assumed"] - steps["defined"]
    body: dict[str, Any] = {
        "claims": len(verdicts),
        "claims_by_status": dict(sorted(Counter(v.status for v in verdicts).items())),
        "steps": sum(steps.values()),
        "steps_by_status": dict(sorted(steps.items())),
        "steps_by_engine": dict(sorted(engines.items())),
        "proved_share": steps["proved"] / asserting if asserting else None,
        "proved_share_of_all": steps["proved"] / steps.total() if steps else None,
        "cited": [{"claim": v.claim.id, "step": s.id} for v in verdicts for s in v.steps if s.status == "cited"],
    }
    if found is not None:
        caught = Counter("equivalent" if m.equivalent else "caught" if m.caught_by else "missed" for m in found)
        body["mutants"] = {"made": len(found), **{k: caught[k] for k in ("caught", "equivalent", "missed")}}
    return body


def _claim(verdict: ClaimVerdict, cache: Cache | None) -> dict[str, Any]:
    claim = verdict.claim
    body: dict[str, Any] = {
        "id": claim.id,
        "title": claim.title,
        "chapter": chapter(claim.id),
        "kind": claim.kind,
        "status": verdict.status,
    }
    if claim.not_tight:
        body["not_tight"] = claim.not_tight
    if claim.id.startswith("lemma:"):
        lemma = LEMMAS[claim.id.removeprefix("lemma:")]
        body["property_test"] = {"draws": PROBES, "failures": property_test(lemma, cache=cache)}
    body |= {
        "source": claim.source,
        "statement": claim.statement,
        "steps": [_step(claim, s) for s in verdict.steps],
        "assumptions": [a.id for a in claim.assumptions],
        "necessity": {
            name: {"kind": m.kind, "values": m.shown(), "violates": verdict.violates.get(name)}
            for name, m in claim.necessity.items()
        },
        "attained": [m.shown() for m in claim.attained],
        "counterexample": dict(verdict.counterexample),
        "problems": list(verdict.problems),
        "missing": list(verdict.missing),
    }
    return body


def _step(claim: Claim, step: StepVerdict) -> dict[str, Any]:
    body: dict[str, Any] = {"id": step.id, "kind": step.kind, "engine": step.engine, "status": step.status}
    body |= {"seconds": round(step.seconds, 6), "message": step.message}
    if step.status in ("refuted", "undecided"):
        body["statement"] = str(claim.step(step.id).statement)
    for name in ("counterexample", "witness"):
        if getattr(step, name):
            body[name] = dict(getattr(step, name))
    if step.obligations:
        body["obligations"] = list(step.obligations)
    return body


def mutant_row(mutant: Mutant) -> dict[str, Any]:
    """One mutant as the contract lists it."""
    return {
        "claim": mutant.claim,
        "step": mutant.step,
        "mutation": mutant.mutation,
        "direction": mutant.direction,
        "caught_by": mutant.caught_by,
        "equivalent": mutant.equivalent,
    }
