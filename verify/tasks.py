"""Enumerable tasks: binary reward tables R[x, y] of shape (P, V**L), responses numbered base V, first token first."""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["digit_sum", "random_rewards", "validate_rewards"]


def random_rewards(prompts: int, vocab: int, length: int, generator: torch.Generator, density: float = 0.5) -> Tensor:
    """Return independent Bernoulli(density) rewards, with at least one 0 and one 1 per prompt.

    Args:
        prompts: P.
        vocab: V.
        length: L tokens.
        generator: explicit CPU generator.
        density: probability of reward 1, in (0, 1).

    Returns:
        float64 (P, V**L) of zeros and ones; response 0 is forced to 1 and the last to 0 where a row came out constant.

    Raises:
        ValueError: density outside (0, 1).
    """
    if not 0.0 < density < 1.0:
        raise ValueError(f"expected 0 < density < 1, got {density}")
    table = (torch.rand(prompts, vocab**length, generator=generator, dtype=torch.float64) < density).double()
    table[:, 0] = torch.where(table.sum(1) == 0, 1.0, table[:, 0])
    table[:, -1] = torch.where(table.sum(1) == vocab**length, 0.0, table[:, -1])
    return table


def digit_sum(prompts: int, vocab: int, length: int, modulus: int | None = None) -> Tensor:
    """Return 1{Σ_k y_k ≡ x (mod modulus)} for prompt x = 0..P−1; modulus defaults to V.

    Returns:
        float64 (P, V**L).

    Example:
        >>> digit_sum(prompts=1, vocab=2, length=2).tolist()
        [[1.0, 0.0, 0.0, 1.0]]
    """
    m = vocab if modulus is None else modulus
    if m < 2:
        raise ValueError(f"expected modulus >= 2, got {m}")
    sums = torch.zeros(1, dtype=torch.int64)
    for _ in range(length):
        sums = (sums[:, None] + torch.arange(vocab)[None, :]).reshape(-1)
    target = torch.arange(prompts)[:, None]
    return ((sums[None, :] - target) % m == 0).double()


def validate_rewards(rewards: Tensor, shape: tuple[int, int]) -> None:
    """Raise ValueError (expected, got) unless ``rewards`` is a float64 table of zeros and ones of ``shape``."""
    if tuple(rewards.shape) != shape:
        raise ValueError(f"rewards: expected shape {shape} (P, V**L), got {tuple(rewards.shape)}")
    if rewards.dtype != torch.float64:
        raise ValueError(f"rewards: expected dtype torch.float64, got {rewards.dtype}")
    if not bool(((rewards == 0) | (rewards == 1)).all()):
        strange = rewards[(rewards != 0) & (rewards != 1)].reshape(-1)[0]
        raise ValueError(f"rewards: expected only 0 and 1, got {float(strange)}")
