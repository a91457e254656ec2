"""One prompt with finitely many responses and a logit each: small enough that G = 2 groups are written out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import torch
from torch import Tensor

from .problems import generator

__all__ = ["antisymmetric", "diagonal_field", "gradient_of", "law", "logits", "pair_advantage", "slopes"]


def law(logits: Tensor) -> Tensor:
    """Return the softmax of the logits, (n,)."""
    return torch.softmax(logits, 0)


def logits(count: int, seed: int, index: int, device: str) -> Tensor:
    """Return the logits of three responses of equal chance, or N(0, 1) ones of more, (n,)."""
    if count == 3:
        return torch.zeros(3, dtype=torch.float64, device=device)
    return torch.randn(count, generator=generator(seed, index), dtype=torch.float64).to(device)


def slopes(p: Tensor, direction: int) -> Tensor:
    """Return the derivative of the law p along one logit, (n,)."""
    found = -p[direction] * p
    found[direction] += p[direction]
    return found


def gradient_of(f: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """Return ∇f(x) for a scalar f."""
    transform: Any = torch.func.grad(f)
    return cast(Tensor, transform(x))


def pair_advantage(p: Tensor, rewards: Tensor, standardised: bool = True) -> Tensor:
    """Return E[A_i | response i] for G = 2, (n,): the mate j is drawn from p, A_i = sign or half of r_i − r_j."""
    gaps = rewards[:, None] - rewards[None, :]
    return (torch.sign(gaps) if standardised else 0.5 * gaps) @ p


def diagonal_field(rewards: Tensor, weights: Tensor, standardised: bool = True) -> Callable[[Tensor], Tensor]:
    """Return θ ↦ H(θ,θ) of F(θ,φ) = Σ_i π_φ(i) b_i A_i(φ) ρ_i, by automatic differentiation in the θ slot."""

    def field(theta: Tensor) -> Tensor:
        def surrogate(point: Tensor) -> Tensor:
            old = law(theta)
            return (weights * pair_advantage(old, rewards, standardised) * law(point)).sum()  # π_φ ρ = π_θ

        return gradient_of(surrogate, theta)

    return field


def antisymmetric(field: Callable[[Tensor], Tensor], theta: Tensor) -> Tensor:
    """Return ∂_v⟨h,w⟩ − ∂_w⟨h,v⟩ over all pairs of unit directions, (n, n): rows v, columns w."""
    transform: Any = torch.func.jacrev(field)
    jacobian = cast(Tensor, transform(theta))  # component w in rows, direction v in columns
    return jacobian.T - jacobian
