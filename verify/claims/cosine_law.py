"""Cosine of successive updates at any delay, from the stationary law; its limit at the edge."""

from __future__ import annotations

import math

from ..dynamics import answer, compare, successive_cosine
from ..verdicts import Verdict, worst

__all__ = ["measure"]

CLAIM = "cosine-law"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the worst law (1e-10) over delays and angles, and the worst value next to the edge (1e-5)."""
    delays = (1, 2, 3, 5, 9) if suite == "quick" else range(1, 25)
    laws: list[Verdict] = []
    edges: list[Verdict] = []
    for delay in delays:
        edge = math.pi / (2 * delay + 1)
        for share in (0.1, 0.5, 0.9):
            gain = answer("update-gain", fb_omega=share * edge)
            predicted = answer("update-cosine", s_pos=delay, fb_omega=share * edge)
            text = f"cosine at delay {delay}, {share:g} of the edge"
            laws.append(compare(CLAIM, predicted, successive_cosine(gain, delay), text, seed, rtol=1e-10))
        found = successive_cosine(answer("update-gain", fb_omega=(1.0 - 1e-7) * edge), delay)
        text = f"cosine at delay {delay}, 1e-7 below the edge"
        edges.append(compare(CLAIM, answer("update-cosine-edge", s_pos=delay), found, text, seed, rtol=1e-5))
    return [worst(laws), worst(edges)]
