"""Constant lag with a dominant fresh part: stable just below the bound, and no further where -1 is a zero at it."""

from __future__ import annotations

import torch

from ..dynamics import PROBLEM, answer, bisect, compare, lag_radius
from ..problems import generator
from ..verdicts import Measurement, Verdict, compare_upper, worst

__all__ = ["measure"]

CLAIM = "constant-lag"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the largest spectral radius below the bound, and the edge at lags of the parity where it is the bound."""
    count = 12 if suite == "quick" else 200
    g = generator(seed)
    inside: list[Verdict] = []
    edges: list[Verdict] = []
    for _ in range(count):
        ratio, share = (float(x) for x in torch.rand(2, generator=g, dtype=torch.float64))
        beta, lag = 2.0 * ratio - 1.0, int(torch.randint(0, 33, (), generator=g))
        gain = share * answer("fresh-lag-bound", beta_fb=beta)
        m = Measurement(lag_radius(gain, beta * gain, lag, device), n=count, seed=seed, device=device)
        text = f"spectral radius, beta={beta:.3g}, lag {lag}, eta*A={gain:.3g} below the bound"
        inside.append(compare_upper(CLAIM, PROBLEM, 1.0, m, text))
        bound = answer("fresh-lag-bound", beta_fb=beta)
        reached = 2 * (lag // 2) + (beta < 0.0)  # where -1 is a zero at the bound
        found = bisect(lambda a, b=beta, s=reached: lag_radius(a, b * a, s, device) < 1.0, 1e-6, 3.0, rounds=30)
        text = f"edge at lag {reached}, beta={beta:.3g}"
        edges.append(compare(CLAIM, bound, found, text, seed, rtol=1e-6))
    return [worst(inside), worst(edges)]
