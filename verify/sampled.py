r"""A batch of sampled groups as a population: every derivative of the exact one, unbiased, from the same functions.

.. math::
    \hat F(θ,φ) = \frac1n\sum_{z} \frac{p_φ(z)}{p_{φ_0}(z)}\, ℓ(θ; z, φ), \qquad z \sim D(φ_0).

The weight of a whole group is 1 at φ = φ₀ and carries the score there: without it autodiff of a sampled loss misses
the part of ∂_φH that comes from the law of the data. At φ = θ it turns the same batch into a sample of D(θ), so that
δ = H(θ,φ) − H(θ,θ) has the noise of one batch and not of two. Source: arXiv 2607.01083; theory: ``objects``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from torch.func import vjp

from .losses import Learner, Loss
from .policies import SequencePolicy
from .transforms import over_rows
from .trees import Params, flatten

__all__ = ["Batch", "SampledPopulation", "draw"]

Reward = Callable[[Tensor, Tensor, Tensor], Tensor]
"""(prompt numbers (n,), tokens (n, G, L), mask (n, G, L)) -> rewards (n, G)."""


@dataclass(frozen=True)
class Batch:
    """n groups of G responses, as drawn.

    Args:
        prompts: (n, N) int64, left padded; ``prompt_mask`` (n, N) bool.
        tokens: (n, G, L) int64; ``mask`` (n, G, L) float64, 0 after the end of a response.
        rewards: (n, G) float64.
        behaviour: log π_φ₀ of the tokens when drawn, (n, G, L), 0 outside the mask.

    Raises:
        ValueError: misshapen, non-finite rewards, or a drawn token of probability 0.
    """

    prompts: Tensor = field(repr=False)
    prompt_mask: Tensor = field(repr=False)
    tokens: Tensor = field(repr=False)
    mask: Tensor = field(repr=False)
    rewards: Tensor = field(repr=False)
    behaviour: Tensor = field(repr=False)

    def __post_init__(self) -> None:
        n, group, _ = shape = tuple(self.tokens.shape)
        expected = {"mask": shape, "behaviour": shape, "rewards": (n, group), "prompt_mask": tuple(self.prompts.shape)}
        for name, size in expected.items():
            table: Tensor = getattr(self, name)
            if tuple(table.shape) != size:
                raise ValueError(f"{name}: expected shape {size}, got {tuple(table.shape)}")
            if table.is_floating_point() and not bool(torch.isfinite(table).all()):
                bad = int((~torch.isfinite(table)).sum())
                raise ValueError(
                    f"{name}: expected finite numbers, got {bad} others; a drawn token has probability > 0"
                )
        if n < 1 or self.prompts.shape[0] != n:
            raise ValueError(f"expected one prompt for each of n >= 1 groups, got {self.prompts.shape[0]} and {n}")

    @property
    def size(self) -> int:
        """n, the number of groups."""
        return self.tokens.shape[0]


def draw(
    policy: SequencePolicy,
    params: Params,
    prompts: tuple[Tensor, Tensor],
    reward: Reward,
    *,
    groups: int,
    group_size: int,
    length: int,
    generator: torch.Generator,
    end: int | None = None,
) -> Batch:
    """Draw groups from π_φ₀, prompts uniform.

    Args:
        policy: the policy.
        params: φ₀.
        prompts: tokens (P, N), left padded, and mask (P, N).
        reward: reward of each response from the number of its prompt.
        groups: n.
        group_size: G.
        length: L tokens at most.
        generator: explicit CPU generator; every device draws the same uniform numbers.
        end: token that ends a response and counts as its last one.
    """
    listed, kept = prompts
    numbers = torch.randint(len(listed), (groups,), generator=generator).to(listed.device)
    rows, row_mask = (x[numbers].repeat_interleave(group_size, 0) for x in prompts)
    tokens = rows.new_zeros(groups * group_size, 0)
    logs, alive = list[Tensor](), list[Tensor]()
    going = torch.ones(groups * group_size, dtype=torch.bool, device=rows.device)
    with torch.no_grad():
        for _ in range(length):
            placed = torch.cat([tokens, tokens.new_zeros(len(tokens), 1)], 1)  # the last token is not read
            log_p = policy.response_log_probs(params, rows, row_mask, placed)[:, -1]
            uniform = torch.rand(len(rows), 1, generator=generator, dtype=torch.float64).to(rows.device)
            total = log_p.double().exp().cumsum(-1)
            chosen = (total < uniform * total[:, -1:]).sum(-1)  # inverse of the distribution function
            if end is not None:
                chosen = torch.where(going, chosen, end)
            logs.append(log_p.gather(1, chosen[:, None])[:, 0])
            alive.append(going)
            tokens = torch.cat([tokens, chosen[:, None]], 1)
            going = going & (chosen != end) if end is not None else going
    shape = (groups, group_size, length)
    tokens, mask = tokens.reshape(shape), torch.stack(alive, 1).reshape(shape).double()
    behaviour = torch.stack(logs, 1).reshape(shape) * mask
    return Batch(listed[numbers], kept[numbers], tokens, mask, reward(numbers, tokens, mask).double(), behaviour)


@dataclass(frozen=True)
class SampledPopulation:
    """An unbiased estimate of the population of a loss, with one term per group.

    Args:
        loss: which loss, with its constants.
        policy: the policy.
        batch: groups drawn from φ₀.
        reference: parameters of the reference policy, for losses with a KL penalty.
        critic: (n, G, L) advantages, for losses that take them as given.

    Raises:
        ValueError: a missing reference or critic.
    """

    loss: Loss
    policy: SequencePolicy
    batch: Batch
    reference: Params | None = field(default=None, repr=False)
    critic: Tensor | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self.loss.check(self.reference is not None, self.critic is not None)

    @property
    def name(self) -> str:
        """The population objective as every verdict prints it."""
        n, group = self.batch.rewards.shape
        return f"F-diagonal J, {self.loss.name}, G={group}, estimated from {n} groups"

    def validate(self, **points: Params) -> None:
        """Raise ValueError unless every given point is a finite parameter dictionary of the policy."""
        for name, params in points.items():
            self.policy.validate(params, name)

    def log_tokens(self, params: Params) -> Tensor:
        """Return log π of the drawn tokens, (n, G, L); 0 outside the mask."""
        n, group, length = self.batch.tokens.shape
        prompts, kept = (x.repeat_interleave(group, 0) for x in (self.batch.prompts, self.batch.prompt_mask))
        rows = self.batch.tokens.reshape(n * group, length)
        log_p = self.policy.response_log_probs(params, prompts, kept, rows)
        return log_p.gather(2, rows[..., None])[..., 0].reshape(n, group, length) * self.batch.mask

    def per_group(self, theta: Params, held: Params, phi: Params) -> Tensor:
        """Return the term of every group, (n,); their mean is F."""
        mask, rewards = self.batch.mask, self.batch.rewards
        inside, behaviour = self.log_tokens(held), self.log_tokens(phi)
        reference = None if self.reference is None else self.log_tokens(self.reference)
        live = Learner(self.log_tokens(theta), behaviour, mask, inside, reference)
        still = Learner(inside, behaviour, mask, inside, reference)
        advantages = self.loss.advantages(rewards)[..., None] if self.critic is None else self.critic
        terms = self.loss.length_weights(mask.sum(-1)) * self.loss.responses(live, still, advantages)
        return (behaviour - self.batch.behaviour).sum((1, 2)).exp() * terms.mean(1)

    def surrogate(self, theta: Params, held: Params, phi: Params) -> Tensor:
        """Return F̂ as a scalar tensor; ``held`` is θ inside stop-gradients. Safe inside transforms."""
        return self.per_group(theta, held, phi).mean()

    def gradients(self, theta: Params, phi: Params, blocks: int) -> Tensor:
        """Return Ĥ(θ,φ) of ``blocks`` independent parts of the batch, (blocks, dim); their mean is Ĥ of the whole.

        Raises:
            ValueError: the groups do not divide into so many equal blocks.
        """
        self.validate(theta=theta, phi=phi)
        if blocks < 1 or self.batch.size % blocks:
            raise ValueError(f"expected a number of blocks that divides {self.batch.size} groups, got {blocks}")

        def terms(point: Params) -> Tensor:
            return self.per_group(point, theta, phi)

        back: Any = vjp
        _, pull = back(terms, theta)
        each = self.batch.size // blocks
        weights = torch.eye(blocks, dtype=self.batch.rewards.dtype, device=self.batch.rewards.device)
        return over_rows(lambda w: flatten(pull(w.repeat_interleave(each) / each)[0]), weights)
