"""Gradient ascent on ‖∂_φH(θ,φ)‖ over θ and φ: values found are lower estimates of the supremum."""

from __future__ import annotations

from typing import Any, cast

import torch
from torch import Tensor
from torch.func import grad, jacrev

from .objectives import Objective, surrogate_tensor
from .trees import Params, flatten, unflatten

__all__ = ["ascend"]

RATE = 0.1  # of Adam, in logits


def _matrix(objective: Objective, theta: Tensor, phi: Tensor, like: Params) -> Tensor:
    """∂_φH(θ,φ) as a differentiable (dim, dim) matrix."""

    def surrogate(a: Tensor, b: Tensor) -> Tensor:
        return surrogate_tensor(objective, unflatten(a, like), unflatten(b, like))

    slope: Any = grad(surrogate)

    def at(b: Tensor) -> Tensor:
        return cast(Tensor, slope(theta, b))

    derivative: Any = jacrev(at)
    return cast(Tensor, derivative(phi))


def ascend(objective: Objective, theta: Params, phi: Params | None, steps: int) -> float:
    """Return the largest ‖∂_φH‖₂ met on ``steps`` Adam steps from (θ, φ), or along the diagonal if φ is None.

    Raises:
        ValueError: fewer than one step, or bad parameters.
    """
    objective.validate(theta=theta, **({} if phi is None else {"phi": phi}))
    if steps < 1:
        raise ValueError(f"expected at least one step, got {steps}")
    a = flatten(theta).clone().requires_grad_()
    b = a if phi is None else flatten(phi).clone().requires_grad_()
    optimizer: Any = torch.optim.Adam([a] if phi is None else [a, b], lr=RATE)
    best, linalg = 0.0, cast(Any, torch.linalg)
    for _ in range(steps):
        matrix = _matrix(objective, a, b, theta)
        u, values, v = linalg.svd(matrix.detach())
        best = max(best, float(values[0]))
        optimizer.zero_grad()
        (-(u[:, 0] @ matrix @ v[0])).backward()
        optimizer.step()
    return best
