"""The two closed bounds on K_φ in float64 over lengths and group sizes."""

from __future__ import annotations

from ..constants import closed, predict
from ..verdicts import Measurement, Verdict, compare_upper, worst

__all__ = ["measure"]

CLAIM = "response-beats-group"
EPSILON = 1e-9  # the smallest clip is the hardest case


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the length and group size at which the bound by responses comes closest to the bound by groups."""
    rows = list[Verdict]()
    for size in range(3, 29):
        for length in (1, 2, 4, 16, 256, 4096):
            values = {"G": float(size), "L": float(length)}
            theirs = closed(size, length, EPSILON)["K_phi"].value
            m = Measurement(theirs - predict(CLAIM, eps_hi=EPSILON, **values), seed=seed, device=device)
            text = f"bound by responses below the bound by groups, L={length} G={size}"
            rows.append(compare_upper(CLAIM, "closed constants (no objective)", theirs, m, text))
    return [worst(rows)]
