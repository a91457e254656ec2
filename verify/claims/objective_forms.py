"""Ratio form and log form by automatic differentiation: one H at random (θ,φ), DJ = 0 against DJ = H at the uniform."""

from __future__ import annotations

import torch
from torch import Tensor

from ..bandits import gradient_of, law, pair_advantage
from ..problems import generator
from ..verdicts import Measurement, Verdict, compare_exact
from .potential import random_bandit

__all__ = ["measure"]

CLAIM = "objective-forms"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return ‖H_log − H_ratio‖ at random (θ,φ), ‖DJ_ratio‖ at random θ, and ‖DJ_log − H‖ at the uniform policy."""
    theta, phi, rewards = random_bandit(generator(seed, 1910), 5, device)
    uniform = torch.zeros_like(theta)

    def ratio_form(first: Tensor, second: Tensor) -> Tensor:
        old = law(second)
        return (old * (law(first) / old) * pair_advantage(old, rewards)).sum()

    def log_form(first: Tensor, second: Tensor, frozen: Tensor) -> Tensor:
        old = law(second)  # the ratio is taken at ``frozen`` and not differentiated
        return (old * (law(frozen) / old) * pair_advantage(old, rewards) * torch.log(law(first))).sum()

    def log_objective(point: Tensor) -> Tensor:
        return (law(point) * pair_advantage(law(point), rewards) * torch.log(law(point))).sum()

    h = gradient_of(lambda x: ratio_form(x, phi), theta)
    gaps = {"H of the log form less H of the ratio form": gradient_of(lambda x: log_form(x, phi, theta), theta) - h}
    gaps["DJ of the ratio form"] = gradient_of(lambda x: ratio_form(x, x), theta)
    on_policy = gradient_of(lambda x: ratio_form(x, uniform), uniform)
    gaps["DJ of the log form less H, uniform policy"] = gradient_of(log_objective, uniform) - on_policy
    size = min(float(x.pow(2).sum().sqrt()) for x in (h, on_policy))
    rows: list[Verdict] = []
    for text, gap in gaps.items():
        m = Measurement(float(gap.pow(2).sum().sqrt()), n=1, seed=seed, device=device)
        note = f"norm of {text}; norm(H) is at least {size:.3f}"
        rows.append(compare_exact(CLAIM, "5 responses, G=2, population std", 0.0, m, note, 1e-12, size))
    return rows
