"""Periodic sync: the simulated factor of a cycle, and the edge by bisection on it, for a dominant stale part."""

from __future__ import annotations

import torch

from ..dynamics import answer, bisect, compare, cycle
from ..problems import generator
from ..verdicts import Verdict, worst

__all__ = ["measure"]

CLAIM = "periodic-sync"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the worst multiplier (1e-10), the worst edge (1e-6), and the 1/S law at the largest S."""
    intervals = (1, 2, 3, 8, 32) if suite == "quick" else range(1, 65)
    g = generator(seed)
    factors: list[Verdict] = []
    edges: list[Verdict] = []
    laws: list[Verdict] = []
    for interval in intervals:
        keep, more = (float(x) for x in torch.rand(2, generator=g, dtype=torch.float64))
        beta = 1.05 + 4.0 * more
        at = {"S_int": interval, "fb_excess": beta - 1.0}
        found = cycle(1.0 - keep, (1.0 - keep) * beta, interval)
        text = f"factor of a cycle of S={interval}, beta={beta:.3g}, r={keep:.3g}"
        factors.append(compare(CLAIM, answer("sync-multiplier", cyc_r=keep, **at), found, text, seed))

        def stable(a: float, b: float = beta, steps: int = interval) -> bool:
            return abs(cycle(a, b * a, steps)) < 1.0

        edge = bisect(stable, 1e-9, 1.0, rounds=45)
        text = f"edge of eta*A at S={interval}, beta={beta:.3g}, by bisection"
        edges.append(compare(CLAIM, answer("sync-edge", **at), edge, text, seed, rtol=1e-6))
        limit = answer("sync-constant", fb_excess=beta - 1.0)
        inside = limit - limit**2 / (2 * interval) <= interval * edge * (1 + 1e-9) <= limit * (1 + 2e-9)
        laws.append(compare(CLAIM, 1.0, float(inside), f"S*eta_max*A={interval * edge:.4g} within its bounds", seed))
    return [worst(factors), worst(edges), worst(laws)]
