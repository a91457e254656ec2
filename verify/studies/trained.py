"""Policies that were really trained: their runs, checkpoints before, during and after the climb, sampled exponents.

``study`` makes every run of a preset and measures it, as JSON-able columns for the report. ``measure(policy, seed,
suite, device, folder)`` makes one run and returns rows for ``stalelaw check``. Both keep their runs in a folder and go
on where they were cut (``saved``).
"""

from __future__ import annotations

import itertools
import math
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ..constants import predict
from ..estimators import Estimate
from ..objectives import surrogate_gradient
from ..populations.exact import ExactPopulation
from ..populations.losses import Loss
from ..runs.asynchronous import Row, Trainer, TrainState
from ..slopes import extrapolated_slope
from ..trees import Params, add, flatten, norm
from ..verdicts import Measurement, Verdict, compare_exact, compare_order, compare_upper, not_measured
from .checkpoints import bias_parts, drawn, enumerable, enumerated, exactly, local, mean, sampled
from .experiments import PRESETS, Experiment
from .saved import kept, read_rows, resume, saved_state, saved_steps
from .slopes_sampled import SampledSlope, plug_in_slope, sampled_slope

__all__ = ["DRAWS", "LAGS", "POLICIES", "Draws", "drift_slope", "measure", "naive_slope", "phases", "study"]

LAGS = (1, 2, 4, 8, 16)
POLICIES = ("mlp", "transformer")
DRIFTS = (2.0**-6, 2.0**-7, 2.0**-8, 2.0**-9)
"""Levels of the sampled exponent, in displacements of the checkpoint's last learner step. The exponent is that of no
drift: at a whole step the curvature alone moves it by 0.1, at 1/8 still by more than the interval is wide; and one
batch is no noisier at a small drift than at a large one."""

Notify = Callable[[str, int, int], None]
"""Called with what is being made, how much of it is done, and how much there is."""


@dataclass(frozen=True)
class Draws:
    """How much is sampled: blocks of so many groups, and the seed of the draws (that of a run is another)."""

    blocks: int
    groups: int
    seed: int = 7_000_101


DRAWS = Draws(blocks=32, groups=512)
"""Of a sampled exponent, fixed beforehand: see ``study``."""
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


def _behind(state: TrainState) -> tuple[list[Params], list[float]]:
    """φ = θ − h d for h in ``DRIFTS``, d the displacement of the run's last learner step; and the drifts."""
    theta = state.history[-1]
    step = add(state.history[-2], theta, -1.0)
    if not norm(step) > 0.0:
        raise ValueError("expected a checkpoint whose last learner step moved the parameters")
    return [add(theta, step, h) for h in DRIFTS], [h * norm(step) for h in DRIFTS]


def drift_slope(trainer: Trainer, state: TrainState, draws: Draws) -> SampledSlope:
    """Return the exponent of ‖δ‖ in the drift at a checkpoint by Monte Carlo.

    θ is the checkpoint, φ lies behind it on the run's last learner step. Groups are drawn from φ, H(θ,θ) comes from the
    same groups reweighted.

    Raises:
        ValueError: the last learner step did not move the parameters.
    """
    points, drifts = _behind(state)
    theta = state.history[-1]
    parts = [bias_parts(trainer, theta, phi, draws.blocks, draws.groups, draws.seed) for phi in points]
    return sampled_slope(drifts, torch.stack(parts))


def naive_slope(trainer: Trainer, state: TrainState, draws: Draws) -> Estimate:
    """Return what the obvious way makes of the same exponent: H(θ,θ) from a batch of its own, and plain norms.

    Kept to be shown wrong: the mean over ``draws.blocks`` repetitions, with the standard error of that mean.
    """
    points, drifts = _behind(state)
    theta, seeds, found = state.history[-1], itertools.count(draws.seed), list[float]()
    for _ in range(draws.blocks):
        apart = list[Tensor]()
        for phi in points:
            one, other = (drawn(trainer, point, draws.groups, next(seeds)) for point in (phi, theta))
            h, fresh = surrogate_gradient(one, theta, phi), surrogate_gradient(other, theta, theta)
            apart.append(flatten(add(h, fresh, -1.0))[None])
        found.append(plug_in_slope(drifts, torch.stack(apart)))
    return mean(torch.tensor(found, dtype=torch.float64))


def lag_slope(trainer: Trainer, state: TrainState, draws: Draws) -> SampledSlope:
    """Return the exponent of ‖δ‖ in the lag at a checkpoint, φ = θ_{t−s} of the run itself, by Monte Carlo."""
    lags, theta = [s for s in LAGS[::2] if s < len(state.history)], state.history[-1]
    points = [state.history[-1 - s] for s in lags]
    parts = [bias_parts(trainer, theta, phi, draws.blocks, draws.groups, draws.seed) for phi in points]
    return sampled_slope([float(s) for s in lags], torch.stack(parts))


def exact_slope(population: ExactPopulation, state: TrainState) -> tuple[float, float]:
    """Return the exponent of ‖δ‖ in the drift by enumeration, extrapolated to no drift, and its last correction."""
    theta = state.history[-1]
    step, h = add(state.history[-2], theta, -1.0), surrogate_gradient(population, theta, theta)

    def bias(size: float) -> float:
        return norm(add(surrogate_gradient(population, theta, add(theta, step, size)), h, -1.0))

    levels = [2.0**-k for k in range(6)]
    slope = extrapolated_slope(levels, [bias(x) for x in levels], norm(h))
    return slope.value, slope.change


def _z(estimate: Estimate, truth: float) -> float | None:
    return (estimate.value - truth) / estimate.stderr if estimate.stderr > 0.0 else None


def _run(
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

    return kept(folder / "measured" / f"phase-{step}.json", {"lags": LAGS, "draws": asdict(draws)}, make)


def study(preset: str, folder: Path, device: str, notify: Notify) -> dict[str, Any]:
    """Make and measure every run of a preset.

    The sampled exponent is that of the *during* checkpoint of the first run. ``DRAWS`` was fixed by a pilot with
    another seed: ``Draws(16, 128, seed=1)`` gave an interval of width 0.91, so it has eight times as many groups.

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
        trainer, rows, steps, exact = _run(experiment, place, device, notify)
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
    row = asdict(slope) | {"width": slope.width}
    return {k: None if isinstance(x, float) and not math.isfinite(x) else x for k, x in row.items()}


def _slopes(folder: Path, trainer: Trainer, exact: ExactPopulation | None, state: TrainState) -> dict[str, Any]:
    """The exponents in the drift and in the lag, by sampling and by enumeration."""
    half = replace(DRAWS, groups=DRAWS.groups // 2)

    def drift() -> dict[str, Any]:
        return {"drift": _plain(drift_slope(trainer, state, DRAWS))}

    def naive() -> dict[str, Any]:
        return asdict(naive_slope(trainer, state, NAIVE_DRAWS))

    def lag() -> dict[str, Any]:
        return _plain(lag_slope(trainer, state, half))

    key = {"step": state.step, "drifts": DRIFTS, "lags": LAGS, "draws": asdict(DRAWS)}
    place = folder / "measured"
    found: dict[str, Any] = {"step": state.step, "draws": asdict(DRAWS), **kept(place / "drift.json", key, drift)}
    found["lag"] = kept(place / "lag.json", key, lag)
    found["naive"] = kept(place / "naive.json", key | {"draws": asdict(NAIVE_DRAWS)}, naive)
    if exact is not None:
        found["exact"] = dict(zip(("value", "change"), exact_slope(exact, state), strict=True))
    return found


def measure(policy: str, seed: int, suite: str, device: str = "cpu", folder: Path | None = None) -> list[Verdict]:
    """Train a policy with S = 8 and return what the theory says of it against what was measured.

    Args:
        policy: "mlp" or "transformer".
        seed: of weights, run and draws.
        suite: "quick" (100 learner steps) or "full" (the preset's).
        device: torch device.
        folder: where the run is kept and gone on with; a temporary one without.

    Returns:
        Rows of ``lag-drift`` (along the run), ``first-order-bias`` (exponent by enumeration and by sampling) and
        ``null-test`` (the bias of a loss that has none, on the trained policy).

    Raises:
        ValueError: an unknown policy, or a folder that holds another run.
    """
    if policy not in POLICIES:
        raise ValueError(f"expected a policy among {list(POLICIES)}, got {policy!r}")
    if folder is None:
        with tempfile.TemporaryDirectory() as place:
            return measure(policy, seed, suite, device, Path(place))
    preset = PRESETS[policy][0]
    quick = suite == "quick"
    experiment = replace(preset, seed=seed, steps=100 if quick else preset.steps)
    trainer, rows, steps, exact = _run(experiment, folder, device, lambda what, done, total: None)
    assert exact is not None  # small by the preset
    state = saved_state(folder, steps[-1], device)
    where = f"{experiment.name}, {trainer.task.name}, after {state.step} steps"
    return [
        _drift_row(experiment, exact, rows, where, device),
        *_exponent_rows(trainer, exact, state, Draws(16, 128, seed + 1) if quick else DRAWS, where, device),
        _null_row(trainer, exact, state, seed, where, device),
    ]


def _drift_row(experiment: Experiment, exact: ExactPopulation, rows: list[Row], where: str, device: str) -> Verdict:
    largest = experiment.interval - 1
    update = max(row.update for row in rows)
    bound = predict("lag-drift", S_max=largest, s_t=largest, eta=experiment.eta, G_upd=update)
    m = Measurement(max(row.drift for row in rows), n=len(rows), seed=experiment.seed, device=device)
    return compare_upper("lag-drift", exact.name, bound, m, f"largest norm(theta_t - phi_t); {where}")


def _exponent_rows(
    trainer: Trainer, exact: ExactPopulation, state: TrainState, draws: Draws, where: str, device: str
) -> list[Verdict]:
    """By enumeration, extrapolated; by sampling, where 5 standard errors have to lie inside the tolerance to decide."""
    claim = "first-order-bias"
    value, _ = exact_slope(exact, state)
    m = Measurement(value, n=6, seed=draws.seed - 1, device=device)
    text = f"exponent of norm(delta) in the drift, extrapolated; phi behind theta on the run's last step; {where}"
    rows = [compare_order(claim, exact.name, 1.0, m, text, 0.01)]
    found = drift_slope(trainer, state, draws)
    how = (
        f"the same by sampling, interval {found.low:.3f} to {found.high:.3f} from {found.n} blocks of {draws.groups} "
        f"groups; {where}"
    )
    if not math.isfinite(found.width):
        reason = f"a squared norm came out negative; {how}"
        return [*rows, replace(not_measured(claim, reason, draws.seed - 1), status="undecided", objective=exact.name)]
    m = Measurement(found.value, found.stderr, found.n, draws.seed - 1, device=device)
    return [*rows, compare_order(claim, exact.name, 1.0, m, how, 0.1)]


def _null_row(
    trainer: Trainer, exact: ExactPopulation, state: TrainState, seed: int, where: str, device: str
) -> Verdict:
    """RLOO with the exact sequence ratio, φ as far back as the history goes."""
    theta, phi = state.history[-1], state.history[0]
    population = replace(exact, loss=Loss("rloo-is"))
    h, fresh = (surrogate_gradient(population, theta, point) for point in (phi, theta))
    m = Measurement(norm(add(h, fresh, -1.0)), seed=seed, device=device)
    text = f"norm of the bias at lag {len(state.history) - 1}, drift {norm(add(theta, phi, -1.0)):.3g}; {where}"
    return compare_exact("null-test", population.name, predict("null-test"), m, text, rtol=1e-11, scale=norm(fresh))
