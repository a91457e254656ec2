"""Verdicts kept between runs, by content: one small JSON file per key, safe to delete at any time.

What is trusted: a file is used only when it fits its key (``theory.store``), and when its verdicts fit the steps of the
claim one by one; the status is worked out anew from them. The key is the hash of everything the verdict depends on
(``theory.content``), so a file cannot be taken for the verdict on another claim, another engine or another version.
``--no-cache`` proves everything anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any, get_args

from .proof.check import status_of
from .proof.mutants import Mutant
from .proof.records import Claim, ClaimVerdict, StepStatus, StepVerdict
from .store import Store, user_folder

__all__ = ["Cache", "user_cache"]


def user_cache() -> Cache:
    """The cache in the folder of this user."""
    return Cache(user_folder())


class Cache(Store):
    """Verdicts on disk. Whatever is wrong with the folder or a file means: not there; nothing is ever raised.

    Args:
        folder: where the files lie, made when first written to; None keeps nothing.
    """

    def verdict(self, claim: Claim, key: str | None) -> ClaimVerdict | None:
        """The verdict kept for a claim with this content key."""
        body = self.load("claim", key)
        try:
            return None if body is None else _verdict(claim, body)
        except (KeyError, TypeError, ValueError, AttributeError):
            return None

    def keep_verdict(self, verdict: ClaimVerdict, key: str | None) -> None:
        """Keep a verdict, unless an engine could not decide a step: another run may."""
        if any(s.status == "undecided" for s in verdict.steps):
            return
        body = {
            "claim": verdict.claim.id,
            "status": verdict.status,
            "steps": [asdict(s) for s in verdict.steps],
            "problems": list(verdict.problems),
            "missing": list(verdict.missing),
            "counterexample": dict(verdict.counterexample),
            "violates": dict(verdict.violates),
        }
        self.store("claim", key, body)

    def mutants(self, claim: Claim, key: str | None) -> list[Mutant] | None:
        """The mutants kept for a claim with this content key."""
        body = self.load("mutants", key)
        try:
            return None if body is None else [_mutant(claim, row) for row in body]
        except (KeyError, TypeError, ValueError, AttributeError):
            return None

    def keep_mutants(self, found: list[Mutant], key: str | None) -> None:
        """Keep the mutants of one claim."""
        self.store("mutants", key, [asdict(m) for m in found])

    def failures(self, key: str | None) -> int | None:
        """The number of failed draws kept for a lemma's property test."""
        body = self.load("lemma", key)
        return body if isinstance(body, int) and not isinstance(body, bool) and body >= 0 else None

    def keep_failures(self, failures: int, key: str | None) -> None:
        """Keep the number of failed draws of a lemma's property test."""
        self.store("lemma", key, failures)


def _verdict(claim: Claim, body: Mapping[str, Any]) -> ClaimVerdict:
    """A verdict from plain data.

    Raises:
        ValueError: it does not fit the claim.
    """
    steps = tuple(_step(row) for row in body["steps"])
    problems, missing = _texts(body["problems"]), _texts(body["missing"])
    if [(s.id, s.kind) for s in steps] != [(s.id, s.kind) for s in claim.steps]:
        raise ValueError("other steps")
    if body["claim"] != claim.id or body["status"] != status_of(claim, steps, problems):
        raise ValueError("another claim, or a status that its steps do not give")
    counterexample = _pairs(body["counterexample"])
    return ClaimVerdict(claim, body["status"], steps, problems, missing, counterexample, _pairs(body["violates"]))


def _step(row: Mapping[str, Any]) -> StepVerdict:
    if set(row) != {f.name for f in fields(StepVerdict)} or row["status"] not in get_args(StepStatus):
        raise ValueError("no verdict on a step")
    seconds = row["seconds"]
    if not isinstance(seconds, int | float) or not 0 <= seconds < 1e9:
        raise ValueError("no running time")
    plain = {name: _text(row[name]) for name in ("id", "kind", "status", "engine", "message")}
    named = {name: _pairs(row[name]) for name in ("counterexample", "witness")}
    obligations = _texts(row["obligations"])
    return StepVerdict(**plain, seconds=float(seconds), **named, obligations=obligations)  # type: ignore[arg-type]


def _mutant(claim: Claim, row: Mapping[str, Any]) -> Mutant:
    by = row["caught_by"]
    fits = row["claim"] == claim.id and row["direction"] in ("strengthening", "weakening", "neither")
    flags = isinstance(row["equivalent"], bool) and row["cut_short"] is False
    if set(row) != {f.name for f in fields(Mutant)} or not fits or not flags:
        raise ValueError("no mutant of this claim")
    step, mutation = claim.step(row["step"]).id, _text(row["mutation"])
    return Mutant(claim.id, step, mutation, row["direction"], None if by is None else _text(by), row["equivalent"])


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("expected text")
    return value


def _texts(values: Any) -> tuple[str, ...]:
    if not isinstance(values, list):
        raise ValueError("expected a list")
    return tuple(_text(v) for v in values)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]


def _pairs(value: Any) -> dict[str, str]:
    return {_text(k): _text(v) for k, v in value.items()}
