"""Periodic sync without a fresh part: the simulated factor of a cycle and its edge."""

from __future__ import annotations

import torch

from ..dynamics import answer, bisect, compare, cycle
from ..problems import generator
from ..verdicts import Verdict, worst

__all__ = ["measure"]

CLAIM = "stale-only-sync"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the worst multiplier (1e-10) and the worst edge (1e-6)."""
    g = generator(seed)
    factors: list[Verdict] = []
    edges: list[Verdict] = []
    for steps in (1, 2, 5, 32) if suite == "quick" else range(1, 129):
        gain = 3.0 / steps * float(torch.rand((), generator=g, dtype=torch.float64))
        predicted = answer("stale-only-multiplier", S_int=steps, gain_stale=gain)
        text = f"factor of a cycle of S={steps}, eta*B={gain:.3g}"
        factors.append(compare(CLAIM, predicted, cycle(0.0, gain, steps), text, seed))
        found = bisect(lambda h, n=steps: abs(cycle(0.0, h, n)) < 1.0, 1e-9, 4.0)
        text = f"edge of eta*B at S={steps}"
        edges.append(compare(CLAIM, answer("stale-only-edge", S_int=steps), found, text, seed, rtol=1e-6))
    return [worst(factors), worst(edges)]
