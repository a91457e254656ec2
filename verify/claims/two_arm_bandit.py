"""Two-arm bandit: H, its bias and its derivative in phi by autodiff of the surrogate."""

from __future__ import annotations

import torch

from ..dynamics import answer
from ..problems import generator
from ..verdicts import Measurement, Verdict, compare_exact

__all__ = ["measure"]

CLAIM = "two-arm-bandit"


def _gradient(theta: torch.Tensor, phi: torch.Tensor) -> torch.Tensor:
    """H(theta, phi) of ``E_phi[rho A]`` with advantages standardised under the behaviour policy, by autodiff."""
    arms = torch.tensor([1.0, 0.0], dtype=torch.float64)

    def surrogate(x: torch.Tensor) -> torch.Tensor:
        learner, behaviour = (torch.softmax(torch.stack([y, torch.zeros_like(y)]), 0) for y in (x, phi))
        mean = (behaviour * arms).sum()
        std = (behaviour * (arms - mean) ** 2).sum().sqrt()
        return (behaviour * (learner / behaviour) * (arms - mean) / std).sum()

    return torch.func.grad(surrogate)(theta)


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return H, the bias and the derivative in phi at a drawn pair of logits."""
    theta, phi = torch.randn(2, generator=generator(seed), dtype=torch.float64)
    gradient = _gradient(theta, phi)

    def at(x: torch.Tensor) -> torch.Tensor:
        return _gradient(theta, x)

    found = {
        "bandit-gradient": gradient,
        "bandit-bias": gradient - _gradient(theta, theta),
        "bandit-mixed": torch.func.grad(at)(phi),
    }
    values = {"logit_t": float(theta), "logit_p": float(phi)}
    rows: list[Verdict] = []
    for name, value in found.items():
        m = Measurement(float(value), seed=seed, device=device)
        text = f"{name} at theta={float(theta):.3g}, phi={float(phi):.3g}"
        rows.append(compare_exact(CLAIM, "two-arm bandit, ratio form", answer(name, **values), m, text, 1e-10, 1.0))
    return rows
