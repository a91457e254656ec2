"""The exponent of the bias at a checkpoint, in the drift or in the lag: by Monte Carlo, by enumeration, and naively."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ..estimators import Estimate, mean, norm_squared
from ..objectives import surrogate_gradient
from ..populations.exact import ExactPopulation
from ..runs.asynchronous import Trainer, TrainState
from ..slopes import extrapolated_slope
from ..trees import Params, add, flatten, norm
from .checkpoints_sampled import bias_parts, drawn
from .slopes_sampled import SampledSlope, plug_in_slope, sampled_slope

__all__ = ["DRAWS", "DRIFTS", "Draws", "drift_slope", "exact_slope", "lag_slope", "naive_slope", "planned"]

DRIFTS = (2.0**-6, 2.0**-7, 2.0**-8, 2.0**-9)
"""Levels of the sampled exponent, in displacements of the checkpoint's last learner step. The exponent is that of no
drift: at a whole step the curvature alone moves it by 0.1, at 1/8 still by more than the interval is wide; and one
batch is no noisier at a small drift than at a large one."""


@dataclass(frozen=True)
class Draws:
    """How much is sampled: blocks of so many groups, and the seed of the draws (that of a run is another)."""

    blocks: int
    groups: int
    seed: int = 7_000_101


DRAWS = Draws(blocks=32, groups=512)
"""Of a sampled exponent, fixed beforehand: see ``study``."""
PILOT = Draws(blocks=32, groups=64, seed=9_000_001)
LEAST = 256
"""Groups per block where the pilot asks for fewer: its own standard error is only an estimate."""
SIGNAL = 12.0
"""Standard errors at which the squares shall stand above 0: twice what a verdict on 32 blocks needs."""


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


def planned(trainer: Trainer, state: TrainState, seed: int, most: int) -> Draws:
    """Return how much to draw for ``drift_slope`` at a checkpoint, by a rule that looks at a pilot's draws alone.

    ``PILOT`` gives the square at the largest drift in its standard errors, taken as at least 1. These shrink at least
    as 1/√n in the number of groups, so that (SIGNAL/found)² as many are enough; no fewer than ``LEAST`` and no more
    than ``most`` per block. The noise is that of one batch at every drift, so that the rule speaks for all of them.

    Args:
        trainer: of the run.
        state: the checkpoint.
        seed: of the draws to be made; those of the pilot are others.
        most: groups per block.

    Raises:
        ValueError: the last learner step did not move the parameters.
    """
    points, _ = _behind(state)
    parts = bias_parts(trainer, state.history[-1], points[0], PILOT.blocks, PILOT.groups, PILOT.seed + seed)
    pilot = norm_squared(parts)
    found = max(pilot.value / pilot.stderr, 1.0) if pilot.stderr > 0.0 else SIGNAL
    groups = math.ceil(PILOT.blocks * PILOT.groups * (SIGNAL / found) ** 2 / DRAWS.blocks)
    return Draws(DRAWS.blocks, min(max(groups, LEAST), most), seed)


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


def lag_slope(trainer: Trainer, state: TrainState, lags: Sequence[int], draws: Draws) -> SampledSlope:
    """Return the exponent of ‖δ‖ in the lag at a checkpoint, φ = θ_{t−s} of the run itself, by Monte Carlo."""
    known, theta = [s for s in lags if s < len(state.history)], state.history[-1]
    points = [state.history[-1 - s] for s in known]
    parts = [bias_parts(trainer, theta, phi, draws.blocks, draws.groups, draws.seed) for phi in points]
    return sampled_slope([float(s) for s in known], torch.stack(parts))


def exact_slope(population: ExactPopulation, state: TrainState) -> tuple[float, float]:
    """Return the exponent of ‖δ‖ in the drift by enumeration, extrapolated to no drift, and its last correction."""
    theta = state.history[-1]
    step, h = add(state.history[-2], theta, -1.0), surrogate_gradient(population, theta, theta)

    def bias(size: float) -> float:
        return norm(add(surrogate_gradient(population, theta, add(theta, step, size)), h, -1.0))

    levels = [2.0**-k for k in range(6)]
    slope = extrapolated_slope(levels, [bias(x) for x in levels], norm(h))
    return slope.value, slope.change
