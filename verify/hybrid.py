"""Hybrid laws by enumeration: every response with one token drawn by θ and all others by φ; scores along directions."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from .advantages import advantage
from .populations.closed import Objective
from .populations.responses import log_tokens
from .transforms import directional
from .trees import Params

__all__ = ["Hybrid", "hybrid", "weight_slope"]


def weight_slope(p: Tensor, group_size: int) -> tuple[Tensor, Tensor]:
    """Return w_G(p) = A_1 − A_0 and its derivative, both like p."""
    point = p.detach().clone().requires_grad_()
    w = advantage(point, 1, group_size) - advantage(point, 0, group_size)
    (slope,) = torch.autograd.grad(w.sum(), point) if w.requires_grad else (torch.zeros_like(point),)
    return w.detach(), slope


@dataclass(frozen=True)
class Hybrid:
    """Everything the response-level claims speak of, by enumeration; sums over (response, token) run over (V**L, L).

    Args:
        h: weight of (response, token), (P, V**L, L).
        s: score of the token at θ along u, (P, V**L, L).
        t: sum of the other tokens' scores at φ along v, (P, V**L, L).
        law: π_φ(y|x), (P, V**L).
        score: score of the response at φ along v, (P, V**L).
        rewards: 0 or 1, (P, V**L).
        u2: squared norm of u in the rows of each prompt, (P,); v2 likewise.
        p: success probability under φ, (P,); dp: its derivative along v.
    """

    h: Tensor
    s: Tensor
    t: Tensor
    law: Tensor
    score: Tensor
    rewards: Tensor
    u2: Tensor
    v2: Tensor
    p: Tensor
    dp: Tensor

    def derivative(self, group_size: int) -> float:
        """⟨u, ∂_φH(θ,φ)[v]⟩ as claim ``response-derivative`` writes it, prompts uniform."""
        w, slope = weight_slope(self.p, group_size)
        change = w[:, None, None] * self.t + (slope * self.dp)[:, None, None]
        total = (self.h * self.s * (self.rewards - 0.5)[..., None] * change).sum()
        return float(total / (self.h.shape[0] * self.h.shape[2]))


def hybrid(objective: Objective, theta: Params, phi: Params, u: Params, v: Params) -> Hybrid:
    """Enumerate the hybrid laws of an objective at θ and φ, with the scores along u (at θ) and v (at φ).

    Raises:
        ValueError: bad parameters.
    """
    objective.validate(theta=theta, phi=phi, u=u, v=v)
    policy = objective.policy
    log_theta, log_phi = (log_tokens(policy, point) for point in (theta, phi))
    s = directional(lambda point: log_tokens(policy, point), theta, u)
    each = directional(lambda point: log_tokens(policy, point), phi, v)
    law, score = log_phi.sum(-1).exp(), each.sum(-1)
    h = (log_phi.sum(-1, keepdim=True) - log_phi + log_theta).exp()
    rewards = objective.rewards.to(law.device)
    squares = [sum((leaf.reshape(policy.prompts, -1) ** 2).sum(1) for leaf in d.values()) for d in (u, v)]
    return Hybrid(
        *(h, s, score[..., None] - each, law, score, rewards),
        *(torch.as_tensor(squares[0]), torch.as_tensor(squares[1])),
        *((law * rewards).sum(1), (law * score * rewards).sum(1)),
    )
