"""Cosine of successive updates at delays 0 to 3, from the stationary law of the recursion."""

from __future__ import annotations

from ..dynamics import answer, compare, successive_cosine
from ..verdicts import Verdict, worst

__all__ = ["measure"]

CLAIM = "update-cosine"
GAINS = {0: (0.1, 1.0, 1.9), 1: (0.1, 0.5, 0.95), 2: (0.1, 0.3, 0.6), 3: (0.1, 0.3, 0.44)}


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return one verdict per delay: the worst gain, by the Lyapunov equation (1e-10)."""
    rows: list[Verdict] = []
    for delay, gains in GAINS.items():
        found: list[Verdict] = []
        for gain in gains:
            predicted = answer(f"update-cosine-{delay}", fb_gain=gain)
            text = f"cosine of successive updates, delay {delay}, eta*A={gain:g}"
            found.append(compare(CLAIM, predicted, successive_cosine(gain, delay), text, seed))
        rows.append(worst(found, lambda v: abs((v.measured or 0.0) - (v.predicted or 0.0))))
    return rows
