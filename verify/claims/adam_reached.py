"""torch's Adam on the extremal gradients: the last update is the largest one there is."""

from __future__ import annotations

import torch

from ..constants import predict
from ..dynamics import compare
from ..problems import generator
from ..runs.optimizers import adam, extremal, updates
from ..verdicts import Verdict, worst

__all__ = ["measure"]

CLAIM = "adam-reached"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the worst of drawn decay rates and numbers of steps, with beta1^2 on both sides of beta2."""
    g, count = generator(seed), 6 if suite == "quick" else 100
    rows: list[Verdict] = []
    for _ in range(count):
        beta1, beta2 = (float(b) for b in 0.2 + 0.79 * torch.rand(2, generator=g, dtype=torch.float64))
        steps = int(torch.randint(2, 25, (), generator=g))
        last = float(updates(adam(beta1, beta2), extremal(beta1, beta2, steps))[0][-1])
        text = f"update after {steps} steps, betas {beta1:.3g} and {beta2:.3g}"
        rows.append(compare(CLAIM, predict(CLAIM, beta1=beta1, beta2=beta2, t_opt=steps), last, text, seed))
    return [worst(rows, lambda v: abs((v.measured or 0.0) - (v.predicted or 0.0)))]
