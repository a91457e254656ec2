"""Pure delay: the edge by bisection on the eigenvalues, and the oscillation at the edge by simulation."""

from __future__ import annotations

import math

import torch

from ..dynamics import answer, bisect, compare, lag_radius, run_lag
from ..verdicts import Verdict, worst

__all__ = ["measure"]

CLAIM = "pure-delay"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the worst delay of the edge (1e-6), and of the undamped oscillation run for 3 periods (1e-10)."""
    delays = (0, 1, 2, 4, 8, 16, 32) if suite == "quick" else range(101)
    edges: list[Verdict] = []
    waves: list[Verdict] = []
    for s in delays:
        edge = answer("pure-delay-edge", s_const=s)
        found = bisect(lambda a, s=s: lag_radius(0.0, a, s, device) < 1.0, 1e-6, 4.0, rounds=40)
        edges.append(compare(CLAIM, edge, found, f"edge of eta*A at delay {s}, by bisection", seed, rtol=1e-6))
        steps, angle = 6 * (2 * s + 1), math.pi / (2 * s + 1)
        exact = torch.cos(angle * torch.arange(s + 1 + steps, dtype=torch.float64))
        run = run_lag(0.0, edge, exact[: s + 1], steps)
        miss = float((run - exact).abs().max())
        waves.append(compare(CLAIM, 0.0, miss, f"oscillation at the edge, delay {s}, {steps} steps", seed))
    return [worst(edges, lambda v: v.predicted or 0.0), worst(waves, lambda v: v.measured or 0.0)]
