"""torch's Adam after two steps: more than the learning rate."""

from __future__ import annotations

from ..constants import predict
from ..dynamics import compare
from ..runs.optimizers import adam, extremal, updates
from ..verdicts import Verdict

__all__ = ["measure"]

CLAIM = "adam-two-steps"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the squared update at decay rates for which it is said to be at most 1, and at the defaults."""
    rows: list[Verdict] = []
    for beta1, beta2 in ((0.9, 0.95), (0.9, 0.999), (0.5, 0.6)):
        last = float(updates(adam(beta1, beta2), extremal(beta1, beta2, 2))[0][-1])
        text = f"squared update after 2 steps, betas {beta1:g} and {beta2:g}"
        rows.append(compare(CLAIM, predict(CLAIM, beta1=beta1, beta2=beta2), last * last, text, seed))
    return rows
