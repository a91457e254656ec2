"""Jacobian of H(θ,θ): symmetric for binary rewards with a std and for any rewards without one."""

from __future__ import annotations

import torch
from torch import Tensor

from ..bandits import antisymmetric, diagonal_field, law
from ..constants import predict
from ..problems import generator
from ..verdicts import Measurement, Verdict, compare_exact

__all__ = ["measure", "random_bandit"]

CLAIM = "potential"


def random_bandit(g: torch.Generator, n: int, device: str) -> tuple[Tensor, Tensor, Tensor]:
    """Return two random points of logits and rewards in (0, 1), (n,) each."""
    theta, phi = (torch.randn(n, generator=g, dtype=torch.float64).to(device) for _ in range(2))
    return theta, phi, torch.rand(n, generator=g, dtype=torch.float64).to(device)


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the largest entry of the antisymmetric part, and one component of h against b(m) ∂_w m."""
    theta, _, graded = random_bandit(generator(seed, 1920), 6, device)
    binary, ones = (
        torch.tensor([0.0, 1.0, 1.0, 0.0, 1.0, 0.0], dtype=torch.float64, device=device),
        torch.ones_like(theta),
    )
    rows: list[Verdict] = []
    for name, rewards, standardised, gain in (
        ("binary, std", binary, True, 1.0),
        ("graded, no std", graded, False, 0.5),
    ):
        field, p = diagonal_field(rewards, ones, standardised), law(theta)
        h, twist = field(theta), antisymmetric(field, theta)
        m = Measurement(float(twist.abs().max()), n=1, seed=seed, device=device)
        text = f"largest entry of the antisymmetric part of the Jacobian, {name}"
        scale = float(h.abs().max())
        rows.append(compare_exact(CLAIM, f"6 responses, G=2, {name}", 0.0, m, text, 1e-12, scale))
        slope = float(p[0] * (rewards[0] - (p * rewards).sum()))  # derivative of the mean reward along the first logit
        predicted = predict(CLAIM, gain_m=gain, mean_w=slope)
        m = Measurement(float(h[0]), n=1, seed=seed, device=device)
        rows.append(compare_exact(CLAIM, f"6 responses, G=2, {name}", predicted, m, "first component of h", 1e-12))
    return rows
