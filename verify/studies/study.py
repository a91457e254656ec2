"""The study of the bias on all drawn problems: one row each, kept as they are finished, and what they say together."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from ...theory.surrogates import surrogate
from ...theory.surrogates.analysis import facts
from ..ladder import Rungs
from ..ladder import summary as ladder_summary
from .bias_row import Row, measure_problem
from .drawn import COUNT
from .kinds import KINDS

__all__ = ["FAMILIES", "STRIDES", "farthest", "rows", "study", "summary"]

STRIDES = {"quick": 23, "full": 1}
"""Which problems a suite takes: every 23rd, 13 of them with every policy kind and lag model, or all."""
FAMILIES = {"jump": "clip that jumps", "Lipschitz": "Lipschitz weight", "smooth": "smooth gate", "none": "no clip"}
"""What a loss does at its clip, as derived from its record."""


def _read(file: Path) -> dict[int, Row]:
    """Rows of earlier runs; a last line that was cut off is left out."""
    found: dict[int, Row] = {}
    for line in file.read_text("utf-8").splitlines() if file.exists() else ():
        try:
            known = json.loads(line)
        except json.JSONDecodeError:
            continue
        found[known["index"]] = Row(**known | {"ladder": Rungs(**known["ladder"])})
    return found


def study(
    seed: int,
    stride: int = 1,
    device: str = "cpu",
    folder: Path | None = None,
    notify: Callable[[int, int], None] = lambda done, total: None,
) -> list[Row]:
    """Return the rows of the problems 0, stride, 2·stride, … below ``COUNT``.

    Args:
        seed: replays the problems.
        stride: 1 for all of them.
        device: torch device.
        folder: where finished rows are kept, one JSON line each, so that a run that was killed goes on where it was.
        notify: called with (rows done, rows in all) before each.

    Raises:
        ValueError: a stride below 1.
    """
    if stride < 1:
        raise ValueError(f"expected a stride >= 1, got {stride}")
    wanted = range(0, COUNT, stride)
    file = None if folder is None else folder / f"study-{seed}.jsonl"
    known = _read(file) if file else {}
    for done, index in enumerate(wanted):
        notify(done, len(wanted))
        if index in known:
            continue
        known[index] = measure_problem(seed, index, device)
        if file:
            file.parent.mkdir(parents=True, exist_ok=True)
            ended = not file.exists() or file.read_text("utf-8")[-1:] in ("", "\n")
            with file.open("a", encoding="utf-8") as lines:
                lines.write(("" if ended else "\n") + json.dumps(asdict(known[index]), allow_nan=False) + "\n")
                lines.flush()
                os.fsync(lines.fileno())
    return [known[index] for index in wanted]


@lru_cache(maxsize=4)
def rows(seed: int, stride: int, device: str) -> tuple[Row, ...]:
    """Return ``study`` as made once per process, for the claims that read it."""
    return tuple(study(seed, stride, device))


def farthest(values: Sequence[float | None], expected: float) -> float:
    """Return the value farthest from ``expected``; NaN where there is none, or one that should be there is missing."""
    known = [value for value in values if value is not None]
    return math.nan if not known or len(known) < len(values) else max(known, key=lambda value: abs(value - expected))


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _cell(rows: Sequence[Row]) -> dict[str, Any]:
    """Counts, and the exponents farthest from what the derivatives at the start predict."""
    first = [row for row in rows if row.order == 1]
    gaps = [row.source_gap for row in rows if row.source_gap is not None]
    slopes = [row.eta_exponent for row in first]
    rests = [row.remainder_exponent for row in rows if row.curved]
    return {
        "problems": len(rows),
        "first_order": len(first),
        "second_order": sum(row.order == 2 for row in rows),
        "null": sum(row.order == 0 for row in rows),
        "null_round_off": max((row.round_off for row in rows if row.order == 0), default=None),
        "eta_slope": _number(farthest(slopes, 1.0)),
        "lag_slope": _number(farthest([row.lag_slope for row in first], 1.0)),
        "coefficient": _number(farthest([row.coefficient for row in first], 1.0)),
        "remainder_slope": _number(farthest(rests, 2.0)),
        "eta_within": sum(x is not None and abs(x - 1.0) <= 0.01 for x in slopes),
        "lag_within": sum(row.lag_slope is not None and abs(row.lag_slope - 1.0) <= 0.01 for row in first),
        "curved": len(rests),
        "remainder_within": sum(x is not None and abs(x - 2.0) <= 0.05 for x in rests),
        "split": len(gaps),
        "source_gap": max(gaps, default=None),
    }


def summary(rows: Sequence[Row]) -> dict[str, Any]:
    """Return what the rows say: all inside together, by policy kind and loss family, the ladder per kind."""
    inside = [row for row in rows if row.inside]
    cells = [
        {"kind": kind, "family": name, **_cell(found)}
        for kind in KINDS
        for clip, name in FAMILIES.items()
        if (found := [r for r in inside if r.kind == kind and facts(surrogate(r.loss)).clip == clip])
    ]
    ladders = [{"kind": k, **ladder_summary([r.ladder for r in inside if r.kind == k])} for k in KINDS]
    return {"all": _cell(inside), "outside": len(rows) - len(inside), "cells": cells, "ladders": ladders}
