"""|w_G(p)| on a grid of p against sqrt(G − 1), for many group sizes."""

from __future__ import annotations

import torch

from ..constants import predict
from ..hybrid import weight_slope
from ..verdicts import Measurement, Verdict, compare_upper, worst

__all__ = ["measure"]

CLAIM = "weight-ceiling"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the group size that comes closest; the ends p = 0 and 1, where the bound is reached, are included."""
    p, rows = torch.linspace(0.0, 1.0, 201, dtype=torch.float64, device=device), list[Verdict]()
    for group in (2, 3, 4, 8, 16) if suite == "quick" else (*range(2, 33), 64):
        m = Measurement(float(weight_slope(p, group)[0].abs().max()), n=len(p), seed=seed, device=device)
        text = f"largest weight on a grid of p, G={group}"
        rows.append(compare_upper(CLAIM, "group weight (no objective)", predict(CLAIM, G=float(group)), m, text))
    return [worst(rows)]
