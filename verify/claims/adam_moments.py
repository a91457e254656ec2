"""Adam's moments as torch keeps them, bias-corrected, against weighted means of the gradients."""

from __future__ import annotations

import torch

from ..dynamics import compare
from ..problems import generator
from ..runs.optimizers import adam, updates
from ..verdicts import Verdict, worst

__all__ = ["measure"]

CLAIM = "adam-moments"


def _mean(values: torch.Tensor, beta: float) -> float:
    """Mean of values of shape (t,), the last with weight 1, the one before with beta, ..."""
    weights = beta ** torch.arange(len(values) - 1, -1, -1, dtype=torch.float64)
    return float((weights * values).sum() / weights.sum())


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the worst of both moments over drawn decay rates, gradients and numbers of steps."""
    g, count = generator(seed), 4 if suite == "quick" else 60
    rows: dict[str, list[Verdict]] = {"exp_avg": [], "exp_avg_sq": []}
    for _ in range(count):
        betas = [float(b) for b in 0.5 + 0.49 * torch.rand(2, generator=g, dtype=torch.float64)]
        steps = int(torch.randint(1, 40, (), generator=g))
        gradients = torch.randn(steps, 1, generator=g, dtype=torch.float64)
        _, _, optimizer = updates(adam(*betas), gradients)
        (state,) = optimizer.state.values()
        for name, beta, power in (("exp_avg", betas[0], 1), ("exp_avg_sq", betas[1], 2)):
            found = float(state[name]) * (-1.0) ** power / (1.0 - beta**steps)  # torch sees -g
            text = f"{name} of torch.optim.Adam, bias-corrected, {steps} steps, decay {beta:.3g}"
            rows[name].append(compare(CLAIM, _mean(gradients[:, 0] ** power, beta), found, text, seed))
    return [worst(found, lambda v: abs((v.measured or 0.0) - (v.predicted or 0.0))) for found in rows.values()]
