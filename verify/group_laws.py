"""One prompt with a finite set of responses: every group of G, its probability, and its advantages."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import torch
from torch import Tensor

from .groups_enumerated import standardised
from .problems import generator

__all__ = ["OneStep", "length_of", "random_one_step"]


def length_of(vector: Tensor) -> float:
    """Return the Euclidean norm of a tensor of one dimension."""
    return float(vector.pow(2).sum().sqrt())


@dataclass(frozen=True)
class OneStep:
    """A softmax over V responses, their rewards and lengths, and all groups of G of them.

    ``logits``, ``rewards`` and ``lengths`` are (V,); ``groups`` is (V^G, G), the numbers of the responses.
    """

    logits: Tensor
    rewards: Tensor
    lengths: Tensor
    groups: Tensor

    def law(self, logits: Tensor) -> Tensor:
        """Return the probability of every group at the given logits, (V^G,)."""
        return torch.log_softmax(logits, 0)[self.groups].sum(1).exp()

    def advantages(self, correction: int = 0, std: bool = True) -> Tensor:
        """Return the advantages in every group, (V^G, G); without ``std`` deviations from the mean."""
        rewards = self.rewards[self.groups]
        return standardised(rewards, correction) if std else rewards - rewards.mean(1, keepdim=True)


def random_one_step(seed: int, responses: int = 4, size: int = 3, levels: int = 2, device: str = "cpu") -> OneStep:
    """Return a random problem: N(0, 1) logits, rewards 0..levels−1 with at least two different, lengths 1..5."""
    g = generator(seed)
    rewards = torch.randint(levels, (responses,), generator=g).to(torch.float64)
    rewards[0], rewards[1] = 0.0, 1.0
    lengths = torch.randint(1, 6, (responses,), generator=g).to(torch.float64)
    groups = torch.tensor(list(itertools.product(range(responses), repeat=size)), device=device)
    logits = torch.randn(responses, generator=g, dtype=torch.float64)
    return OneStep(logits.to(device), rewards.to(device), lengths.to(device), groups)
