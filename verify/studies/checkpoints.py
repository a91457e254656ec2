"""One checkpoint of a training run by enumeration: its bias by lag, constants, cosines and success.

The behaviour parameters are the run's own: at lag s, φ = θ_{t−s} of the saved history. By Monte Carlo:
``checkpoints_sampled``. Source: arXiv 2607.01083; claims ``objects``, ``staleness-bias``, ``first-order-bias``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..objectives import Population, behaviour_jvp, surrogate_gradient
from ..policies import Enumerated
from ..populations.exact import ExactPopulation
from ..populations.responses import Responses
from ..runs.asynchronous import Trainer, TrainState
from ..spectra.operators import operator, operator_norm
from ..transforms import gradient
from ..trees import Params, add, dot, norm
from ..verifiable import Task

__all__ = ["AtLag", "Exact", "Local", "enumerable", "enumerated", "exactly", "local"]

ENUMERABLE = 2**19  # responses of all prompts together


@dataclass(frozen=True)
class AtLag:
    """At φ = θ_{t−s}: s, ‖θ−φ‖, ‖δ‖ (1/param) and cos(δ, H(θ,θ))."""

    lag: int
    drift: float
    bias: float
    cosine: float | None


@dataclass(frozen=True)
class Exact:
    """By enumeration: the objective's name, V(θ), ‖H(θ,θ)‖, ‖∇V‖, cos(H, ∇V), and every lag."""

    objective: str
    value: float
    gradient: float
    value_gradient: float
    cosine: float | None
    lags: tuple[AtLag, ...]


@dataclass(frozen=True)
class Local:
    """The constant at a checkpoint and what it says of one lag.

    Args:
        constant: ‖∂_φH(θ,θ)‖₂; ``label`` says on which side of it the number lies, ``residual`` how well it is found.
        lag: s of φ = θ_{t−s}.
        first_order: ‖∂_φH (φ−θ)‖, the first order of δ.
        remainder: ‖δ − ∂_φH (φ−θ)‖.
        tightness: ‖δ‖ / (constant · ‖θ−φ‖); may exceed 1, since the constant is that of one point.
    """

    constant: float
    label: str
    residual: float | None
    lag: int
    first_order: float
    remainder: float
    tightness: float


def enumerable(task: Task) -> bool:
    """Whether every response to every prompt of a task is few enough to enumerate."""
    return task.vocab**task.length * len(task.prompts) <= ENUMERABLE


def enumerated(trainer: Trainer) -> ExactPopulation:
    """Return the exact population of a trainer's loss on its task; every response of every prompt is enumerated.

    Raises:
        ValueError: the task or the kinds of mates are too many to enumerate.
    """
    task = trainer.task
    if not enumerable(task):
        raise ValueError(f"{task.name}: expected at most {ENUMERABLE} responses; use the sampled measurements")
    responses = Responses(Enumerated(trainer.policy, task.prompts, task.mask, task.length), task.end)
    return ExactPopulation(trainer.loss, responses, task.table(responses), trainer.group_size, trainer.reference)


def _cosine(x: Params, y: Params) -> float | None:
    """cos(x, y); None where one of them vanishes."""
    lengths = norm(x) * norm(y)
    return dot(x, y) / lengths if lengths > 0.0 else None


def exactly(trainer: Trainer, population: ExactPopulation, state: TrainState, lags: Sequence[int]) -> Exact:
    """Measure a checkpoint by enumeration; lags before the start of the history are left out.

    Args:
        trainer: of the run.
        population: as from ``enumerated``.
        state: the checkpoint.
        lags: s >= 1, each in learner steps.
    """
    theta = state.history[-1]
    h, slope = surrogate_gradient(population, theta, theta), gradient(population.mean_reward, theta)

    def at(lag: int) -> AtLag:
        phi = state.history[-1 - lag]
        delta = add(surrogate_gradient(population, theta, phi), h, -1.0)
        return AtLag(lag, norm(add(phi, theta, -1.0)), norm(delta), _cosine(delta, h))

    return Exact(
        objective=population.name,
        value=float(population.mean_reward(theta)),
        gradient=norm(h),
        value_gradient=norm(slope),
        cosine=_cosine(h, slope),
        lags=tuple(at(s) for s in lags if s < len(state.history)),
    )


def local(population: Population, state: TrainState, lag: int) -> Local:
    """Measure ‖∂_φH‖ at a checkpoint without its matrix, and the first order of the bias at one lag.

    Raises:
        ValueError: the history does not reach back so far, or nothing has moved since.
    """
    if not 1 <= lag < len(state.history):
        raise ValueError(f"expected 1 <= lag <= {len(state.history) - 1}, got {lag}")
    theta, phi = state.history[-1], state.history[-1 - lag]
    away = add(phi, theta, -1.0)
    drift = norm(away)
    if not drift > 0.0:
        raise ValueError(f"expected parameters that moved over {lag} steps; the gradients of these steps were all 0")
    constant = operator_norm(operator(population, theta, theta, "behaviour"), "norm of d_phi H", tolerance=1e-3)
    h = surrogate_gradient(population, theta, theta)
    delta = add(surrogate_gradient(population, theta, phi), h, -1.0)
    first = behaviour_jvp(population, theta, theta, away)
    return Local(
        constant=constant.value,
        label=constant.label,
        residual=constant.residual,
        lag=lag,
        first_order=norm(first),
        remainder=norm(add(delta, first, -1.0)),
        tightness=norm(delta) / (constant.value * drift) if constant.value > 0.0 else 0.0,
    )
