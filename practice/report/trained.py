"""The stored studies of trained policies (``stalelaw train``), with the few extremes that the page names.

They take minutes to make, so that a report reads them; each says by which command and commit it was made, and a test
fails when its settings are no longer those of the presets.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

__all__ = ["STUDIES", "read_study", "trained_part"]

STUDIES = ("mlp", "transformer")


def read_study(name: str) -> dict[str, Any]:
    """Return a study that ships with the package (``stalelaw.examples``)."""
    return json.loads(files("stalelaw.examples").joinpath("trained", f"{name}.json").read_text(encoding="utf-8"))


def trained_part() -> dict[str, Any]:
    """Return the ``trained`` part of ``verdicts.json``: the studies in order, with what the page says of each."""
    studies = [read_study(name) for name in STUDIES]
    return {"studies": [study | {"summary": _summary(study)} for study in studies]}


def _summary(study: Mapping[str, Any]) -> dict[str, Any]:
    """Best and last reward of every run (means between saved states), extremes of the cosine of H with the slope of V,
    and of the agreement of sampling with enumeration."""
    runs: list[Any] = study["runs"]
    outcomes = list[dict[str, float]]()
    for run in runs:
        every, reward = run["settings"]["every"], run["reward"]
        means = [sum(reward[k : k + every]) / len(reward[k : k + every]) for k in range(0, len(reward), every)]
        outcomes.append({"first": means[0], "best": max(means), "last": means[-1]})
    live = [row for run in runs for row in run["checkpoints"] if row["cosine"] is not None]
    checked = [phase for run in runs for phase in run["phases"] if "z" in phase]
    z = [x for p in checked for x in (p["z"]["value"], p["z"]["gradient_squared"], p["z"]["bias_squared"][0])]
    far = [abs(x) for x in z if x is not None]
    return {
        "outcomes": outcomes,
        "cosine_least": min(row["cosine"] for row in live),
        "comparisons": len(far),
        "z_largest": max(far),
        "lag_short": study["lags"][0],
        "lag_long": study["lags"][-1],
    }
