"""Policies that were really trained: their runs, checkpoints before, during and after the climb, sampled exponents.

``study`` makes every run of a preset and measures it, as JSON-able columns for the report. Runs and measurements are
kept in a folder and gone on with where they were cut (``saved``).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

from ..estimators import Estimate
from ..populations.exact import ExactPopulation
from ..runs.asynchronous import Row, Trainer, TrainState
from .checkpoints import enumerable, enumerated, exactly, local
from .checkpoints_sampled import sampled
from .experiments import PRESETS, Experiment
from .exponents import DRAWS, DRIFTS, Draws, drift_slope, exact_slope, lag_slope, naive_slope
from .saved import kept, read_rows, resume, saved_state, saved_steps
from .slopes_sampled import SampledSlope

__all__ = ["LAGS", "make_run", "phases", "study"]

LAGS = (1, 2, 4, 8, 16)
Notify = Callable[[str, int, int], None]
"""Called with what is being made, how much of it is done, and how much there is."""

NAIVE_DRAWS = Draws(blocks=16, groups=128, seed=5_000_001)
CHECKPOINT_DRAWS = Draws(blocks=16, groups=128, seed=3_000_001)


def phases(rewards: Sequence[float], steps: Sequence[int]) -> dict[str, int]:
    """Return which of the saved steps stand for which phase of a run, by a rule fixed beforehand.

    On the mean reward between saved steps: *during* is the first step halfway from the first mean to the best, *after*
    that of the best, *near collapse* the first one after it with less than half of the best, *end* the last step.

    Args:
        rewards: one per learner step.
        steps: saved steps, from 0, at least two.

    Example:
        >>> phases([0.1] * 2 + [0.6] * 2 + [0.9] * 2 + [0.0] * 2, [0, 2, 4, 6, 8])
        {'before': 0, 'during': 4, 'after': 6, 'near collapse': 8, 'end': 8}
    """
    means = [sum(rewards[a:b]) / (b - a) for a, b in itertools.pairwise(steps)]
    best = max(range(len(means)), key=means.__getitem__)
    halfway = next(i for i, r in enumerate(means) if r >= (means[0] + means[best]) / 2)
    fallen = next((i for i in range(best, len(means)) if means[i] < means[best] / 2), None)
    found = {"before": steps[0], "during": steps[1 + halfway], "after": steps[1 + best]}
    return found | ({} if fallen is None else {"near collapse": steps[1 + fallen]}) | {"end": steps[-1]}


def _z(estimate: Estimate, truth: float) -> float | None:
    return (estimate.value - truth) / estimate.stderr if estimate.stderr > 0.0 else None


def make_run(
    experiment: Experiment, folder: Path, device: str, notify: Notify
) -> tuple[Trainer, list[Row], list[int], ExactPopulation | None]:
    """Make a run, and return it with its saved steps and its exact population where it can be enumerated."""
    trainer = experiment.trainer(device)

    def told(row: Row) -> None:
        notify(f"training {experiment.name}", row.step + 1, experiment.steps)

    start, settings = (lambda: experiment.start(trainer)), experiment.settings()
    resume(trainer, start, experiment.seed, experiment.steps, folder, settings, experiment.every, told)
    exact = enumerated(trainer) if enumerable(trainer.task) else None
    return trainer, read_rows(folder), saved_steps(folder), exact


def _column(folder: Path, trainer: Trainer, exact: ExactPopulation, step: int, at: Callable[[], TrainState]) -> Any:
    """The exact numbers of any saved step."""

    def make() -> dict[str, Any]:
        return {"step": step, **asdict(exactly(trainer, exact, at(), LAGS))}

    return kept(folder / "measured" / f"exact-{step}.json", {"lags": LAGS}, make)


def _checkpoint(
    folder: Path, trainer: Trainer, exact: ExactPopulation | None, step: int, at: Callable[[], TrainState]
) -> Any:
    """All of one checkpoint in one of the phases: the constant, the first order, and sampling against enumeration."""
    draws = CHECKPOINT_DRAWS

    def make() -> dict[str, Any]:
        state = at()
        lags = [s for s in LAGS if s < len(state.history)]
        ends = [lags[0], lags[-1]]
        found = sampled(trainer, state, ends, draws.blocks, draws.groups, draws.seed)
        row: dict[str, Any] = {"step": step, "sampled": asdict(found)}
        if exact is not None:
            truth = exactly(trainer, exact, state, ends)
            row["local"] = asdict(local(exact, state, lags[-1])) if truth.lags[-1].drift > 0.0 else None
            row["z"] = {
                "value": _z(found.value, truth.value),
                "gradient_squared": _z(found.gradient_squared, truth.gradient**2),
                "bias_squared": [_z(a.squared, b.bias**2) for a, b in zip(found.lags, truth.lags, strict=True)],
            }
        return row

    return kept(
        folder / "measured" / f"phase-{step}.json", {"lags": LAGS, "draws": asdict(draws), "less": "mates"}, make
    )


def study(preset: str, folder: Path, device: str, notify: Notify) -> dict[str, Any]:
    """Make and measure every run of a preset.

    The sampled exponent is that of the *during* checkpoint of the first run. ``DRAWS`` was fixed by a pilot with
    another seed, before the mates' weights were controlled for: ``Draws(16, 128, seed=1)`` gave an interval of width
    0.91, so it has eight times as many groups.

    Args:
        preset: key of ``PRESETS``.
        folder: of the runs; kept, and gone on with.
        device: torch device.
        notify: progress.

    Returns:
        JSON-able: per run its settings, reward of every learner step, exact columns at every saved step, phases with
        constants and with sampling against enumeration; the exponents.

    Raises:
        ValueError: an unknown preset, or a folder that holds other runs.
    """
    if preset not in PRESETS:
        raise ValueError(f"expected a preset among {list(PRESETS)}, got {preset!r}")
    runs, slopes = list[dict[str, Any]](), dict[str, Any]()
    for number, experiment in enumerate(PRESETS[preset]):
        place = folder / f"{preset}-{number}"
        trainer, rows, steps, exact = make_run(experiment, place, device, notify)
        chosen = phases([row.reward for row in rows], steps)
        columns, measured = list[Any](), dict[int, Any]()
        for k, step in enumerate(steps):
            notify(f"measuring {experiment.name}", k, len(steps))
            at = partial(saved_state, place, step, device)
            if exact is not None:
                columns.append(_column(place, trainer, exact, step, at))
            if step in chosen.values() and step > 0 and experiment.interval > 1:
                measured[step] = _checkpoint(place, trainer, exact, step, at)
        runs.append(
            {
                "name": experiment.name,
                "settings": experiment.settings() | {"steps": experiment.steps},
                "task": trainer.task.name,
                "parameters": sum(x.numel() for x in trainer.policy.params().values()),
                "reward": [round(row.reward, 6) for row in rows],
                "drift": max(row.drift for row in rows),
                "ratio_max": max(row.ratio_max for row in rows),
                "phases": [{"phase": name, **measured.get(step, {"step": step})} for name, step in chosen.items()],
                "checkpoints": columns,
            }
        )
        if number == 0:
            notify(f"exponents, {experiment.name}", 0, 1)
            slopes = _slopes(place, trainer, exact, saved_state(place, chosen["during"], device))
    return {"preset": preset, "device": device, "lags": list(LAGS), "runs": runs, "slopes": slopes}


def _plain(slope: SampledSlope) -> dict[str, Any]:
    """The record for JSON: null for the value and the ends of an interval that decides nothing."""
    low, high = slope.sure
    row = asdict(slope) | {"width": slope.width, "sure_low": low, "sure_high": high}
    del row["sure"]
    return {k: None if isinstance(x, float) and not math.isfinite(x) else x for k, x in row.items()}


def _slopes(folder: Path, trainer: Trainer, exact: ExactPopulation | None, state: TrainState) -> dict[str, Any]:
    """The exponents in the drift and in the lag, by sampling and by enumeration."""
    half = replace(DRAWS, groups=DRAWS.groups // 2)

    def drift() -> dict[str, Any]:
        return {"drift": _plain(drift_slope(trainer, state, DRAWS))}

    def naive() -> dict[str, Any]:
        return asdict(naive_slope(trainer, state, NAIVE_DRAWS))

    def lag() -> dict[str, Any]:
        return _plain(lag_slope(trainer, state, LAGS[::2], half))

    key = {"step": state.step, "drifts": DRIFTS, "lags": LAGS, "draws": asdict(DRAWS), "less": "mates"}
    place = folder / "measured"
    found: dict[str, Any] = {"step": state.step, "draws": asdict(DRAWS), **kept(place / "drift.json", key, drift)}
    found["lag"] = kept(place / "lag.json", key, lag)
    found["naive"] = kept(place / "naive.json", key | {"draws": asdict(NAIVE_DRAWS)}, naive)
    if exact is not None:
        found["exact"] = dict(zip(("value", "change"), exact_slope(exact, state), strict=True))
    return found
