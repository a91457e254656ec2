"""Gaussian policy with quadratic reward: autodiff under Gauss-Hermite quadrature against closed forms."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch

from ..dynamics import answer
from ..problems import generator
from ..verdicts import Measurement, Verdict, compare_exact

__all__ = ["measure"]

CLAIM = "gaussian-policy"
NODES, WEIGHTS = (torch.tensor(x.tolist(), dtype=torch.float64) for x in np.polynomial.hermite_e.hermegauss(60))


def _mean(f: Callable[[torch.Tensor], torch.Tensor], centre: torch.Tensor, sd: float) -> torch.Tensor:
    return (WEIGHTS * f(centre + sd * NODES)).sum() / math.sqrt(2.0 * math.pi)


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return H of the three surrogates and DJ of the log form at a drawn point."""
    theta, phi, mu, width = (float(x) for x in torch.randn(4, generator=generator(seed), dtype=torch.float64))
    sd = 0.5 + abs(width)
    constant = 0.5 * math.log(2.0 * math.pi * sd * sd)
    t = torch.tensor(theta, dtype=torch.float64, requires_grad=True)
    p = torch.tensor(phi, dtype=torch.float64)

    def reward(z: torch.Tensor) -> torch.Tensor:
        return -((z - mu) ** 2)

    def log_density(z: torch.Tensor, at: torch.Tensor) -> torch.Tensor:
        return -((z - at) ** 2) / (2.0 * sd * sd) - constant

    base = _mean(reward, p, sd)
    surrogates = {
        "gaussian-plain": _mean(lambda z: reward(z) * log_density(z, t), p, sd),
        "gaussian-baseline": _mean(lambda z: (reward(z) - base) * log_density(z, t), p, sd),
        "gaussian-ratio": _mean(lambda z: (log_density(z, t) - log_density(z, p)).exp() * (reward(z) - base), p, sd),
        "gaussian-total": _mean(lambda z: reward(z) * log_density(z, t), t, sd),
    }
    values = {"loc_t": theta, "loc_p": phi, "loc_mu": mu, "loc_sd": sd, "log_norm": constant}
    rows: list[Verdict] = []
    for name, surrogate in surrogates.items():
        (slope,) = torch.autograd.grad(surrogate, t, retain_graph=True)
        m = Measurement(float(slope), seed=seed, device=device)
        rows.append(compare_exact(CLAIM, name, answer(name, **values), m, f"{name} by autodiff", 1e-10, 1.0))
    return rows
