"""torch's Adam with a short second moment: the largest update grows with the number of steps."""

from __future__ import annotations

from ..constants import predict
from ..runs.optimizers import PROBLEM, adam, extremal, updates
from ..verdicts import Measurement, Verdict, compare_lower, worst

__all__ = ["measure"]

CLAIM = "adam-growth"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return, per lower bound, the tightest number of steps at beta1 = 0.9 and beta2 = 0.81 and 0.5."""
    rows: dict[str, list[Verdict]] = {"": [], "exponential": []}
    for beta2 in (0.81, 0.5):
        for steps in (1, 4, 16) if suite == "quick" else (1, 4, 16, 64, 256):
            last = float(updates(adam(0.9, beta2), extremal(0.9, beta2, steps))[0][-1])
            for name, found in rows.items():
                bound = predict(CLAIM, name, beta1=0.9, beta2=beta2, t_opt=steps)
                text = f"update after {steps} steps, betas 0.9 and {beta2:g}, {name or 'root of t'}"
                m = Measurement(last, n=steps, seed=seed, device=device)
                found.append(compare_lower(CLAIM, PROBLEM, bound, m, text))
    return [worst(found) for found in rows.values()]
