"""Two-arm bandit with groups of G responses: H, its bias and its derivative in phi by autodiff over every group."""

from __future__ import annotations

import torch

from ..advantages import advantage
from ..dynamics import answer
from ..problems import generator
from ..verdicts import Measurement, Verdict, compare_exact

__all__ = ["measure"]

CLAIM = "bandit-group"


def _gradient(theta: torch.Tensor, phi: torch.Tensor, size: int) -> torch.Tensor:
    """H(theta, phi) of ``E_phi[rho A]``, advantages in groups of ``size`` drawn from the behaviour policy."""
    old = torch.sigmoid(phi)
    one, zero = (advantage(old, reward, size) for reward in (1, 0))

    def surrogate(x: torch.Tensor) -> torch.Tensor:
        chance = torch.sigmoid(x)
        return old * (chance / old) * one + (1.0 - old) * ((1.0 - chance) / (1.0 - old)) * zero

    return torch.func.grad(surrogate)(theta)


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return H, the bias and the derivative in phi at a drawn pair of logits, for several group sizes."""
    theta, phi = torch.randn(2, generator=generator(seed), dtype=torch.float64)
    values = {"logit_t": float(theta), "logit_p": float(phi)}
    rows: list[Verdict] = []
    for size in (3, 4, 16) if suite == "quick" else range(3, 33):

        def at(x: torch.Tensor, size: int = size) -> torch.Tensor:
            return _gradient(theta, x, size)

        found = {
            "bandit-group-gradient": at(phi),
            "bandit-group-bias": at(phi) - at(theta),
            "bandit-group-mixed": torch.func.grad(at)(phi),
        }
        for name, value in found.items():
            m = Measurement(float(value), seed=seed, device=device)
            text = f"{name} at theta={float(theta):.3g}, phi={float(phi):.3g}, G={size}"
            expected = answer(name, **values, G=float(size))
            rows.append(compare_exact(CLAIM, "two-arm bandit, ratio form", expected, m, text, 1e-10, 1.0))
    return rows
