"""Performative location family: points where repeated and true gradient ascent stop, and slopes by autodiff."""

from __future__ import annotations

import torch

from ..dynamics import answer
from ..problems import generator
from ..verdicts import Measurement, Verdict, compare_exact

__all__ = ["measure"]

CLAIM = "location-family"


def _surrogate(theta: torch.Tensor, phi: torch.Tensor, base: float, eps: float) -> torch.Tensor:
    """E[z theta - theta^2/2] for z of mean ``base + eps phi``, by two equally likely outcomes."""
    outcomes = base + eps * phi + torch.tensor([-1.0, 1.0], dtype=torch.float64)
    return (outcomes * theta - theta * theta / 2.0).mean()


def _found(base: float, eps: float, theta: float, phi: float) -> dict[str, torch.Tensor]:
    """By the name of its known answer, what differentiation and ascent find."""

    def total(x: torch.Tensor) -> torch.Tensor:
        return _surrogate(x, x, base, eps)

    def frozen(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        def at(z: torch.Tensor) -> torch.Tensor:
            return _surrogate(z, y, base, eps)

        return torch.func.grad(at)(x)

    point, behaviour = (torch.tensor(x, dtype=torch.float64) for x in (theta, phi))
    stable = optimal = torch.zeros((), dtype=torch.float64)
    for _ in range(200):
        stable = stable + 0.7 * frozen(stable, stable)
        optimal = optimal + 0.7 * torch.func.grad(total)(optimal)
    return {
        "location-gradient": frozen(point, behaviour),
        "location-total": torch.func.grad(total)(point),
        "location-stable": stable,
        "location-optimal": optimal,
    }


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return H and DJ at a drawn point and the two points where ascent along each comes to rest."""
    base, eps, theta, phi = (float(x) for x in torch.rand(4, generator=generator(seed), dtype=torch.float64))
    base, eps = 0.5 + base, 0.8 * eps - 0.4
    values = {"loc_base": base, "loc_eps": eps, "loc_t": theta, "loc_p": phi}
    rows: list[Verdict] = []
    for name, value in _found(base, eps, theta, phi).items():
        m = Measurement(float(value), seed=seed, device=device)
        text = f"{name}, a0={base:.3g}, eps={eps:.3g}"
        rows.append(compare_exact(CLAIM, "linear loss, location family", answer(name, **values), m, text, 1e-10, 1.0))
    return rows
