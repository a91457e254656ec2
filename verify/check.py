"""Confront every claim of the theory with its measurement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from ..theory.claims import all_claims
from ..theory.surrogates.registered import registered
from .on_policy import measure_claims, measure_trained
from .studies.kinds import Kind
from .verdicts import Verdict, not_measured

__all__ = ["SUITES", "rows", "run"]

SUITES = ("quick", "full")
UNMEASURED = {
    "definition": "a definition; there is nothing to measure",
    "cited": "cited, not proved here; its source is in the claim",
}


def _measure(claim: str) -> Callable[..., list[Verdict]] | None:
    """The ``measure`` of verify/claims/<claim>.py, the one of all losses, or None where there is neither."""
    loss = next((x for x in registered().losses if x.claim_id == claim), None)
    if loss is not None:
        from . import surrogates

        return partial(surrogates.measure, loss)
    name = f"{__package__}.claims.{claim.replace('-', '_')}"
    return None if find_spec(name) is None else import_module(name).measure


def run(
    claims: Sequence[str] | None = None,
    suite: str = "quick",
    seed: int = 0,
    device: str = "cpu",
    on_claim: Callable[[str], None] | None = None,
    kind: Kind | None = None,
) -> list[Verdict]:
    """Measure the named claims, or all of them, in the theory's order.

    Args:
        claims: claim ids; None or empty for all.
        suite: "quick" (seconds) or "full" (more problems and longer runs).
        seed: replays everything, ≥ 0.
        device: torch device of the policies; random numbers are drawn on the CPU and are the same everywhere.
        on_claim: called with each id before it is measured (for a progress line).
        kind: which policies; tabular softmax where none is given.

    Returns:
        At least one verdict per claim; definitions, cited claims and claims without a measurement file are
        "not-measured" with the reason.

    Raises:
        ValueError: unknown claim, suite or a negative seed.
    """
    known = {claim.id: claim for claim in all_claims()}
    unknown = [claim for claim in claims or () if claim not in known]
    if unknown:
        raise ValueError(f"expected claims among {list(known)}, got {unknown}")
    if suite not in SUITES:
        raise ValueError(f"expected a suite among {list(SUITES)}, got {suite!r}")
    if seed < 0:
        raise ValueError(f"expected a seed >= 0, got {seed}")
    chosen = set(claims or known)
    elsewhere: list[Verdict] = []
    if kind is not None and not kind.tabular:
        elsewhere = measure_claims(chosen, kind, seed, suite, device)
        elsewhere += measure_trained(kind.name, chosen, seed, suite, device)
    found: list[Verdict] = []
    for claim in known.values():
        if claims and claim.id not in claims:
            continue
        if on_claim is not None:
            on_claim(claim.id)
        measure = _measure(claim.id)
        if claim.kind in UNMEASURED:
            found.append(not_measured(claim.id, UNMEASURED[claim.kind], seed))
        elif kind is not None and not kind.tabular:
            reason = f"its formula or its measurement is for tabular policies or none, not for {kind.name}"
            found.extend([r for r in elsewhere if r.claim == claim.id] or [not_measured(claim.id, reason, seed)])
        elif measure is None:
            found.append(not_measured(claim.id, "no measurement file of this name", seed))
        else:
            found.extend(measure(seed, suite, device))
    return found


def rows(verdicts: Sequence[Verdict]) -> list[dict[str, Any]]:
    """Return the verdicts as JSON-able dictionaries (no NaN: null, and the message says which number it was)."""
    return [verdict.as_dict() for verdict in verdicts]
