"""The chance that a group is mixed, by enumeration of every group."""

from __future__ import annotations

import itertools

import torch

from ..constants import predict
from ..problems import generator
from ..verdicts import Measurement, Verdict, compare_exact

__all__ = ["measure"]

CLAIM = "mixed-groups"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the chance that deviates most from the claim, over group sizes and random chances of success."""
    sizes = (1, 2, 3, 8) if suite == "quick" else (1, 2, 3, 8, 16)
    pairs: list[tuple[float, float]] = []
    for size in sizes:
        groups = torch.tensor(list(itertools.product((0.0, 1.0), repeat=size)), dtype=torch.float64, device=device)
        mixed = groups[(groups.sum(1) > 0) & (groups.sum(1) < size)]
        for _ in range(4):
            p = float(torch.rand(1, generator=generator(seed, len(pairs)), dtype=torch.float64))
            found = float((p * mixed + (1.0 - p) * (1.0 - mixed)).prod(1).sum())
            pairs.append((found, predict(CLAIM, p_suc=p, q_fail=1.0 - p, G=size)))
    measured, predicted = max(pairs, key=lambda pair: abs(pair[0] - pair[1]))
    m = Measurement(measured, n=len(pairs), seed=seed, device=device)
    text = f"chance of a mixed group: furthest from the claim over {len(pairs)} pairs (p, G), every group enumerated"
    return [compare_exact(CLAIM, "rewards of a group (no objective)", predicted, m, text, 1e-12, scale=1.0)]
