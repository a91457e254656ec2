"""Suprema of |w_G'| sqrt(p(1−p)) and |w_G'| p(1−p) on a fine grid against the enclosed bounds, from both sides."""

from __future__ import annotations

import math

import torch

from ..constants import predict
from ..hybrid import weight_slope
from ..representations import enclosed
from ..verdicts import Measurement, Verdict, compare_lower, compare_upper

__all__ = ["measure"]

CLAIM = "weight-slope-enclosures"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return two rows per group size and quantity: the grid's maximum below the bound and above what is reached."""
    count = 400 if suite == "quick" else 4000
    p = torch.logspace(-3.0, math.log10(0.5), count, dtype=torch.float64, device=device)  # relative step 1.6 %
    spread, rows = p * (1.0 - p), list[Verdict]()
    for group in enclosed():
        slope = weight_slope(p, group)[1].abs()
        for name, top in (("b", float((slope * spread.sqrt()).max())), ("c", float((slope * spread).max()))):
            m = Measurement(top, n=len(p), seed=seed, device=device)
            text = f"{name}, G={group}: largest value on a geometric grid of {len(p)} points"
            rows.append(compare_upper(CLAIM, "group weight (no objective)", predict(CLAIM, f"{name}_{group}"), m, text))
            reached = predict(CLAIM, f"{name}_reached_{group}")
            rows.append(compare_lower(CLAIM, "group weight (no objective)", reached, m, text))
    return rows
