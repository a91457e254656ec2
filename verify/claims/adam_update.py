"""Adam's last update against the largest one after t steps: drawn gradients, and those at which it is reached."""

from __future__ import annotations

import torch

from ...theory.optimizers import update_bound
from ..problems import generator
from ..runs.optimizers import PROBLEM, adam, extremal, updates
from ..verdicts import Measurement, Verdict, compare_upper, worst

__all__ = ["measure"]

CLAIM = "adam-update"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the tightest of the drawn runs of Adam and AMSGrad, and of the extremal ones with a small eps."""
    g, count = generator(seed), 6 if suite == "quick" else 100
    drawn: list[Verdict] = []
    reached: list[Verdict] = []
    for index in range(count):
        beta1, beta2 = (float(b) for b in 0.5 + 0.49 * torch.rand(2, generator=g, dtype=torch.float64))
        steps = int(torch.randint(1, 30, (), generator=g))
        signs = torch.randn(steps, 64, generator=g, dtype=torch.float64) ** 3
        bound = float(update_bound("adam-coordinate-finite")(beta1=beta1, beta2=beta2, t_opt=steps))
        runs = (
            (drawn, "drawn gradients", signs, adam(beta1, beta2, amsgrad=index % 2 == 1)),
            (reached, "extremal gradients, eps 1e-12", extremal(beta1, beta2, steps), adam(beta1, beta2, 1e-12)),
        )
        for rows, text, gradients, make in runs:
            last = updates(make, gradients)[0][-1]
            m = Measurement(float(last.abs().max()), n=steps, seed=seed, device=device)
            message = f"largest coordinate after {steps} steps, betas {beta1:.3g} and {beta2:.3g}, {text}"
            rows.append(compare_upper(CLAIM, PROBLEM, bound, m, message))
    return [worst(drawn), worst(reached)]
