"""The smallest ball found around the corners of a simplex against (2R)² ≥ 2(1 − 1/n)·diam²."""

from __future__ import annotations

import torch

from ..constants import predict
from ..verdicts import Measurement, Verdict, compare_lower

__all__ = ["measure"]

CLAIM = "diameter-strict"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return (2R)² of the smallest ball found from a random start, n ∈ {2, 3, 8}; one row per n.

    The centre moves towards the farthest corner by 1/(k+1) of the way (Bădoiu and Clarkson 2003), so the radius found
    is an upper estimate of the least one and must not fall below the bound.
    """
    steps = 2000 if suite == "quick" else 100_000
    rows: list[Verdict] = []
    for n in (2, 3, 8):
        corners = torch.eye(n, dtype=torch.float64, device=device)
        start = torch.randn(n, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).to(device)
        centre, best = start, float("inf")
        for k in range(1, steps + 1):
            distances = (corners - centre).pow(2).sum(1).sqrt()
            best = min(best, float(distances.max()))
            centre = centre + (corners[int(distances.argmax())] - centre) / (k + 1)
        bound = predict(CLAIM, n=n, D2_simplex=float(torch.cdist(corners, corners).max()) ** 2)
        m = Measurement(4.0 * best**2, n=steps, seed=seed, device=device)
        text = f"squared diameter of the smallest ball found around {n} corners (upper estimate)"
        rows.append(compare_lower(CLAIM, "corners of a simplex (no objective)", bound, m, text))
    return rows
