"""An asynchronous policy-gradient trainer as a pure function of its state: any loss, any optimizer, any lag model.

One learner step: φ_t = θ_{t−s_t} draws groups, the loss is differentiated at θ_t, the optimizer moves θ. Everything a
step depends on is in its state, the generator of random numbers included, so that a run can be cut anywhere. With
``spread`` = S the groups of S steps are drawn at once, and their responses shuffled and cut into these steps.
Source: arXiv 2607.01083, the asynchronous update; lags as in ``lag``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from ..policies import SequencePolicy
from ..populations.batches import Batch, draw
from ..populations.losses import Loss
from ..populations.sampled import SampledPopulation
from ..transforms import gradient, pulled
from ..trees import Params, add, norm
from ..verifiable import Task
from .generation import Generation, part, shuffled
from .lag import LagModel
from .updates import AdamW, Update, UpdateState

__all__ = ["Row", "TrainState", "Trainer", "run", "warm_start"]


@dataclass(frozen=True)
class Trainer:
    """What does not change during a run.

    Args:
        policy: the policy.
        task: prompts and rewards.
        loss: the loss, without critic.
        update: the optimizer.
        lag: the lag model.
        eta: learning rate, finite and ≥ 0.
        groups: prompts per step.
        group_size: G responses per prompt.
        reference: reference policy of a KL penalty.
        memory: past parameters kept in the state at least, for measurements of lags that the run itself does not use.
        spread: learner steps that share one generation of ``spread`` times as many groups, its responses shuffled; 1:
            every step draws whole groups of its own. More needs a lag that grows by one in each step of a generation,
            as ``periodic_sync(spread)``.

    Raises:
        ValueError: spread < 1, or a learning rate that is negative or not finite.
    """

    policy: SequencePolicy
    task: Task
    loss: Loss
    update: Update
    lag: LagModel
    eta: float
    groups: int
    group_size: int
    reference: Params | None = None
    memory: int = 0
    spread: int = 1

    def __post_init__(self) -> None:
        if self.spread < 1:
            raise ValueError(f"expected spread >= 1, got {self.spread}")
        if not 0.0 <= self.eta < math.inf:
            raise ValueError(f"expected a finite learning rate eta >= 0, got {self.eta}")

    def start(self, theta: Params, seed: int) -> TrainState:
        """Return the state at t = 0. Raises ValueError (expected, got) on parameters that are not the policy's."""
        self.policy.validate(theta, "theta")
        return TrainState(0, (theta,), self.update.start(theta), torch.Generator().manual_seed(seed).get_state())

    def draw(self, phi: Params, generator: torch.Generator) -> Batch:
        """Draw one batch of groups from π_φ."""
        task = self.task
        how = {"groups": self.groups, "group_size": self.group_size, "length": task.length}
        return draw(self.policy, phi, (task.prompts, task.mask), task.reward, **how, generator=generator, end=task.end)

    def step(self, state: TrainState) -> tuple[TrainState, Row]:
        """Make one learner step.

        Raises:
            ValueError: parameters, loss, lag or state do not fit the trainer (expected, got).
        """
        generator = torch.Generator()
        generator.set_state(state.generator)
        lag, theta = self.lag.lag(state.step), state.history[-1]
        phi = state.history[-1 - lag]
        population, mixed, generation = self._batch(state, phi, generator)
        population.validate(theta=theta)
        batch = population.batch
        live, back = pulled(
            population.tables, theta
        )  # one pass forward, one back: φ's tables were drawn with the batch
        drawn = {"tokens": batch.behaviour}
        g = back(gradient(lambda tables: population.score(tables, live, drawn), live))
        u, optimizer = self.update.move(g, state.optimizer, theta)
        ratio = ((live["tokens"] - batch.behaviour) * batch.mask).exp()
        row = Row(
            step=state.step,
            lag=lag,
            reward=float(batch.rewards.mean()),
            gradient=norm(g),
            update=norm(u),
            drift=norm(add(theta, phi, -1.0)),
            ratio_min=float(ratio.min()),
            ratio_max=float(ratio.max()),
            mixed=mixed,
        )
        history = (*state.history, add(theta, u, self.eta))[-(max(self.lag.largest, self.memory) + 1) :]
        return TrainState(state.step + 1, history, optimizer, generator.get_state(), generation), row

    def _batch(
        self, state: TrainState, phi: Params, generator: torch.Generator
    ) -> tuple[SampledPopulation, float, Generation | None]:
        """What a step is made from, the share of it in groups of more than one reward, and what is left for others."""
        number = state.step % self.spread
        held = 0 if state.generation is None else len(state.generation.order)
        expected = self.groups * self.group_size * self.spread if number else 0
        if held != expected:
            raise ValueError(f"step {state.step}: expected a state with {expected} shared responses, got {held}")
        if self.spread == 1:
            batch = self.draw(phi, generator)
            mixed = (batch.rewards != batch.rewards[:, :1]).any(1).double().mean()
            return SampledPopulation(self.loss, self.policy, batch, self.reference), float(mixed), None
        if (lag := self.lag.lag(state.step)) != (due := self.lag.lag(state.step - number) + number):
            raise ValueError(f"{self.lag.name}: expected lag {due} at step {state.step} (spread), got {lag}")
        generation = state.generation
        if generation is None:
            whole = replace(self, groups=self.groups * self.spread, spread=1)
            generation = shuffled(whole.draw(phi, generator), generator)
        population, share = part(generation, number, self.spread, self.loss, self.policy, self.reference)
        return population, share, generation if number + 1 < self.spread else None


@dataclass(frozen=True)
class TrainState:
    """Everything a step depends on: t, θ_{t−S_max}..θ_t, the optimizer's moments, the state of the generator, and the
    generation that this step and later ones share."""

    step: int
    history: tuple[Params, ...]
    optimizer: UpdateState
    generator: Tensor
    generation: Generation | None = None


@dataclass(frozen=True)
class Row:
    """One learner step: lag s_t, mean reward of its responses, ‖g‖, ‖u‖, ‖θ_t−φ_t‖, extremes of the token ratio, and
    the share of groups with more than one reward (of responses in such groups, where a generation is shared)."""

    step: int
    lag: int
    reward: float
    gradient: float
    update: float
    drift: float
    ratio_min: float
    ratio_max: float
    mixed: float


def run(trainer: Trainer, state: TrainState, steps: int) -> tuple[TrainState, list[Row]]:
    """Make ``steps`` learner steps."""
    rows = list[Row]()
    for _ in range(steps):
        state, row = trainer.step(state)
        rows.append(row)
    return state, rows


def warm_start(policy: SequencePolicy, task: Task, theta: Params, success: float, eta: float = 0.01) -> Params:
    """Return parameters of a supervised start: the answers made likelier until their mean probability is ``success``.

    Raises:
        ValueError: success outside (0, 1), or not reached in 2000 steps.
    """
    if not 0.0 < success < 1.0:
        raise ValueError(f"expected 0 < success < 1, got {success}")
    answers = task.answers()
    mask = torch.tensor([[k < len(y) for k in range(task.length)] for y in answers], dtype=torch.float64)
    tokens = torch.tensor([list(y) + [0] * (task.length - len(y)) for y in answers]).to(task.prompts.device)
    mask = mask.to(tokens.device)

    def log_answers(params: Params) -> Tensor:
        log_p = policy.response_log_probs(params, task.prompts, task.mask, tokens)
        return (log_p.gather(2, tokens[..., None])[..., 0] * mask).sum(1)

    update = AdamW()
    state = update.start(theta)
    for _ in range(2000):
        if float(log_answers(theta).exp().mean()) >= success:
            return theta
        u, state = update.move(gradient(lambda p: log_answers(p).mean(), theta), state, theta)
        theta = add(theta, u, eta)
    reached = float(log_answers(theta).exp().mean())
    raise ValueError(f"expected success {success} after 2000 supervised steps, got {reached:.3g}; a larger policy?")
