"""The curve of the edge at constant lag: a zero on the circle on it, and the certified brackets around the edge."""

from __future__ import annotations

import math

import torch

from ..dynamics import answer, bisect, compare, lag_radius, run_lag
from ..problems import generator
from ..verdicts import Verdict, worst

__all__ = ["measure"]

CLAIM = "performative-lag"
BRACKETS = {
    1.25: (3.25, 2.0),
    2.0: (1.5, 1.0),
    5.0: (5 / 6, 2 / 3),
    10.0: (0.7, 0.5),
}  # beta -> shifts of the lag below and above the edge


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the worst spectral radius and oscillation on the curve, and how many of the brackets hold the edge."""
    count = 8 if suite == "quick" else 100
    g = generator(seed)
    radii: list[Verdict] = []
    waves: list[Verdict] = []
    for _ in range(count):
        lag = int(torch.randint(1, 33, (), generator=g))
        share = float(torch.rand((), generator=g, dtype=torch.float64))
        low, high = math.pi / (2 * lag + 1), math.pi / (lag + 1)
        angle = low + (0.05 + 0.9 * share) * (high - low)
        fresh, stale = (answer(f"lag-curve-{part}", s_pos=lag, fb_omega=angle) for part in ("fresh", "stale"))
        text = f"spectral radius on the curve, lag {lag}, omega={angle:.4g}"
        radii.append(compare(CLAIM, 1.0, lag_radius(fresh, stale, lag, device), text, seed))
        exact = torch.cos(angle * torch.arange(4 * lag + 8, dtype=torch.float64))
        miss = float((run_lag(fresh, stale, exact[: lag + 1], 3 * lag + 7) - exact).abs().max())
        waves.append(compare(CLAIM, 0.0, miss, f"oscillation on the curve, lag {lag}", seed))
    held = 0
    lags = (1, 2, 3, 8, 32) if suite == "quick" else range(1, 33)
    for beta, (below, above) in BRACKETS.items():
        limit = answer("lag-constant", fb_excess=beta - 1.0)
        for lag in lags:
            edge = bisect(lambda a, b=beta, s=lag: lag_radius(a, b * a, s, device) < 1.0, 1e-6, 3.0, rounds=40)
            held += limit / (lag + below) <= edge <= limit / (lag + above)
    text = "lags at which the edge by bisection lies in the certified bracket, beta from 1.25 to 10"
    brackets = compare(CLAIM, float(len(BRACKETS) * len(lags)), float(held), text, seed)
    return [worst(radii), worst(waves, lambda v: v.measured or 0.0), brackets]
