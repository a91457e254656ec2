"""w_2 = 1 and w_3 = sqrt(2) at every chance, by enumeration of the groups."""

from __future__ import annotations

import torch

from ..constants import predict
from ..groups_enumerated import enumerated_advantage, numbers
from ..problems import generator
from ..verdicts import Measurement, Verdict, compare_exact

__all__ = ["measure"]

CLAIM = "small-groups"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return, for G = 2 and 3, the weight that is furthest from its constant over random chances."""
    count = 64 if suite == "quick" else 1024
    chances = torch.rand(count, generator=generator(seed), dtype=torch.float64).to(device)
    rows: list[Verdict] = []
    for size in (2, 3):
        weights = enumerated_advantage(chances, 1, size) - enumerated_advantage(chances, 0, size)
        predicted = predict(CLAIM, G=size)
        furthest = max(numbers(weights), key=lambda value: abs(value - predicted))
        m = Measurement(furthest, n=count, seed=seed, device=device)
        text = f"w_{size}: furthest from its constant over {count} chances"
        rows.append(compare_exact(CLAIM, "advantages of a group (no objective)", predicted, m, text, 1e-12))
    return rows
