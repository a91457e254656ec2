"""On the batches that TRL made each optimizer step of ours is its step: loss, accumulation, clipping and AdamW."""

import copy
import dataclasses
import importlib.util
import itertools

import pytest
import torch
from stalelaw.verify.peers import trl_loss
from stalelaw.verify.policies import causal_lm
from stalelaw.verify.populations.losses import Loss
from stalelaw.verify.runs.updates import AdamW
from stalelaw.verify.transforms import gradient
from stalelaw.verify.trees import add, norm
from stalelaw.verify.verifiable import copy as copy_words

HAS_TRL = all(importlib.util.find_spec(name) for name in ("trl", "transformers", "datasets"))
pytestmark = [pytest.mark.trl, pytest.mark.skipif(not HAS_TRL, reason="trl, transformers or datasets is not installed")]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """A function: train with TRL; per micro-batch the parameters before it and its inputs; and the last parameters."""
    from stalelaw.examples import trl_peer as peer
    from trl import GRPOTrainer

    class Recorder(GRPOTrainer):
        def _compute_loss(self, model, inputs):
            self.seen.append((named(model), inputs))
            return super()._compute_loss(model, inputs)

    def named(model):
        return {f"model.{name}": p.detach().clone() for name, p in model.named_parameters()}

    def train(**options):
        graded = copy_words(4, 2, graded=True)
        how = {"per_device_train_batch_size": 8, "num_generations": 4, "learning_rate": 0.02, "max_steps": 18}
        config = peer.config(tmp_path_factory.mktemp("recorded"), graded, **how, **options)
        model = peer.llama(graded, seed=5, dtype=torch.float64)
        policy = causal_lm(copy.deepcopy(model))
        trainer = peer.trainer(model, graded, [n % 12 for n in range(96)], config, Recorder)
        trainer.seen = []
        trainer.train()
        return policy, config, trainer.seen, named(trainer.model)

    return train


def largest_gap(policy, config, seen, last, loss, update):
    """Largest distance of our step from TRL's, from its parameters on its batch, relative to the length of its step.

    Our optimizer keeps its own moments. Whole paths would part: Adam divides by gradients near 0, where 1e-7 is much.
    """
    each, state, gaps = config.gradient_accumulation_steps, update.start(last), list[float]()
    path = [theta for theta, _ in seen[::each]] + [last]
    for t, (theta, after) in enumerate(itertools.pairwise(path)):
        micro = [inputs for _, inputs in seen[t * each : (t + 1) * each]]

        def mean(point, micro=micro, held=theta):
            return sum(loss.step(policy, inputs, point, held) for inputs in micro) / each

        u, state = update.move(gradient(mean, theta), state, theta)
        gaps.append(norm(add(add(theta, u, config.learning_rate), after, -1.0)) / norm(add(after, theta, -1.0)))
    return max(gaps)


@pytest.mark.parametrize(
    "options",
    [
        {"steps_per_generation": 1, "loss_type": "grpo"},
        {"steps_per_generation": 16, "loss_type": "grpo"},
        {"steps_per_generation": 16, "loss_type": "dapo", "scale_rewards": "batch"},
        {"steps_per_generation": 4, "gradient_accumulation_steps": 2, "num_iterations": 2, "loss_type": "cispo"},
    ],
    ids=lambda o: "-".join(map(str, o.values())),
)
def test_on_the_batches_of_trl_every_step_of_ours_is_its_step(options, recorded):
    run = recorded(**options)
    config, right = run[1], trl_loss(run[1])
    update = AdamW(max_norm=config.max_grad_norm)
    assert largest_gap(*run, right, update) < 1e-5
    assert largest_gap(*run, right, AdamW(beta_1=0.8, max_norm=config.max_grad_norm)) > 1e-3
    if config.steps_per_generation > 1:
        tighter = {"rho_cap": 0.15} if config.loss_type == "cispo" else {"eps_lo": 0.1}
        assert largest_gap(*run, dataclasses.replace(right, loss=Loss(right.loss.record, tighter)), update) > 1e-3
