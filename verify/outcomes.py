"""Every outcome z = (prompt, group) of a small problem, and its law: for claims about means over outcomes."""

from __future__ import annotations

import itertools

import torch
from torch import Tensor

from .populations.closed import Objective
from .trees import Params

__all__ = ["every_group", "group_law", "response_law"]

LIMIT = 20_000


def every_group(objective: Objective) -> Tensor:
    """Return all (prompt, y_1..y_G) as response numbers, (P·n^G, 1+G) with n = V**L.

    Raises:
        ValueError: there are more than ``LIMIT`` of them.
    """
    prompts, n, size = objective.policy.prompts, objective.policy.vocab**objective.policy.length, objective.group_size
    if prompts * n**size > LIMIT:
        raise ValueError(f"expected at most {LIMIT} groups, got {prompts * n**size}")
    groups = [(x, *y) for x in range(prompts) for y in itertools.product(range(n), repeat=size)]
    return torch.tensor(groups, device=objective.rewards.device)


def response_law(objective: Objective, phi: Params) -> Tensor:
    """Return π_φ(y | x), (P, V**L)."""
    law = torch.ones(objective.policy.prompts, 1, dtype=torch.float64, device=objective.rewards.device)
    for level in objective.policy.levels(phi):
        law = (law[..., None] * level.exp()).reshape(objective.policy.prompts, -1)
    return law


def group_law(objective: Objective, phi: Params, groups: Tensor) -> Tensor:
    """Return the probability of each group, prompts uniform and responses independent given the prompt, (count,)."""
    law = response_law(objective, phi)
    return law[groups[:, :1], groups[:, 1:]].prod(1) / objective.policy.prompts
