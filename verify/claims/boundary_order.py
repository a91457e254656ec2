"""Boundary laws in order: η_max of each law against limits taken apart, at random constants."""

from __future__ import annotations

import torch

from ..constants import predict
from ..problems import generator
from ..verdicts import Measurement, Verdict, compare_upper, worst

__all__ = ["measure"]

CLAIM = "boundary-order"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the tightest of 50 random points per pair of laws; the limits are tensors, not the claim's formulas."""
    g = generator(seed)
    draws = torch.exp(2.0 * torch.randn(50, 5, generator=g, dtype=torch.float64))
    found: dict[str, list[Verdict]] = {}
    for draw in draws:
        a, b, s, t, top = (float(x) for x in draw)
        stale, long = a / s, b / t
        at = {"a": a, "b": b, "S": s, "T": t, "eta_0": top}
        low, high = min(stale, long), max(stale, long)
        pairs = {
            "min-ceiling in min": (low, predict(CLAIM, **at)),
            "min in staleness": (stale, predict(CLAIM, "min", **at)),
            "min in horizon": (long, predict(CLAIM, "min", **at)),
            "max-ceiling in max": (high, predict(CLAIM, "max-ceiling", **at)),
            "max-ceiling in const": (top, predict(CLAIM, "max-ceiling", **at)),
            "staleness in max": (predict(CLAIM, "max", **at), stale),
            "horizon in max": (predict(CLAIM, "max", **at), long),
        }
        for text, (bound, value) in pairs.items():
            row = compare_upper(CLAIM, "planning rule (no objective)", bound, Measurement(value, seed=seed), text)
            found.setdefault(text, []).append(row)
    return [worst(rows) for rows in found.values()]
