"""Slopes of the expected group advantages in the chance of success, by autodiff."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from .advantages import advantage
from .transforms import gradient

__all__ = ["POINTS", "largest_slope"]

POINTS = 257  # chances of a uniform grid of [0, 1], both ends included


def largest_slope(group_size: int, rewards: Sequence[int], device: str = "cpu") -> tuple[float, float, int]:
    """Return the largest |d/dp| of A_r over the given rewards (of w_G = A_1 − A_0 for none), where, and of how many.

    Args:
        group_size: G.
        rewards: 1, 0 or both; empty for the weight.
        device: torch device.
    """
    chances = torch.linspace(0.0, 1.0, POINTS, dtype=torch.float64, device=device)

    def total(reward: int | None, p: Tensor) -> Tensor:
        if reward is None:
            return (advantage(p, 1, group_size) - advantage(p, 0, group_size)).sum()
        return advantage(p, reward, group_size).sum()

    slopes = torch.stack(
        [gradient(lambda at, r=r: total(r, at["p"]), {"p": chances})["p"].abs() for r in (rewards or (None,))]
    )
    best = int(slopes.max(0).values.argmax())
    return float(slopes.max()), float(chances[best]), POINTS
