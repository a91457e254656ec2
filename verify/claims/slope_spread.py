"""Largest values of |w_G'| sqrt(p(1−p)) and |w_G'| p(1−p) on a grid against half and a quarter of the largest slope."""

from __future__ import annotations

import torch

from ..constants import predict
from ..hybrid import weight_slope
from ..verdicts import Measurement, Verdict, compare_upper, worst

__all__ = ["measure"]

CLAIM = "slope-spread"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the closest group size for each of the two."""
    p = torch.linspace(0.0, 1.0, 401, dtype=torch.float64, device=device)
    spread, found = p * (1.0 - p), dict[str, list[Verdict]]()
    for group in (4, 5, 8, 16) if suite == "quick" else range(4, 33):
        slope, largest = weight_slope(p, group)[1].abs(), predict(CLAIM, G=float(group))
        for name, values, bound in (("b", slope * spread.sqrt(), largest / 2), ("c", slope * spread, largest / 4)):
            m = Measurement(float(values.max()), n=len(p), seed=seed, device=device)
            text = f"{name}: largest value on a grid of p, G={group}"
            found.setdefault(name, []).append(compare_upper(CLAIM, "group weight (no objective)", bound, m, text))
    return [worst(rows) for rows in found.values()]
