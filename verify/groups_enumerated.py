"""Group advantages by enumeration of every group of binary rewards, as an estimator of GRPO computes them."""

from __future__ import annotations

import itertools

import torch
from torch import Tensor

__all__ = ["enumerated_advantage", "numbers", "standardised"]


def numbers(values: Tensor) -> list[float]:
    """Return the entries of a tensor of one dimension as floats."""
    return [float(value) for value in values]


def standardised(rewards: Tensor, correction: int = 0) -> Tensor:
    """Return (r − mean)/std within each group (..., G), 0 in a group of equal rewards; correction 1 is Bessel's."""
    spread = rewards.std(dim=-1, correction=correction, keepdim=True)
    return torch.where(spread > 0, (rewards - rewards.mean(-1, keepdim=True)) / torch.where(spread > 0, spread, 1.0), 0)


def enumerated_advantage(p: Tensor, reward: int, group_size: int, correction: int = 0) -> Tensor:
    """Return E[A | own reward] at the chances ``p`` (any shape), over all 2^(G−1) outcomes of the mates."""
    mates = p.new_tensor(list(itertools.product((0.0, 1.0), repeat=group_size - 1)))
    groups = torch.cat([torch.full_like(mates[:, :1], reward), mates], dim=1)
    chances = torch.where(mates > 0, p[..., None, None], 1.0 - p[..., None, None]).prod(-1)
    return (chances * standardised(groups, correction)[:, 0]).sum(-1)
