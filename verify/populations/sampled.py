r"""A batch of sampled groups as a population: every derivative of the exact one, unbiased, from the same functions.

.. math::
    \hat F(θ,φ) = \frac1n\sum_{z} \frac{p_φ(z)}{p_{φ_0}(z)}\, ℓ(θ; z, φ), \qquad z \sim D(φ_0).

The weight of a whole group is 1 at φ = φ₀ and carries the score there: without it autodiff of a sampled loss misses
the part of ∂_φH that comes from the law of the data. At φ = θ it turns the same batch into a sample of D(θ), so that
δ = H(θ,φ) − H(θ,θ) has the noise of one batch and not of two. Source: arXiv 2607.01083; theory: ``objects``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace

import torch
from torch import Tensor

from ..policies import SequencePolicy
from ..trees import Params, flatten
from .core import Population
from .core import field as field_of
from .losses import Learner, Loss

__all__ = ["Batch", "SampledPopulation", "draw", "gradients_of"]

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

    A response may be empty (its mask all 0): it has ratio 1 and adds no gradient.

    Raises:
        ValueError: misshapen or empty groups, half precision, non-finite rewards, a mask of other numbers than 0 and 1,
            or log-probabilities of the drawn tokens that are none: above 0, or -inf.
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
        if group < 1 or shape[2] < 1:
            raise ValueError(f"tokens: expected groups of G >= 1 responses of L >= 1 tokens, got {shape}")
        for name, size in expected.items():
            table: Tensor = getattr(self, name)
            if table.dtype in (torch.float16, torch.bfloat16):
                raise ValueError(f"{name}: expected float32 or float64, got {table.dtype}; convert with .double()")
            if tuple(table.shape) != size:
                raise ValueError(f"{name}: expected shape {size}, got {tuple(table.shape)}")
            if table.is_floating_point() and not bool(torch.isfinite(table).all()):
                bad = int((~torch.isfinite(table)).sum())
                raise ValueError(
                    f"{name}: expected finite numbers, got {bad} others; a drawn token has probability > 0"
                )
        if n < 1 or self.prompts.shape[0] != n:
            raise ValueError(f"expected one prompt for each of n >= 1 groups, got {self.prompts.shape[0]} and {n}")
        if not bool(((self.mask == 0) | (self.mask == 1)).all()):
            raise ValueError("mask: expected only 0 and 1")
        if bool((self.behaviour > 1e-6).any()):
            raise ValueError(f"behaviour: expected log-probabilities <= 0, got {float(self.behaviour.max()):.3g}")

    @property
    def size(self) -> int:
        """n, the number of groups."""
        return self.tokens.shape[0]

    def take(self, groups: slice) -> Batch:
        """Return some of the groups."""
        return Batch(**{f.name: getattr(self, f.name)[groups] for f in fields(self)})


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
        first = policy.response_log_probs(params, listed[numbers], kept[numbers], rows.new_zeros(groups, 1))[:, -1]
        for k in range(length):
            placed = torch.cat([tokens, tokens.new_zeros(len(tokens), 1)], 1)  # the last token is not read
            log_p = (
                policy.response_log_probs(params, rows, row_mask, placed)[:, -1]
                if k
                else first.repeat_interleave(group_size, 0)
            )
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
        ValueError: a missing reference or critic, or one that does not fit the policy or the batch.
    """

    loss: Loss
    policy: SequencePolicy
    batch: Batch
    reference: Params | None = field(default=None, repr=False)
    critic: Tensor | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self.loss.check(self.reference is not None, self.critic is not None)
        if self.reference is not None:
            self.validate(reference=self.reference)
        if self.critic is not None:
            shape, got = tuple(self.batch.tokens.shape), tuple(self.critic.shape)
            if got != shape or not bool(torch.isfinite(self.critic).all()):
                raise ValueError(f"critic: expected finite advantages of shape {shape}, got {got}")

    @property
    def name(self) -> str:
        """The population objective as every verdict prints it."""
        n, group = self.batch.rewards.shape
        return f"F-diagonal J, {self.loss.name}, G={group}, estimated from {n} groups"

    @property
    def group_size(self) -> int:
        """G."""
        return self.batch.rewards.shape[1]

    @property
    def kinds(self) -> Tensor:
        """(reward, length) of every drawn response, (n G, 2)."""
        return torch.stack([self.batch.rewards, self.batch.mask.sum(-1)], -1).reshape(-1, 2)

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

    def parts(self) -> tuple[SampledPopulation]:
        """Return itself: one part, the batch as it was drawn."""
        return (self,)

    def tables(self, params: Params) -> Params:
        """Return ``log_tokens``."""
        return {"tokens": self.log_tokens(params)}

    def common(self, behaviour: Params) -> Params:
        """Return nothing: groups have nothing in common."""
        return {}

    def score(self, live: Params, held: Params, behaviour: Params) -> Tensor:
        """Return the mean of the terms of the groups, each with the weight of its whole group."""
        mask, (tokens, inside) = self.batch.mask, (behaviour["tokens"], held["tokens"])
        reference = None if self.reference is None else self.log_tokens(self.reference)
        learner, still = (Learner(x, tokens, mask, inside, reference) for x in (live["tokens"], inside))
        advantages = self.loss.advantages(self.batch.rewards)[..., None] if self.critic is None else self.critic
        terms = self.loss.length_weights(mask.sum(-1)) * self.loss.responses(learner, still, advantages)
        return (self._weights(tokens) * terms.mean(1)).mean()

    def _weights(self, tokens: Tensor) -> Tensor:
        """p_φ(z)/p_φ₀(z) of whole groups, (n,)."""
        return (tokens - self.batch.behaviour).sum((1, 2)).exp()

    def mean_over_groups(self, theta: Params, statistic: Callable[[Tensor], Tensor]) -> Tensor:
        """Return an unbiased estimate of E_z[statistic(rewards (…, G))] under π_θ, as a scalar tensor."""
        return (self._weights(self.log_tokens(theta)) * statistic(self.batch.rewards)).mean()

    def blocks(self, count: int) -> list[SampledPopulation]:
        """Return ``count`` populations of as many groups each: independent estimates whose mean is the whole.

        Raises:
            ValueError: the groups do not divide into so many equal blocks.
        """
        if count < 1 or self.batch.size % count:
            raise ValueError(f"expected a number of blocks that divides {self.batch.size} groups, got {count}")
        each = self.batch.size // count
        rows = [slice(k * each, (k + 1) * each) for k in range(count)]
        critics = [None if self.critic is None else self.critic[r] for r in rows]
        return [replace(self, batch=self.batch.take(r), critic=c) for r, c in zip(rows, critics, strict=True)]

    def gradients(self, theta: Params, phi: Params, blocks: int) -> Tensor:
        """Return Ĥ(θ,φ) of ``blocks`` independent parts of the batch, (blocks, dim); their mean is Ĥ of the whole.

        Raises:
            ValueError: the groups do not divide into so many equal blocks.
        """
        self.validate(theta=theta, phi=phi)
        return gradients_of(self.blocks(blocks), theta, phi)


def gradients_of(blocks: Sequence[Population], theta: Params, phi: Params) -> Tensor:
    """Return H(θ,φ) of every population, (blocks, dim)."""
    return torch.stack([flatten(field_of(block, theta, phi)) for block in blocks])
