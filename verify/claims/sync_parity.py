"""Periodic sync beyond eta A = 1: edges and the second window, by bisection on simulated cycles."""

from __future__ import annotations

import torch

from ..dynamics import answer, bisect, compare, cycle
from ..problems import generator
from ..verdicts import Verdict, worst

__all__ = ["measure"]

CLAIM = "sync-parity"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the worst odd edge, even edge and start of the second window (1e-6)."""
    count = 6 if suite == "quick" else 60
    g = generator(seed)
    odd: list[Verdict] = []
    even: list[Verdict] = []
    window: list[Verdict] = []
    for k in range(count):
        beta = 1.9 * float(torch.rand((), generator=g, dtype=torch.float64)) - 0.95
        steps = 2 * k + 1

        def stable(a: float, b: float, n: int) -> bool:
            return abs(cycle(a, b * a, n)) < 1.0

        found = bisect(lambda a, b=beta, n=steps: stable(a, b, n), 1.0 + 1e-9, 60.0)
        predicted = answer("sync-odd-edge", fb_ratio_odd=(1.0 - beta) / (1.0 + beta), S_int=steps)
        odd.append(compare(CLAIM, predicted, found, f"edge at odd S={steps}, beta={beta:.3g}", seed, rtol=1e-6))
        found = bisect(lambda a, b=beta, n=steps: stable(a, b, n + 1), 1.0 + 1e-9, 3.0)
        even.append(compare(CLAIM, 2.0, found, f"edge at even S={steps + 1}, beta={beta:.3g}", seed, rtol=1e-6))
        big = 1.5 + beta  # between 0.55 and 2.45; a window needs beta > 1
        big = big if big > 1.05 else 3.0 - big
        opens = answer("sync-window", S_int=steps + 1, fb_excess=big - 1.0)
        found = bisect(lambda a, b=big, n=steps: not stable(a, b, n + 1), 1.0, 2.0 - 1e-6)
        text = f"start of the second window at even S={steps + 1}, beta={big:.3g}"
        window.append(compare(CLAIM, opens, found, text, seed, rtol=1e-6))
    return [worst(odd), worst(even), worst(window)]
