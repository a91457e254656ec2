"""Learners that walk by given updates, in torch float64: drift, and the step of collapse under a given hazard."""

# pyright: reportUnknownMemberType=false
from __future__ import annotations

from collections.abc import Callable
from typing import cast

import torch

__all__ = ["WALK", "ar_gram", "directions", "drift", "first_step", "mean_gram", "signs", "walk", "with_gram"]

WALK = "walk by given updates (no objective)"


def directions(count: int, dim: int, g: torch.Generator) -> torch.Tensor:
    """Random orthonormal rows, shape (count, dim); count at most dim."""
    noise = torch.randn(dim, count, generator=g, dtype=torch.float64)
    q, _ = cast(tuple[torch.Tensor, torch.Tensor], torch.linalg.qr(noise))
    return q.T


def ar_gram(steps: int, c: float) -> torch.Tensor:
    """Correlations ``c^|i-j|``, shape (steps, steps)."""
    k = torch.arange(steps, dtype=torch.float64)
    return c ** (k[:, None] - k[None, :]).abs()


def mean_gram(steps: int, c: float) -> torch.Tensor:
    """Correlation c for every pair, shape (steps, steps)."""
    return c + (1.0 - c) * torch.eye(steps, dtype=torch.float64)


def with_gram(gram: torch.Tensor, g: torch.Generator) -> torch.Tensor:
    """Vectors with this Gram matrix, turned by a random rotation; shape of the matrix."""
    root = cast(torch.Tensor, torch.linalg.cholesky(gram))
    return root @ directions(len(gram), len(gram), g)


def signs(steps: int) -> torch.Tensor:
    """Every sequence of signs, shape (2^steps, steps)."""
    rows = torch.arange(2**steps)[:, None] >> torch.arange(steps)[None, :]
    return 1.0 - 2.0 * (rows & 1).to(torch.float64)


def walk(updates: torch.Tensor, eta: float) -> torch.Tensor:
    """``theta_{t+1} = theta_t + eta u_t`` by ``torch.optim.SGD``, shape (steps + 1, dim), from zero."""
    theta = torch.zeros(updates.shape[1], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([theta], lr=eta, maximize=True)
    places = [theta.detach().clone()]
    for u in updates:
        theta.grad = u.clone()
        optimizer.step()
        places.append(theta.detach().clone())
    return torch.stack(places)


def drift(updates: torch.Tensor, eta: float) -> torch.Tensor:
    """``norm(theta_t - theta_0)`` for t = 0..steps."""
    places = walk(updates, eta)
    return cast(torch.Tensor, torch.linalg.vector_norm(places - places[0], dim=1))


def first_step(distances: torch.Tensor, collapses: Callable[[float], bool]) -> int | None:
    """The first step whose distance from the start is a collapse, None where none is."""
    return next((t for t, d in enumerate(distances) if collapses(float(d))), None)
