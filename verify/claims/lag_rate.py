"""Constant lag with a dominant stale part: s times the edge against its limit, at growing lags."""

from __future__ import annotations

import math

from ..dynamics import PROBLEM, answer, bisect
from ..verdicts import Measurement, Verdict, compare_exact

__all__ = ["measure"]

CLAIM = "lag-rate"


def _edge(beta: float, lag: int) -> float:
    """eta*A at the edge: the angle at which stale over fresh on the curve is beta, by bisection."""

    def above(angle: float) -> bool:
        fresh = answer("lag-curve-fresh", s_pos=lag, fb_omega=angle)
        return answer("lag-curve-stale", s_pos=lag, fb_omega=angle) > beta * fresh

    low = math.pi / (2 * lag + 1) * (1.0 + 1e-9)  # there the fresh gain is 0
    angle = bisect(above, low, math.pi / (lag + 1) * (1.0 - 1e-12))
    return answer("lag-curve-fresh", s_pos=lag, fb_omega=angle)


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return, per beta, twice the value at lag 2n less the value at lag n (the 1/s term cancels) against the limit."""
    lags = (512, 1024) if suite == "quick" else (4096, 8192)
    rows: list[Verdict] = []
    for beta in (1.2, 2.0, 5.0):
        at = [lag * _edge(beta, lag) for lag in lags]
        m = Measurement(2.0 * at[1] - at[0], n=2, seed=seed)
        text = f"s*eta_max*A extrapolated from s={lags}, beta={beta:g}; at s={lags[1]} it is {at[1]:.6g}"
        rows.append(compare_exact(CLAIM, PROBLEM, answer("lag-constant", fb_excess=beta - 1.0), m, text, 1e-4))
    return rows
