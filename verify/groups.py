"""The per-sample side: the loss of one sampled group z = (x, y_1..y_G), its gradient, and the law of a whole group."""

from __future__ import annotations

import itertools
import math

import torch
from torch import Tensor

from .populations.closed import Objective
from .populations.responses import log_strings
from .transforms import gradient, over_rows
from .trees import Params, flatten

__all__ = ["draw_groups", "group_gradients", "group_tv"]


def draw_groups(objective: Objective, count: int, generator: torch.Generator) -> Tensor:
    """Return ``count`` groups (count, 1+G): a prompt and G response numbers, uniform, not from a policy.

    The constants of A1 and A3 are suprema over all z, so every response must be reachable.
    """
    policy = objective.policy
    prompts = torch.randint(policy.prompts, (count, 1), generator=generator)
    responses = torch.randint(policy.vocab**policy.length, (count, objective.group_size), generator=generator)
    return torch.cat([prompts, responses], dim=1).to(objective.rewards.device)


def _group_loss(objective: Objective, theta: Params, phi: Params, z: Tensor) -> Tensor:
    """ℓ(θ;z,φ) = (1/G)Σ_i (1/L)Σ_k min(ρ_ik A_i, clip(ρ_ik) A_i), A_i the realised group advantage."""
    policy, x, y = objective.policy, z[:1], z[1:]
    rewards = objective.rewards[x].squeeze(0)[y]  # (G,)
    spread = rewards.std(correction=0)
    standard = torch.where(spread > 0, (rewards - rewards.mean()) / torch.where(spread > 0, spread, 1.0), 0.0)
    total = standard.new_zeros(())
    levels = zip(policy.levels(theta), policy.levels(phi), strict=True)
    for k, (log_theta, log_phi) in enumerate(levels):
        edge = y // policy.vocab ** (policy.length - 1 - k)  # (prefix, token) of y at position k, base V
        ratio = ((log_theta - log_phi)[x].reshape(-1)[edge]).exp()
        clipped = ratio
        if objective.clip is not None:
            clipped = ratio.clamp(1.0 - objective.clip.lo, 1.0 + objective.clip.hi)
        total = total + torch.minimum(ratio * standard, clipped * standard).sum()
    return total / (objective.group_size * policy.length)


def group_gradients(objective: Objective, theta: Params, phi: Params, groups: Tensor) -> Tensor:
    """Return ∇_θ ℓ(θ;z,φ) for every group, (count, dim); ``groups`` is (count, 1+G) as from ``draw_groups``.

    Raises:
        ValueError: bad parameters, the log form, or a misshapen table of groups.
    """
    objective.validate(theta=theta, phi=phi)
    if objective.form != "ratio":
        raise ValueError("expected the ratio form, got the log form")
    if groups.ndim != 2 or groups.shape[1] != 1 + objective.group_size:
        raise ValueError(f"expected groups of shape (count, {1 + objective.group_size}), got {tuple(groups.shape)}")
    return over_rows(lambda z: flatten(gradient(lambda point: _group_loss(objective, point, phi, z), theta)), groups)


def group_tv(objective: Objective, phi: Params, other: Params) -> float:
    """Return TV(D(φ), D(φ′)) of whole groups (prompt, G i.i.d. responses), exactly, over counts of responses.

    A group's probability depends on its counts alone, so the sum runs over C(n+G−1, G) count vectors, n = V**L.

    Raises:
        ValueError: bad parameters or more than 10⁵ count vectors.
    """
    objective.validate(phi=phi, other=other)
    policy, size = objective.policy, objective.group_size
    n = policy.vocab**policy.length
    if math.comb(n + size - 1, size) > 100_000:
        raise ValueError(f"expected at most 100000 count vectors, got {math.comb(n + size - 1, size)}")
    draws = torch.tensor(list(itertools.combinations_with_replacement(range(n), size)))
    counts = torch.stack([(draws == i).sum(1) for i in range(n)], dim=1).double()
    coefficient = math.lgamma(size + 1) - torch.lgamma(counts + 1).sum(1)  # log G!/Πc!
    laws = [(coefficient + log_strings(policy, point).cpu() @ counts.T).exp() for point in (phi, other)]
    return float(0.5 * (laws[0] - laws[1]).abs().sum(1).mean())
