"""The largest |w_G'(p)|, by autodiff on a grid that contains both ends, against L_w."""

from __future__ import annotations

from ..constants import predict
from ..slopes_in_chance import largest_slope
from ..verdicts import Measurement, Verdict, compare_exact, compare_upper

__all__ = ["measure"]

CLAIM = "weight-slope"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return one verdict per group size: tightness 1, since the largest slope is at an end; G = 3 has none at all."""
    sizes = (4, 5, 8, 16, 64) if suite == "quick" else tuple(range(4, 65))
    rows: list[Verdict] = []
    for size in sizes:
        found, place, n = largest_slope(size, (), device)
        m = Measurement(found, n=n, seed=seed, device=device)
        text = f"largest slope of w_G over {n} chances, found at p = {place:g}, G = {size}"
        rows.append(compare_upper(CLAIM, "advantages of a group (no objective)", predict(CLAIM, G=size), m, text))
    found, _, n = largest_slope(3, (), device)
    m = Measurement(found, n=n, seed=seed, device=device)
    text = f"largest slope of w_G over {n} chances, G = 3: the weight is constant"
    flat = compare_exact(CLAIM, "advantages of a group (no objective)", predict(CLAIM, G=3), m, text, 1e-12, scale=1.0)
    return [*rows, flat]
