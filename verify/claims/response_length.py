"""The bound by responses at growing lengths: falling, and its square times L inside the two limits."""

from __future__ import annotations

from ..constants import predict
from ..representations import by_responses, slope_bounds
from ..verdicts import Measurement, Verdict, compare_lower, compare_upper, worst

__all__ = ["measure"]

CLAIM = "response-length"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the closest case below the upper limit, above the lower one, and below the length before."""
    upper, lower, falling, name = list[Verdict](), list[Verdict](), list[Verdict](), "closed constants (no objective)"
    for size in (2, 8, 64):
        for length in (2, 3, 8, 64, 512):
            values = {"G": float(size), "L": float(length), "b_top": slope_bounds(size)[0]}
            m = Measurement(by_responses(size, length) ** 2, seed=seed, device=device)
            text = f"square of the bound by responses, L={length} G={size}"
            upper.append(compare_upper(CLAIM, name, predict(CLAIM, "most", **values), m, text))
            lower.append(compare_lower(CLAIM, name, predict(CLAIM, "least", **values), m, text))
            after = Measurement(by_responses(size, length + 1) ** 2, seed=seed, device=device)
            falling.append(compare_upper(CLAIM, name, predict(CLAIM, **values), after, f"{text}, one token more"))
    return [worst(upper), worst(lower), worst(falling)]
