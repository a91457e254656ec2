"""Periodic sync: the simulated factor of a cycle, and the edge by bisection on it, for a dominant stale part."""

from __future__ import annotations

import torch

from ..dynamics import answer, bisect, compare, cycle
from ..problems import generator
from ..slopes import richardson
from ..verdicts import Verdict, worst

__all__ = ["measure"]

CLAIM = "periodic-sync"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the worst multiplier (1e-10), edge (1e-6), bracket of the 1/S law, and limit of that law (1e-4)."""
    intervals = (1, 2, 3, 8, 32) if suite == "quick" else range(1, 65)
    g = generator(seed)
    factors: list[Verdict] = []
    edges: list[Verdict] = []
    laws: list[Verdict] = []
    limits: list[Verdict] = []
    for interval in intervals:
        keep, more = (float(x) for x in torch.rand(2, generator=g, dtype=torch.float64))
        beta = 1.05 + 4.0 * more
        at = {"S_int": interval, "fb_excess": beta - 1.0}
        found = cycle(1.0 - keep, (1.0 - keep) * beta, interval)
        text = f"factor of a cycle of S={interval}, beta={beta:.3g}, r={keep:.3g}"
        factors.append(compare(CLAIM, answer("sync-multiplier", cyc_r=keep, **at), found, text, seed))

        edge = _edge(beta, interval)
        text = f"edge of eta*A at S={interval}, beta={beta:.3g}, by bisection"
        edges.append(compare(CLAIM, answer("sync-edge", **at), edge, text, seed, rtol=1e-6))
        limit = answer("sync-constant", fb_excess=beta - 1.0)
        inside = limit - limit**2 / (2 * interval) <= interval * edge * (1 + 1e-9) <= limit * (1 + 2e-9)
        laws.append(compare(CLAIM, 1.0, float(inside), f"S*eta_max*A={interval * edge:.4g} within its bounds", seed))
    for beta in (1.5, 3.0):  # the bracket of a wrong limit is as wide as that limit is large: extrapolate in 1/S
        lasting, change = richardson([n * _edge(beta, n) for n in (2, 4, 8, 16, 32, 64)], 2.0)
        text = f"limit of S*eta_max*A, beta={beta}, extrapolated from S=2..64 (last change {change:.1e})"
        limits.append(compare(CLAIM, answer("sync-constant", fb_excess=beta - 1.0), lasting, text, seed, rtol=1e-4))
    return [worst(factors), worst(edges), worst(laws), worst(limits)]


def _edge(beta: float, interval: int) -> float:
    """The eta*A at which the simulated factor of a cycle leaves the unit interval."""

    def stable(a: float) -> bool:
        return abs(cycle(a, beta * a, interval)) < 1.0

    return bisect(stable, 1e-9, 1.0, rounds=45)
