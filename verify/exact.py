r"""The exact population of any loss on any enumerable policy: all responses, all groups of mates.

.. math::
    F(θ,φ) = \mathbb E_x \sum_y π_φ(y|x) \sum_c \Pr_φ(c|x)\, λ(|y|, c)\, f(y; θ, φ, A(r_y, c)),

where c counts the G−1 mates by their kind (reward and length), multinomially under φ, λ is the length weight and f the
loss of a response. No step takes the mean of an advantage, so that clips, graded rewards, and length weights that
depend on the mates are exact. Source: arXiv 2607.01083, the surrogate with the behaviour policy explicit.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field
from typing import cast

import torch
from torch import Tensor

from .losses import Learner, Loss
from .responses import Responses
from .trees import Params

__all__ = ["ExactPopulation"]

LARGEST = 20_000


@dataclass(frozen=True)
class ExactPopulation:
    """The population objective of a loss on a table of rewards.

    Args:
        loss: which loss, with its constants.
        responses: all responses of the policy.
        rewards: float64 (P, R), finite, any number of levels.
        group_size: G >= 1 (>= 2 where advantages need mates).
        reference: parameters of the reference policy, for losses with a KL penalty.
        critic: (P, R, L) advantages, for losses that take them as given.

    Raises:
        ValueError: misshapen or non-finite tables, a missing reference or critic, or more than ``LARGEST`` kinds of
            mates to sum over.
    """

    loss: Loss
    responses: Responses
    rewards: Tensor = field(repr=False)
    group_size: int
    reference: Params | None = field(default=None, repr=False)
    critic: Tensor | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        p, (r, length) = self.responses.policy.prompts, self.responses.tokens.shape
        given: dict[str, tuple[Tensor, tuple[int, ...]]] = {"rewards": (self.rewards, (p, r))}
        if self.critic is not None:
            given["critic"] = (self.critic, (p, r, length))
        for name, (table, shape) in given.items():
            if tuple(table.shape) != shape or table.dtype != torch.float64:
                got = f"{table.dtype} {tuple(table.shape)}"
                raise ValueError(f"{name}: expected torch.float64 {shape}, got {got}")
            if not bool(torch.isfinite(table).all()):
                raise ValueError(f"{name}: expected finite numbers, got {int((~torch.isfinite(table)).sum())} others")
        self.loss.check(self.reference is not None, self.critic is not None)
        if self.group_size < 1:
            raise ValueError(f"expected group size G >= 1, got {self.group_size}")
        count = math.comb(self.group_size - 1 + len(self._kinds()) - 1, self.group_size - 1)
        if count > LARGEST:
            raise ValueError(
                f"expected at most {LARGEST} kinds of mates, got {count}; fewer reward levels or a smaller G"
            )

    @property
    def name(self) -> str:
        """The population objective as every verdict prints it."""
        return f"F-diagonal J, {self.loss.name}, G={self.group_size}"

    def validate(self, **points: Params) -> None:
        """Raise ValueError unless every given point is a finite parameter dictionary of the policy."""
        for name, params in points.items():
            self.responses.policy.validate(params, name)

    def mean_reward(self, theta: Params) -> Tensor:
        """Return V(θ) = E_x E_{y~π_θ}[R] as a scalar tensor."""
        return (self.responses.log_tokens(theta).sum(-1).exp() * self.rewards).sum(1).mean()

    def log_ratios(self, theta: Params, phi: Params) -> Tensor:
        """Return log π_θ/π_φ of every token of every response, flat; 0 after the end of a response."""
        return (self.responses.log_tokens(theta) - self.responses.log_tokens(phi)).reshape(-1)

    def _kinds(self) -> Tensor:
        """Distinct (reward, length) among all responses, (K, 2)."""
        lengths = self.responses.lengths.expand_as(self.rewards)
        seen = torch.stack([self.rewards.cpu(), lengths], -1).reshape(-1, 2)
        return cast(Tensor, torch.unique(seen, dim=0))  # pyright: ignore[reportUnknownMemberType]

    def surrogate(self, theta: Params, held: Params, phi: Params) -> Tensor:
        """Return F as a scalar tensor; ``held`` is θ inside stop-gradients. Safe inside transforms."""
        table, device = self.responses, self.rewards.device
        mask = table.mask.to(device)
        behaviour, inside = table.log_tokens(phi), table.log_tokens(held)
        reference = None if self.reference is None else table.log_tokens(self.reference)
        live = Learner(table.log_tokens(theta), behaviour, mask, inside, reference)
        still = Learner(inside, behaviour, mask, inside, reference)
        law = behaviour.sum(-1).exp()  # (P, R)
        kinds = self._kinds().to(device)
        own = torch.stack([self.rewards, table.lengths.to(device).expand_as(self.rewards)], -1)[:, :, None] == kinds
        own = own.all(-1).double()  # (P, R, K)
        chances = torch.einsum("pr,prk->pk", law, own)
        total = law.new_zeros(())
        for counts, ways in _mates(self.group_size - 1, len(kinds)):
            chance = ways * torch.stack([chances[:, k] ** c for k, c in enumerate(counts)]).prod(0)  # (P,)
            mates = kinds.repeat_interleave(torch.tensor(counts, device=device), dim=0)
            group = torch.cat([kinds[:, None], mates.expand(len(kinds), *mates.shape)], 1)  # (K, G, 2), own first
            weight = own @ self.loss.length_weights(group[..., 1])[:, 0]
            if self.critic is not None:
                advantage = self.critic
            else:
                advantage = (own @ self.loss.advantages(group[..., 0])[:, 0])[..., None]
            total = total + (chance[:, None] * law * weight * self.loss.responses(live, still, advantage)).sum()
        return total / table.policy.prompts


def _mates(size: int, kinds: int) -> list[tuple[tuple[int, ...], float]]:
    """Counts of ``size`` mates by kind, with the number of orders in which they can be drawn."""
    found: list[tuple[tuple[int, ...], float]] = []
    for drawn in itertools.combinations_with_replacement(range(kinds), size):
        counts = tuple(drawn.count(k) for k in range(kinds))
        found.append((counts, float(math.factorial(size) // math.prod(math.factorial(c) for c in counts))))
    return found
