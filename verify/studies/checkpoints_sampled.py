"""One checkpoint of a training run by Monte Carlo: success, gradient and bias by lag, with standard errors.

Fixed numbers of draws and one look, and never the enumeration (``checkpoints``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from ..estimators import Estimate, mean, norm_squared
from ..objectives import surrogate_gradient
from ..populations.sampled import SampledPopulation
from ..runs.asynchronous import Trainer, TrainState
from ..transforms import gradient, pulled
from ..trees import Params, add, flatten
from .mates import control

__all__ = ["Sampled", "SampledBias", "bias_parts", "drawn", "sampled"]


@dataclass(frozen=True)
class SampledBias:
    """‖δ‖² at φ = θ_{t−s} by Monte Carlo; ``effective`` is (Σw)²/(n Σw²) of the weights of the n groups.

    Where that share is small a few groups carry the mean: the estimate is unbiased and yet mostly too small, and its
    standard error does not know.
    """

    lag: int
    squared: Estimate
    effective: float


@dataclass(frozen=True)
class Sampled:
    """By Monte Carlo, with standard errors: V, ‖H(θ,θ)‖², and ‖δ‖² by lag."""

    objective: str
    value: Estimate
    gradient_squared: Estimate
    lags: tuple[SampledBias, ...]


def bias_parts(trainer: Trainer, theta: Params, phi: Params, blocks: int, groups: int, seed: int) -> Tensor:
    """Return unbiased estimates of δ = H(θ,φ) − H(θ,θ), one per block of groups drawn from φ: (blocks, dim).

    H(θ,θ) comes from the same groups, reweighted as wholes, so that the noise shrinks with the drift, less what the
    weights of the mates add to the noise alone (``mates``). Every call with the same seed draws with the same uniform
    numbers: between nearby φ only the changed tokens differ.
    """
    parts = list[Tensor]()
    for block in range(blocks):
        population = drawn(trainer, phi, groups, seed + block)
        population.validate(theta=theta)
        live, back = pulled(population.tables, theta)
        stale, fresh = (_slope(population, live, at) for at in ({"tokens": population.batch.behaviour}, live))
        slope = add(add(stale, fresh, -1.0), control(population, live))
        parts.append(flatten(back(slope)))  # J_θᵀ of the difference: one pass back for all
    return torch.stack(parts)


def _slope(population: SampledPopulation, live: Params, behaviour: Params) -> Params:
    """The derivative of F̂ in the log-probabilities of the learner, at θ."""
    return gradient(lambda tables: population.score(tables, live, behaviour), live)


def drawn(trainer: Trainer, phi: Params, groups: int, seed: int) -> SampledPopulation:
    """Return the population of a fresh batch of so many groups from π_φ."""
    batch = replace(trainer, groups=groups).draw(phi, torch.Generator().manual_seed(seed))
    return SampledPopulation(trainer.loss, trainer.policy, batch, trainer.reference)


def sampled(trainer: Trainer, state: TrainState, lags: Sequence[int], blocks: int, groups: int, seed: int) -> Sampled:
    """Measure a checkpoint by Monte Carlo: ``blocks`` batches of ``groups`` groups for V and H, others for every lag.

    Args:
        trainer: of the run.
        state: the checkpoint.
        lags: s of the bias; those before the start of the history are left out.
        blocks: at least 3.
        groups: per block.
        seed: of the draws; not that of the run.
    """
    theta = state.history[-1]
    rewards, parts, name = list[Tensor](), list[Tensor](), ""
    for block in range(blocks):
        population = drawn(trainer, theta, groups, seed + block)
        rewards.append(population.batch.rewards.mean(1))
        parts.append(flatten(surrogate_gradient(population, theta, theta)))
        name = population.name

    def at(lag: int, first: int) -> SampledBias:
        phi = state.history[-1 - lag]
        found = norm_squared(bias_parts(trainer, theta, phi, blocks, groups, first))
        return SampledBias(lag, found, _effective(trainer, theta, phi, groups, first))

    kept = [s for s in lags if s < len(state.history)]
    return Sampled(
        objective=name,
        value=mean(torch.cat(rewards)),
        gradient_squared=norm_squared(torch.stack(parts)),
        lags=tuple(at(s, seed + (1 + k) * blocks) for k, s in enumerate(kept)),
    )


def _effective(trainer: Trainer, theta: Params, phi: Params, groups: int, seed: int) -> float:
    """The share of groups drawn from φ that speak for θ, of one block."""
    population = drawn(trainer, phi, groups, seed)
    weights = (population.log_tokens(theta) - population.batch.behaviour).sum((1, 2)).exp()
    return float(weights.sum() ** 2 / weights.pow(2).sum() / groups)
