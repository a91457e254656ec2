"""Compare a run of ``stalelaw check`` with an earlier one: newly failing claims and drift of tightness."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, FiniteFloat, ValidationError

from ..verify.verdicts import Status
from .errors import BadInput
from .jsonio import SCHEMA_VERSION, load, stamped

__all__ = ["DRIFT", "Document", "compare", "read"]

DRIFT = 0.01
"""Relative change of tightness that is reported; deterministic measurements move by rounding only."""

FAILING = ("violated", "refuted-empirically", "undecided")
NOTED = ("stalelaw_version", "seed", "policy", "device")
NUMBER = re.compile(r"[-+]?\d+(\.\d*)?(e[-+]?\d+)?")


class _Row(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)

    claim: str
    status: Status
    objective: str
    tightness: FiniteFloat | None
    message: str


class Document(BaseModel):
    """What is read of a document of ``stalelaw check --json``."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)

    schema_version: int
    stalelaw_version: str
    suite: str
    seed: int
    policy: str
    device: str
    verdicts: list[_Row]


def read(path: Path, suite: str) -> Document:
    """Read the document of an earlier ``stalelaw check --json``.

    Raises:
        BadInput: not such a document, another schema version, or made with another suite, whose rows are about other
            problems and runs.
    """
    expected = "a document of `stalelaw check --json`"
    try:
        document = Document.model_validate(load(path, expected))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the document"
        raise BadInput(expected, f"{path}: {where}: {first['msg']}", "make it again with --json") from error
    if document.schema_version != SCHEMA_VERSION:
        got = f"{path} with schema_version {document.schema_version}"
        raise BadInput(f"schema_version {SCHEMA_VERSION}", got, "make the baseline again with this version")
    if document.suite != suite:
        got = f"{path}, made with suite {document.suite!r}"
        raise BadInput(f"a baseline of suite {suite!r}", got, "use the same --suite")
    return document


def compare(document: Mapping[str, Any], old: Document, chosen: bool = False) -> dict[str, Any]:
    """What changed since the baseline.

    Rows are matched within a claim: first those with the same objective and message; then those whose objective and
    message differ in numbers only; then, where as many are left on both sides, in their order.

    Args:
        document: this run, before it is stamped with versions.
        old: the baseline.
        chosen: the run was asked for some claims or bounds only, so that the others of the baseline are not gone.

    Returns:
        ``newly_failing`` (rows that did not fail before, or are new and fail), ``tightness_drift`` (relative change
        above ``drift_threshold``, or a tightness that came or went), ``new`` and ``gone`` rows, ``not_chosen`` (claims
        of the baseline that were not asked for), and ``differences`` of version, seed, policy and device. With
        another seed the problems are others, and tightness moves with them.
    """
    now = Document.model_validate(stamped(document))
    failing, drift = list[dict[str, Any]](), list[dict[str, Any]]()
    new, gone = list[dict[str, Any]](), list[dict[str, Any]]()
    before, after = _by_claim(old.verdicts), _by_claim(now.verdicts)
    left_out = [claim for claim in before if claim not in after]
    for claim in after if chosen else (*after, *left_out):
        rows, known = after.get(claim, []), before.get(claim, [])
        partner = _matched(known, rows)
        for number, row in enumerate(rows):
            was = known[partner[number]] if number in partner else None
            place = {"claim": claim, "row": number, "message": row.message}
            if was is None:
                new.append(place | {"is": row.status})
            if row.status in FAILING and (was is None or was.status not in FAILING):
                failing.append(place | {"was": was.status if was else None, "is": row.status})
            if was and _drifted(was.tightness, row.tightness):
                drift.append(place | {"was": was.tightness, "is": row.tightness})
        left = set(range(len(known))) - set(partner.values())
        gone += [{"claim": claim, "row": i, "message": known[i].message, "was": known[i].status} for i in sorted(left)]
    return {
        "newly_failing": failing,
        "tightness_drift": drift,
        "drift_threshold": DRIFT,
        "new": new,
        "gone": gone,
        "not_chosen": left_out if chosen else [],
        "differences": [
            {"what": key, "was": getattr(old, key), "is": getattr(now, key)}
            for key in NOTED
            if getattr(old, key) != getattr(now, key)
        ],
    }


def _drifted(was: float | None, now: float | None) -> bool:
    if was is None or now is None:
        return was is not now
    return abs(now - was) > DRIFT * abs(was)


def _matched(old: Sequence[_Row], now: Sequence[_Row]) -> dict[int, int]:
    """Place in ``old`` of each row of ``now`` that has a partner."""
    partner: dict[int, int] = {}

    def words(row: _Row) -> Hashable:
        return NUMBER.sub("#", row.objective), NUMBER.sub("#", row.message)

    keys: tuple[Callable[[_Row], Hashable], ...] = (lambda row: (row.objective, row.message), words)
    for key in keys:
        free: dict[Hashable, list[int]] = defaultdict(list)
        for i in sorted(set(range(len(old))) - set(partner.values())):
            free[key(old[i])].append(i)
        for j, row in enumerate(now):
            if j not in partner and free[key(row)]:
                partner[j] = free[key(row)].pop(0)
    left_old = sorted(set(range(len(old))) - set(partner.values()))
    left_now = [j for j in range(len(now)) if j not in partner]
    if len(left_old) == len(left_now):
        partner |= dict(zip(left_now, left_old, strict=True))
    return partner


def _by_claim(rows: Sequence[_Row]) -> dict[str, list[_Row]]:
    found: dict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        found[row.claim].append(row)
    return found
