"""The six shipped TRL runs: reward curves, what they say on (a, b) under each law, which (S, eta) that decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.resources import as_file, files
from typing import Any

import numpy as np

from ...theory.laws import law
from ..calibrate import calibrate
from ..calibration import Calibration, SlabBox
from ..outcome import classify, trailing_mean
from ..staleness import resolve
from ..trainers import RunLog, read_log

__all__ = ["LAWS", "calibration_part", "read_shipped", "undecided_plane"]

LAWS = ("min", "max")


def read_shipped() -> list[RunLog]:
    """Read the runs that ship with the package (``stalelaw.examples``), named by their file names."""
    logs: list[RunLog] = []
    folder = files("stalelaw.examples").joinpath("runs")
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".json"):
            with as_file(entry) as path:
                logs.append(replace(read_log(path), file=entry.name))
    return logs


def calibration_part(logs: Sequence[RunLog]) -> tuple[dict[str, Any], dict[str, Calibration]]:
    """Return the ``calibration`` part of ``verdicts.json``, and the calibrations that a plan may use.

    The second set leaves out runs that fail on-policy (S = 1): no staleness law speaks about them.
    """
    staleness = resolve(logs, None, infer=True)
    part: dict[str, Any] = {name: calibrate(logs, staleness, name).document() for name in LAWS}
    first = part[LAWS[0]]["runs"]
    failing = [run["file"] for run in first if run["staleness"] == 1 and run["outcome"] in ("collapsed", "degraded")]
    kept = [log for log in logs if log.file not in failing]
    found = {name: calibrate(kept, resolve(kept, None, infer=True), name) for name in LAWS}
    part["without_on_policy_failures"] = {"left_out": failing} | {n: c.document() for n, c in found.items()}
    part["curves"] = [_curve(log) for log in logs]
    outcomes = [run["outcome"] for run in first]
    part["summary"] = {
        "runs": len(logs),
        **{name: outcomes.count(name) for name in ("stable", "degraded", "collapsed", "undecided")},
        "largest_staleness": max(run["staleness"] for run in first),
        "horizon": max(log.steps for log in logs),
    }
    return part, found


def _curve(log: RunLog) -> dict[str, Any]:
    """Raw and smoothed reward; a non-finite reward is null, and the smoothed one there too."""
    window = classify(log.reward_steps, log.rewards).window
    raw = np.asarray(log.rewards, dtype=np.float64)
    smooth = trailing_mean(raw[np.isfinite(raw)].tolist(), window).tolist()
    values = iter(smooth)
    return {
        "file": log.file,
        "window": window,
        "steps": list(log.reward_steps),
        "reward": [value if np.isfinite(value) else None for value in raw.tolist()],
        "smoothed": [next(values) if np.isfinite(value) else None for value in raw.tolist()],
    }


def undecided_plane(document: Mapping[str, Any], staleness: np.ndarray, eta: np.ndarray, horizon: int) -> np.ndarray:
    """Say what the exact set of (a, b) decides at each (S, eta): 1 stable, -1 unstable for all of it, 0 undecided.

    Args:
        document: one calibration.
        staleness: S, one axis.
        eta: learning rate, other axis.
        horizon: T in learner steps.

    Returns:
        int array (len(eta), len(staleness)). A law grows with a and b, so the corners of each slab decide.
    """
    chosen = law(str(document["law"]))
    ever, never = (np.zeros((len(eta), len(staleness)), dtype=bool) for _ in range(2))
    for box in document["region"]["slabs"]:
        slab = SlabBox.model_validate(box)
        high = {"a": slab.a_high, "b": slab.b_high}
        low = {"a": slab.a_low, "b": slab.b_low}
        loads = {"a": eta[:, None] * staleness[None, :], "b": np.repeat(eta[:, None] * horizon, len(staleness), 1)}
        able = [_reaches(loads[str(c.constant)], high[str(c.constant)]) for c in chosen.constraints]
        sure = [loads[str(c.constant)] <= low[str(c.constant)] for c in chosen.constraints]
        combine = np.logical_and if chosen.combiner == "all" else np.logical_or
        ever |= combine.reduce(able)
        never |= ~combine.reduce(sure)
    return np.where(ever & ~never, 1, np.where(never & ~ever, -1, 0))


def _reaches(load: np.ndarray, high: float | None) -> np.ndarray:
    """Whether some constant below its (open) upper limit is at least the load."""
    return np.ones_like(load, dtype=bool) if high is None else load < high
