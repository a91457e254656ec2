"""The variance of binary rewards, and the ratio of the two stds, over every group."""

from __future__ import annotations

import itertools

import torch

from ..constants import predict
from ..groups_enumerated import numbers
from ..verdicts import Measurement, Verdict, compare_exact

__all__ = ["measure"]

CLAIM = "group-variance"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the variance and the ratio of the stds that deviate most from the claim, over all groups of each size."""
    variances: list[tuple[float, float]] = []
    ratios: list[tuple[float, float]] = []
    for size in (2, 3, 5, 8 if suite == "quick" else 14):
        rewards = torch.tensor(list(itertools.product((0.0, 1.0), repeat=size)), dtype=torch.float64, device=device)
        variances += [(float(group.var(correction=0)), predict(CLAIM, m=float(group.mean()))) for group in rewards]
        mixed = rewards[rewards.var(dim=1) > 0]
        found = mixed.std(dim=1, correction=0) / mixed.std(dim=1, correction=1)
        ratios += [(value, predict(CLAIM, "sample_std", G=size)) for value in numbers(found)]
    rows: list[Verdict] = []
    for name, pairs in (("variance of 0s and 1s", variances), ("population std over sample std", ratios)):
        measured, predicted = max(pairs, key=lambda pair: abs(pair[0] - pair[1]))
        m = Measurement(measured, n=len(pairs), seed=seed, device=device)
        text = f"{name}: furthest from the claim over {len(pairs)} groups, every one of its size"
        rows.append(compare_exact(CLAIM, "rewards of a group (no objective)", predicted, m, text, 1e-12, scale=0.25))
    return rows
