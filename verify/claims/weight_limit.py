"""w_G between its bounds, from a grid of chances: each bound where it is closest."""

from __future__ import annotations

import math

import torch

from ..advantages import advantage
from ..constants import predict
from ..groups_enumerated import numbers
from ..verdicts import Measurement, Verdict, compare_lower, compare_upper, worst

__all__ = ["measure"]

CLAIM = "weight-limit"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return one verdict per bound: the pair (p, G) at which the weight comes closest to it (or breaks it)."""
    points = 33 if suite == "quick" else 257
    chances = torch.linspace(0.0, 1.0, points + 2, dtype=torch.float64, device=device)[1:-1]
    found: dict[str, list[Verdict]] = {name: [] for name in ("lower", "flat", "upper", "close")}
    for size in (2, 3, 4, 8, 64):
        weights = numbers(advantage(chances, 1, size) - advantage(chances, 0, size))
        for p, weight in zip(numbers(chances), weights, strict=True):
            std = math.sqrt(p * (1.0 - p))
            for name, rows in found.items():
                bound = predict(CLAIM, name, p_suc=p, q_fail=1.0 - p, G=size, x_std=std)
                value = weight * std if name in ("upper", "close") else weight
                m = Measurement(value, n=5 * points, seed=seed, device=device)
                text = f"{name}: closest of {5 * points} pairs (p, G), at p = {p:.3g}, G = {size}"
                compare = compare_lower if name in ("lower", "close") else compare_upper
                rows.append(compare(CLAIM, "advantages of a group (no objective)", bound, m, text))
    return [worst(rows) for rows in found.values()]
