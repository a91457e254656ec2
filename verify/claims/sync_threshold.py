"""Cycles on frozen rollouts: stable at every length up to beta = 1, unstable from a length on beyond it."""

from __future__ import annotations

import math

import torch

from ..dynamics import PROBLEM, answer, compare, cycle
from ..problems import generator
from ..verdicts import Measurement, Verdict, compare_upper, worst

__all__ = ["measure"]

CLAIM = "sync-threshold"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the largest multiplier for -1 < beta <= 1, and how many cycles just beyond the length named blow up."""
    count, g = 12 if suite == "quick" else 200, generator(seed)
    inside: list[Verdict] = []
    beyond = 0
    for _ in range(count):
        share, rate = (float(x) for x in torch.rand(2, generator=g, dtype=torch.float64))
        gain, beta = 0.01 + 0.5 * rate, 1.0 - 1.9 * share * share
        steps = int(torch.randint(1, 400, (), generator=g))
        m = Measurement(abs(cycle(gain, beta * gain, steps)), n=count, seed=seed, device=device)
        text = f"multiplier of {steps} steps, eta*A={gain:.3g}, beta={beta:.3g}"
        inside.append(compare_upper(CLAIM, PROBLEM, 1.0, m, text))
        stale = 2.0 - beta  # more than 1
        longest = answer("sync-longest", cyc_r=1.0 - gain, fb_excess=stale - 1.0)
        beyond += cycle(gain, stale * gain, math.floor(longest) + 1) < -1.0
    longest = answer("sync-longest", cyc_r=0.999, fb_excess=1.0)
    text = "steps at which a cycle at eta*A = 0.001, beta = 2 becomes unstable"
    x, first = 1.0, 0
    while x >= -1.0:
        x, first = x - (0.001 * x + 0.002), first + 1
    return [
        worst(inside),
        compare(CLAIM, float(count), float(beyond), "cycles beyond the length named that are unstable", seed),
        compare(CLAIM, longest, float(first), text, seed, rtol=2e-3),
    ]
