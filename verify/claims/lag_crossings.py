"""Constant lag with a dominant stale part: the edge by bisection is the crossing of least angle."""

from __future__ import annotations

import math

import torch

from ..dynamics import PROBLEM, answer, bisect, lag_radius
from ..problems import generator
from ..verdicts import Measurement, Verdict, compare_exact, worst

__all__ = ["measure"]

CLAIM = "lag-crossings"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return, worst of drawn angles and lags: the edge at the beta of that angle against the curve's gain, rtol 1e-6.

    The edge is where the spectral radius of the companion matrix first reaches 1, among all gains below it.
    """
    g, rows = generator(seed), list[Verdict]()
    for _ in range(6 if suite == "quick" else 100):
        lag = int(torch.randint(1, 33, (), generator=g))
        share = 0.05 + 0.9 * float(torch.rand((), generator=g, dtype=torch.float64))
        low, high = math.pi / (2 * lag + 1), math.pi / (lag + 1)
        angle = low + share * (high - low)
        beta = answer("lag-curve-ratio", s_pos=lag, fb_omega=angle)
        edge = bisect(lambda a, b=beta, s=lag: lag_radius(a, b * a, s, device) < 1.0, 1e-9, 1.0, rounds=40)
        m = Measurement(edge, n=lag, seed=seed, device=device)
        text = f"edge by bisection, lag {lag}, beta={beta:.4g}"
        rows.append(compare_exact(CLAIM, PROBLEM, answer("lag-curve-fresh", s_pos=lag, fb_omega=angle), m, text, 1e-6))
    return [worst(rows)]
