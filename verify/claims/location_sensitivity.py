"""Total variation of two normal laws, by the error function, against L_D times the distance of their parameters."""

from __future__ import annotations

import math

import torch

from ..dynamics import answer
from ..problems import generator
from ..verdicts import Measurement, Verdict, compare_upper, worst

__all__ = ["measure"]

CLAIM = "location-sensitivity"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the drawn pair of parameters whose laws are furthest apart for their distance."""
    g, count = generator(seed), 12 if suite == "quick" else 200
    rows: list[Verdict] = []
    for index in range(count):
        eps, spread = 2.0 * float(torch.rand((), generator=g)) - 1.0, 0.5 + float(torch.rand((), generator=g))
        gap = 10.0 ** -(index % 3) * float(torch.rand((), generator=g))
        shift = torch.tensor(abs(eps) * gap / (2.0 * math.sqrt(2.0) * spread), dtype=torch.float64)
        bound = answer("location-sensitivity", loc_eps=eps, loc_sd=spread) * gap
        m = Measurement(float(torch.erf(shift)), n=count, seed=seed, device=device)
        text = f"total variation, eps={eps:.3g}, sigma={spread:.3g}, distance {gap:.3g}"
        rows.append(compare_upper(CLAIM, "location family", bound, m, text))
    return [worst(rows)]
