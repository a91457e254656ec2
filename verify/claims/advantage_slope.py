"""The largest |A_1'(p)| and |A_0'(p)|, by autodiff on a grid that contains both ends, against L_A."""

from __future__ import annotations

from ..constants import predict
from ..slopes_in_chance import largest_slope
from ..verdicts import Measurement, Verdict, compare_upper

__all__ = ["measure"]

CLAIM = "advantage-slope"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return one verdict per group size: tightness 1, since the largest slope is at an end of [0, 1]."""
    sizes = (2, 3, 4, 8, 16, 64) if suite == "quick" else tuple(range(2, 65))
    rows: list[Verdict] = []
    for size in sizes:
        found, place, n = largest_slope(size, (1, 0), device)
        m = Measurement(found, n=n, seed=seed, device=device)
        text = f"largest slope of A_1 and A_0 over {n} chances, found at p = {place:g}, G = {size}"
        rows.append(compare_upper(CLAIM, "advantages of a group (no objective)", predict(CLAIM, G=size), m, text))
    return rows
