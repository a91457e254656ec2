"""Compare a run of ``stalelaw check`` with an earlier one: newly failing claims and drift of tightness."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from .errors import BadInput
from .jsonio import SCHEMA_VERSION, load

__all__ = ["DRIFT", "compare", "read"]

DRIFT = 0.01
"""Relative change of tightness that is reported; deterministic measurements move by rounding only."""

FAILING = ("violated", "refuted-empirically", "undecided")


class _Row(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)

    claim: str
    status: str
    tightness: float | None
    message: str


class _Document(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)

    schema_version: int
    suite: str
    seed: int
    verdicts: list[_Row]


def read(path: Path, suite: str, seed: int) -> list[_Row]:
    """Read the verdicts of an earlier ``stalelaw check --json``.

    Raises:
        BadInput: not such a document, another schema version, or made with another suite or seed.
    """
    expected = "a document of `stalelaw check --json`"
    try:
        document = _Document.model_validate(load(path, expected))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the document"
        raise BadInput(expected, f"{path}: {where}: {first['msg']}", "make it again with --json") from error
    if document.schema_version != SCHEMA_VERSION:
        got = f"{path} with schema_version {document.schema_version}"
        raise BadInput(f"schema_version {SCHEMA_VERSION}", got, "make the baseline again with this version")
    if (document.suite, document.seed) != (suite, seed):
        got = f"{path}, made with suite {document.suite!r} and seed {document.seed}"
        raise BadInput(f"a baseline of suite {suite!r} and seed {seed}", got, "use the same --suite and --seed")
    return document.verdicts


def compare(verdicts: Sequence[dict[str, Any]], old: Sequence[_Row]) -> dict[str, Any]:
    """What changed since the baseline, row by row in the order of each claim's measurements.

    Args:
        verdicts: rows of this run, as in the contract.
        old: rows of the baseline.

    Returns:
        ``newly_failing`` (rows that did not fail before), ``tightness_drift`` (relative change above ``DRIFT``) and
        ``rows_changed`` (claims whose number of measurements differs; they are compared as far as both go).
    """
    before, now = _by_claim(old), _by_claim([_Row.model_validate(v) for v in verdicts])
    failing: list[dict[str, Any]] = []
    drift: list[dict[str, Any]] = []
    for claim, rows in now.items():
        for number, row in enumerate(rows):
            known = before.get(claim, [])
            was = known[number] if number < len(known) else None
            place = {"claim": claim, "row": number, "message": row.message}
            if row.status in FAILING and (was is None or was.status not in FAILING):
                failing.append(place | {"was": was.status if was else None, "is": row.status})
            if was and was.tightness and row.tightness and abs(row.tightness / was.tightness - 1) > DRIFT:
                drift.append(place | {"was": was.tightness, "is": row.tightness})
    changed = sorted(c for c in now if len(now[c]) != len(before.get(c, [])))
    return {"newly_failing": failing, "tightness_drift": drift, "rows_changed": changed}


def _by_claim(rows: Sequence[_Row]) -> dict[str, list[_Row]]:
    found: dict[str, list[_Row]] = {}
    for row in rows:
        found.setdefault(row.claim, []).append(row)
    return found
