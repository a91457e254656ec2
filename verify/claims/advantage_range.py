"""The largest |A| of random groups of graded rewards, and of one success among failures, against the two ranges."""

from __future__ import annotations

import torch

from ..constants import predict
from ..groups_enumerated import standardised
from ..problems import generator
from ..verdicts import Measurement, Verdict, compare_upper, worst

__all__ = ["measure"]

CLAIM = "advantage-range"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return one verdict per std: the group size at which the largest advantage found comes closest to its bound."""
    draws = 256 if suite == "quick" else 4096
    rows: list[Verdict] = []
    for name, correction in (("population", 0), ("sample", 1)):
        found: list[Verdict] = []
        for size in (2, 3, 8, 64):
            rewards = torch.randn(draws, size, generator=generator(seed, size), dtype=torch.float64)
            lone = torch.nn.functional.one_hot(torch.zeros(1, dtype=torch.long), size).to(rewards)
            advantages = standardised(torch.cat([rewards, lone]).to(device), correction)
            m = Measurement(float(advantages.abs().max()), n=draws + 1, seed=seed, device=device)
            text = (
                f"{name} std, G = {size}: largest advantage of {draws} random groups and of one success among failures"
            )
            bound = predict(CLAIM, name, G=size)
            found.append(compare_upper(CLAIM, "advantages of a group (no objective)", bound, m, text))
        rows.append(worst(found))
    return rows
