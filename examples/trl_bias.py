"""Staleness bias of a live TRL run: delta = H(theta,phi) - H(theta,theta), estimated from one batch of its own.

The trainer keeps what it generated and the weights phi that generated it. Some optimizer steps later its weights are
theta; one batch gives H(theta,phi), and reweighted by whole groups also H(theta,theta), so that their difference has
the noise of one batch. Norms are U-statistics over blocks of groups: not too long by their noise.

    python -m stalelaw.examples.trl_bias
"""

from __future__ import annotations

import tempfile
from copy import deepcopy

import torch
from stalelaw.verify.estimators import norm_squared
from stalelaw.verify.peers import trl_population
from stalelaw.verify.policies import causal_lm
from stalelaw.verify.runs.asynchronous import warm_start
from stalelaw.verify.verifiable import copy
from transformers import TrainerCallback
from trl import GRPOTrainer

from . import trl_peer


class Keeper(GRPOTrainer):
    """Keeps the last generation, before it is shuffled, and the weights that made it."""

    def weights(self):
        """A copy of the weights, named as ``causal_lm`` names them."""
        return {f"model.{name}": p.detach().clone() for name, p in self.model.named_parameters()}

    def _generate_and_score_completions(self, inputs):
        self.phi = self.weights()
        self.generated = super()._generate_and_score_completions(inputs)
        return self.generated


def bias(trainer, policy, blocks):
    """Estimates of ||H(theta,phi)||^2 and ||delta||^2 for the weights and the last batch of a ``Keeper``."""
    population, theta = trl_population(trainer.args, policy, trainer.generated), trainer.weights()
    stale = population.gradients(theta, trainer.phi, blocks)
    fresh = population.gradients(theta, theta, blocks)
    return norm_squared(stale), norm_squared(stale - fresh)


class Measure(TrainerCallback):
    """Estimates the bias at these lags of the first generation."""

    def __init__(self, policy, lags, blocks):
        self.policy, self.lags, self.blocks, self.found = policy, lags, blocks, {}

    def on_step_end(self, args, state, control, **_):
        if state.global_step in self.lags:  # optimizer steps since the generation
            self.found[state.global_step] = bias(self.trainer, self.policy, self.blocks)


def example(folder, lags=(1, 3, 7, 15), groups=256, blocks=16, eta=2e-4):
    """Train a small Llama with TRL on one generation, and estimate the bias of H over it by lag."""
    task, steps = copy(4, 2), max(lags) + 1
    model = trl_peer.llama(task, seed=0)
    policy = causal_lm(deepcopy(model))  # TRL puts hooks and checkpoints on its own
    start = warm_start(policy, task, policy.params(), success=0.3)
    model.load_state_dict({name.removeprefix("model."): x for name, x in start.items()})
    g = torch.Generator().manual_seed(0)
    numbers = torch.randint(len(task.prompts), (groups,), generator=g).tolist()
    how = {"num_generations": 4, "per_device_train_batch_size": groups * 4 // steps, "steps_per_generation": steps}
    options = trl_peer.config(folder, task, loss_type="grpo", learning_rate=eta, max_steps=steps - 1, **how)
    measure = Measure(policy, lags, blocks)
    measure.trainer = trl_peer.trainer(model, task, numbers, options, Keeper, callbacks=[measure])
    measure.trainer.train()
    return measure.found


if __name__ == "__main__":
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as place:
        for lag, (whole, off) in example(place).items():
            h, delta = (f"{x.value:.3g} +- {x.stderr:.1g}" for x in (whole, off))
            print(f"lag {lag:2}: |H|^2 {h}, |delta|^2 {delta}")
