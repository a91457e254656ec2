r"""A batch of sampled groups as a population: every derivative of the exact one, unbiased, from the same functions.

.. math::
    \hat F(θ,φ) = \frac1n\sum_{z} \frac{p_φ(z)}{p_{φ_0}(z)}\, ℓ(θ; z, φ), \qquad z \sim D(φ_0).

The weight of a whole group is 1 at φ = φ₀ and carries the score there: without it autodiff of a sampled loss misses
the part of ∂_φH that comes from the law of the data. At φ = θ it turns the same batch into a sample of D(θ), so that
δ = H(θ,φ) − H(θ,θ) has the noise of one batch and not of two. Source: arXiv 2607.01083; theory: ``objects``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import torch
from torch import Tensor

from ..policies import SequencePolicy
from ..trees import Params, flatten
from .batches import Batch, distinct, extended
from .core import Population
from .core import field as field_of
from .losses import Learner, Loss

__all__ = ["Sample", "SampledPopulation", "estimated", "gradients_of"]


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

    @functools.cached_property
    def _contexts(self) -> tuple[Tensor, Tensor]:
        """What the policy reads: the different (number of a group with the prompt, y_<L), and which each response has.

        Few where groups share prompts, or responses their beginnings: each is passed through the network once.
        """
        _, group, length = self.batch.tokens.shape
        listed, same = distinct(torch.cat([self.batch.prompts, self.batch.prompt_mask.long()], 1), dim=0)
        first = same.new_zeros(len(listed)).scatter(0, same, torch.arange(len(same), device=same.device))
        contexts, which = first[:, None], same.repeat_interleave(group)
        for k in range(length - 1):
            contexts, which = extended(contexts, which, self.batch.tokens[:, :, k].reshape(-1), self.policy.vocab)
        return contexts, which

    def log_tokens(self, params: Params) -> Tensor:
        """Return log π of the drawn tokens, (n, G, L); 0 outside the mask."""
        n, group, length = self.batch.tokens.shape
        contexts, which = self._contexts
        prompts, kept, read = (
            *(x[contexts[:, 0]] for x in (self.batch.prompts, self.batch.prompt_mask)),
            contexts[:, 1:],
        )
        placed = torch.cat([read, read.new_zeros(len(read), 1)], 1)  # the last token is not read
        log_p = self.policy.response_log_probs(params, prompts, kept, placed).flatten(1)
        places = which[:, None] * log_p.shape[1] + torch.arange(length, device=which.device) * self.policy.vocab
        chosen = places + self.batch.tokens.reshape(n * group, length)
        return log_p.reshape(-1)[chosen].reshape(n, group, length) * self.batch.mask

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

    def mean_reward(self, theta: Params) -> Tensor:
        """Return an unbiased estimate of V(θ) as a scalar tensor, each response with its own weight."""
        weights = (self.log_tokens(theta) - self.batch.behaviour).sum(2).exp()
        return (weights * self.batch.rewards).mean()

    def log_ratios(self, theta: Params, phi: Params) -> Tensor:
        """Return log π_θ/π_φ of every drawn token, flat; 0 after the end of a response."""
        return (self.log_tokens(theta) - self.log_tokens(phi)).reshape(-1)

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


class Sample(Population, Protocol):
    """A population objective that is estimated from independent groups."""

    def blocks(self, count: int) -> Sequence[Sample]:
        """Return ``count`` independent populations of as many groups each, whose mean is the whole."""
        ...

    def mean_reward(self, theta: Params) -> Tensor:
        """Return an unbiased estimate of V(θ) as a scalar tensor."""
        ...

    def log_ratios(self, theta: Params, phi: Params) -> Tensor:
        """Return log π_θ/π_φ of the tokens at hand, flat."""
        ...


def estimated(population: Sample, quantity: Callable[[Sample], Params | float], count: int) -> tuple[Tensor, Tensor]:
    """Return any quantity of ``objectives`` with its standard error, from ``count`` independent blocks.

    Unbiased for what is linear in the groups: F, H, B, DJ, V and the actions of ∂_φH and ∂_θH; a norm of them is not
    (``estimators.norm_squared``).

    Args:
        population: sampled groups, or drawn prefixes with everything after them listed.
        quantity: e.g. ``lambda p: behaviour_jvp(p, theta, phi, v)``.
        count: blocks, at least 2; the standard error rests on count − 1 degrees of freedom.

    Returns:
        Mean and standard error of every component, (dim,) each; dim is 1 for a number.

    Raises:
        ValueError: fewer than two blocks, or groups that do not divide into so many equal ones.
    """
    if count < 2:
        raise ValueError(f"expected at least two blocks for a standard error, got {count}")
    found = (quantity(block) for block in population.blocks(count))
    parts = torch.stack([flatten(x) if isinstance(x, dict) else torch.tensor([x]).double() for x in found])
    return parts.mean(0), parts.std(0) / count**0.5
