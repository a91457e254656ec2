"""A_1 and A_0 against the mean over every group, with either std."""

from __future__ import annotations

import torch

from ..constants import predict
from ..groups_enumerated import enumerated_advantage, numbers
from ..problems import generator
from ..verdicts import Measurement, Verdict, compare_exact

__all__ = ["measure"]

CLAIM = "group-advantage"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return A_1 and A_0 (population std), and A_1 with the sample std, where enumeration and claim differ most."""
    sizes = (2, 3, 4, 8) if suite == "quick" else (2, 3, 4, 8, 12, 16)
    chances = torch.rand(4, generator=generator(seed), dtype=torch.float64).to(device)
    rows: list[Verdict] = []
    for name, reward, correction in (("A_1", 1, 0), ("A_0", 0, 0), ("A_1", 1, 1)):
        pairs: list[tuple[float, float]] = []
        for size in sizes:
            scale = predict("group-variance", "sample_std", G=size) if correction else 1.0
            found = numbers(enumerated_advantage(chances, reward, size, correction))
            for p, value in zip(numbers(chances), found, strict=True):
                pairs.append((value, scale * predict(CLAIM, name, p_suc=p, q_fail=1.0 - p, G=size)))
        measured, predicted = max(pairs, key=lambda pair: abs(pair[0] - pair[1]))
        m = Measurement(measured, n=len(pairs), seed=seed, device=device)
        text = (
            f"{name}, {'sample' if correction else 'population'} std: furthest of {len(pairs)} means over every group"
        )
        rows.append(compare_exact(CLAIM, "advantages of a group (no objective)", predicted, m, text, 1e-12, scale=1.0))
    return rows
