"""An asynchronous policy-gradient trainer as a pure function of its state: any loss, any optimizer, any lag model.

One learner step: φ_t = θ_{t−s_t} draws groups, the loss is differentiated at θ_t, the optimizer moves θ. Everything a
step depends on is in its state, the generator of random numbers included, so that a run can be cut anywhere.
Source: arXiv 2607.01083, the asynchronous update; lags as in ``lag``.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from .lag import LagModel
from .losses import Loss
from .policies import SequencePolicy
from .sampled import Batch, SampledPopulation, draw
from .transforms import gradient, pulled
from .trees import Params, add, norm
from .updates import AdamW, Update, UpdateState
from .verifiable import Task

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
        eta: learning rate.
        groups: prompts per step.
        group_size: G responses per prompt.
        reference: reference policy of a KL penalty.
        memory: past parameters kept in the state at least, for measurements of lags that the run itself does not use.
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
        """Make one learner step."""
        generator = torch.Generator()
        generator.set_state(state.generator)
        lag, theta = self.lag.lag(state.step), state.history[-1]
        phi = state.history[-1 - lag]
        batch = self.draw(phi, generator)
        population = SampledPopulation(self.loss, self.policy, batch, self.reference)
        population.validate(theta=theta)
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
            mixed=float((batch.rewards != batch.rewards[:, :1]).any(1).double().mean()),
        )
        history = (*state.history, add(theta, u, self.eta))[-(max(self.lag.largest, self.memory) + 1) :]
        return TrainState(state.step + 1, history, optimizer, generator.get_state()), row


@dataclass(frozen=True)
class TrainState:
    """Everything a step depends on: t, θ_{t−S_max}..θ_t, the optimizer's moments, the state of the generator."""

    step: int
    history: tuple[Params, ...]
    optimizer: UpdateState
    generator: Tensor


@dataclass(frozen=True)
class Row:
    """One learner step: lag s_t, mean reward of the batch, ‖g‖, ‖u‖, ‖θ_t−φ_t‖, extremes of the token ratio, and the
    share of groups with more than one reward."""

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
