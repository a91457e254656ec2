"""One generation shared by several learner steps: its responses are shuffled and cut, as TRL's trainer does.

The mates of a group fall into different steps, with the advantages that they got in it. At a θ that does not depend on
the generation the mean of a step's gradient is that of whole groups; along a run θ has moved by the mates already, so
that it is neither that mean nor that noise.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from ...theory.surrogates import Advantage
from ..policies import SequencePolicy
from ..populations.batches import Batch
from ..populations.losses import Loss
from ..populations.sampled import SampledPopulation
from ..trees import Params

__all__ = ["Generation", "part", "shuffled"]


@dataclass(frozen=True)
class Generation:
    """All groups of one generation, and the order in which the steps take their responses.

    Args:
        batch: n groups of G responses, as drawn.
        order: (n G,) int64, a permutation of the responses, counted group by group.
    """

    batch: Batch
    order: Tensor = field(repr=False)


def shuffled(batch: Batch, generator: torch.Generator) -> Generation:
    """Return a generation in a uniform random order; the generator is a CPU one."""
    return Generation(batch, torch.randperm(batch.rewards.numel(), generator=generator).to(batch.tokens.device))


def part(
    generation: Generation,
    number: int,
    steps: int,
    loss: Loss,
    policy: SequencePolicy,
    reference: Params | None = None,
) -> tuple[SampledPopulation, float]:
    """Return the responses of one step, each as a group of its own with its advantage given, and how many are mixed.

    Derivatives in θ are those of the step's loss. Derivatives in φ mean nothing here: the law of the mates is missing.

    Args:
        generation: of this behaviour policy.
        number: of the step in the generation, 0..steps−1.
        steps: that share the generation; they divide its responses.
        loss: with advantages from rewards.
        policy: the policy.
        reference: reference policy of a KL penalty.

    Returns:
        The population, and the share of its responses whose group has more than one reward.

    Raises:
        ValueError: a loss that counts the tokens of whole groups, or one with a critic.
    """
    if loss.record.length == "group":
        raise ValueError(f"{loss.name}: expected whole groups in a step, since their tokens are counted; use spread=1")
    batch, group = generation.batch, generation.batch.rewards.shape[1]
    size = len(generation.order) // steps
    taken = generation.order[number * size : (number + 1) * size]
    of, which = taken // group, taken % group
    alone = (x[of, which][:, None] for x in (batch.tokens, batch.mask, batch.rewards, batch.behaviour))
    advantages = loss.advantages(batch.rewards)[of, which]
    mixed = (batch.rewards != batch.rewards[:, :1]).any(1)[of]
    given = Loss(replace(loss.record, advantage=Advantage("critic")), loss.numbers)
    critic = advantages[:, None, None].expand(-1, 1, batch.tokens.shape[2])
    responses = Batch(batch.prompts[of], batch.prompt_mask[of], *alone)
    return SampledPopulation(given, policy, responses, reference, critic), float(mixed.double().mean())
