"""torch's Adam at its defaults: an update of more than (1 - beta1)/sqrt(1 - beta2)."""

from __future__ import annotations

from ..constants import predict
from ..runs.optimizers import PROBLEM, adam, extremal, updates
from ..verdicts import Measurement, Verdict, compare_lower

__all__ = ["measure"]

CLAIM = "adam-folklore"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the update after 210 steps (and more) at 0.9 and 0.999 against the number that is said to bound it."""
    hyper = {"beta1": 0.9, "beta2": 0.999}
    rows: list[Verdict] = []
    for steps in (210,) if suite == "quick" else (210, 3000):
        last = float(updates(adam(**hyper), extremal(**hyper, steps=steps))[0][-1])
        m = Measurement(last, n=steps, seed=seed, device=device)
        rows.append(compare_lower(CLAIM, PROBLEM, predict(CLAIM, **hyper), m, f"update after {steps} steps"))
    return rows
