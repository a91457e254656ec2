"""Where the blend lies: its largest η by bisection, and the loads there."""

from __future__ import annotations

from ..constants import predict
from ..dynamics import bisect
from ..verdicts import Measurement, Verdict, compare_exact, compare_upper

__all__ = ["measure"]

CLAIM = "blend-order"
RULE = "planning rule (no objective)"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return, for p = ±1, ±3, the blend's η against the min or max form, and the claim's sum of powers of its loads."""
    a, b, s, t = 1.6, 32.0, 8.0, 320.0
    rows: list[Verdict] = []
    for p in (1, 3, -1, -3):
        eta = bisect(lambda x, p=p: (x ** -float(p) - (s / a) ** p - (t / b) ** p) * p >= 0.0, 1e-3, 1e2)
        loads = [s * eta / a, t * eta / b] if p > 0 else [a / (s * eta), b / (t * eta)]
        total = predict(CLAIM, load_1=loads[0], load_2=loads[1], p_whole=abs(p))
        one = Measurement(1.0, n=1, seed=seed)
        rows.append(compare_exact(CLAIM, RULE, total, one, f"sum of powers of the loads, p={p}", 1e-9))
        for load, text in zip(loads, ("first", "second"), strict=True):
            m = Measurement(load, n=1, seed=seed)
            rows.append(compare_upper(CLAIM, RULE, 1.0, m, f"{text} load (its inverse at p < 0), p={p}"))
    return rows
