"""TV ≤ κ/(2+κ) for two laws whose largest ratio is (1+κ)² times the smallest."""

from __future__ import annotations

import torch
from torch import Tensor

from ..constants import predict
from ..problems import generator
from ..verdicts import Measurement, Verdict, compare_upper, worst

__all__ = ["measure", "random_pairs", "variation"]

CLAIM = "ratio-variation"
OBJECTIVE = "law of one token (no objective)"


def variation(before: Tensor, after: Tensor) -> Tensor:
    """Half the L1 distance of two laws, last dimension."""
    return (before - after).abs().sum(-1) / 2


def random_pairs(seed: int, vocab: int, draws: int, device: str) -> tuple[Tensor, Tensor]:
    """Logits of two rows each, (draws, vocab): random ones, and for the last draw two tokens that change places."""
    scales = torch.logspace(-1, 0.5, draws, dtype=torch.float64)[:, None]
    pairs = scales * torch.randn(2, draws, vocab, generator=generator(seed, vocab), dtype=torch.float64)
    pairs[:, -1] = -30.0  # all other tokens hardly occur
    pairs[0, -1, :2] = torch.tensor([0.0, 1.0], dtype=torch.float64)
    pairs[1, -1, :2] = torch.tensor([1.0, 0.0], dtype=torch.float64)
    return pairs[0].to(device), pairs[1].to(device)


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return, per vocabulary size, the pair of laws that comes closest to the bound of its own ratios."""
    draws, rows = 50 if suite == "quick" else 500, list[Verdict]()
    for vocab in (2, 4, 8):
        before, after = (z.softmax(1) for z in random_pairs(seed, vocab, draws, device))
        ratios, found = after / before, list[Verdict]()
        roots = (ratios.amax(1) / ratios.amin(1)).sqrt() - 1.0
        for root, value in zip(roots, variation(before, after), strict=True):
            m = Measurement(float(value), n=draws, seed=seed, device=device)
            text = f"total variation of the closest of {draws} pairs of laws, V={vocab}"
            found.append(compare_upper(CLAIM, OBJECTIVE, predict(CLAIM, widening=float(root)), m, text))
        rows.append(worst(found))
    return rows
