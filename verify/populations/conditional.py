r"""Sampled prefixes, everything after them enumerated: the exact conditional mean of the sampled population.

n groups are drawn: a prompt, and the first m tokens y_{i,<m} of each of its G responses from π_φ₀. Given those, the
responses of a group are independent, and every continuation is listed:

.. math::
    \hat F(θ,φ) = \frac1n\sum_{z} \prod_i \frac{π_φ(y_{i,<m})}{π_{φ_0}(y_{i,<m})}\;
        E_φ\big[ℓ(θ; y_1,…,y_G, φ) \,\big|\, x, y_{1,<m},…,y_{G,<m}\big].

m = 0 conditions on the prompts alone, so that only their choice is random; m = L conditions on everything and is the
sampled population. By the law of total variance no m has a larger variance than a larger one, at φ = φ₀.
Source: D. Blackwell, Ann. Math. Statist. 18 (1947) 105-110; arXiv 2607.01083 for F.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from ..policies import SequencePolicy
from ..trees import Params
from .batches import Batch, Reward, draw, kinds_of
from .exact import LARGEST, over_mates
from .losses import Learner, Loss
from .sampled import gradients_of

__all__ = ["ConditionalPopulation", "draw_prefixes"]


@dataclass(frozen=True)
class ConditionalPopulation:
    """The conditional mean of a loss given drawn prefixes; made by ``draw_prefixes``.

    Args:
        loss: which loss, with its constants; one with group advantages.
        policy: the policy.
        prefixes: groups of prefixes of m tokens (of one member where m = 0: all are alike); its rewards are not read.
        tokens: all continuations of every member, (n, members, R, L), prefix included; ``mask`` 0.0 after the end.
        proper: 1.0 where a continuation counts, 0.0 where it repeats another after the end, (n, members, R).
        rewards: (n, members, R).
        group_size: G.
        depth: m, the number of tokens of each response that were drawn.
        reference: parameters of the reference policy, for losses with a KL penalty.
        at_once: numbers of a table held at once, in the sum over mates.

    Raises:
        ValueError: a missing reference, a loss with a critic, or more than ``LARGEST`` kinds of groups.
    """

    loss: Loss
    policy: SequencePolicy
    prefixes: Batch = field(repr=False)
    tokens: Tensor = field(repr=False)
    mask: Tensor = field(repr=False)
    proper: Tensor = field(repr=False)
    rewards: Tensor = field(repr=False)
    group_size: int
    depth: int
    reference: Params | None = field(default=None, repr=False)
    at_once: int = field(default=2**20, repr=False)
    kinds: Tensor = field(init=False, repr=False)
    which: Tensor = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.loss.check(self.reference is not None, False)
        if self.reference is not None:
            self.validate(reference=self.reference)
        kinds, which = kinds_of(self.rewards, self.mask.sum(-1))
        object.__setattr__(self, "kinds", kinds)
        object.__setattr__(self, "which", which)
        if len(kinds) ** self.group_size > LARGEST:
            raise ValueError(
                f"expected at most {LARGEST} kinds of groups, got {len(kinds)}**{self.group_size}; "
                "fewer reward levels or a smaller G"
            )

    @property
    def name(self) -> str:
        """The population objective as every verdict prints it."""
        given = f"the first {self.depth} tokens of" if self.depth else "the prompts of"
        n = len(self.tokens)
        return f"F-diagonal J, {self.loss.name}, G={self.group_size}, conditional mean given {given} {n} groups"

    def validate(self, **points: Params) -> None:
        """Raise ValueError unless every given point is a finite parameter dictionary of the policy."""
        for name, params in points.items():
            self.policy.validate(params, name)

    def parts(self) -> tuple[ConditionalPopulation]:
        """Return itself: one part."""
        return (self,)

    def tables(self, params: Params) -> Params:
        """Return log π of the tokens of all continuations, (n, members, R, L); 0 outside the mask."""
        n, members, count, length = self.tokens.shape
        rows = self.tokens.reshape(-1, length)
        prompts, kept = (
            x.repeat_interleave(members * count, 0) for x in (self.prefixes.prompts, self.prefixes.prompt_mask)
        )
        log_p = self.policy.response_log_probs(params, prompts, kept, rows)
        return {"tokens": log_p.gather(2, rows[..., None])[..., 0].reshape(n, members, count, length) * self.mask}

    def common(self, behaviour: Params) -> Params:
        """Return nothing: groups have nothing in common."""
        return {}

    def _split(self, tokens: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Weight of each group (n,), law of each continuation (n, members, R), chances of the kinds (n, G, K)."""
        m, n = self.depth, len(tokens)
        drawn = self.prefixes.behaviour.sum((1, 2)) if m else tokens.new_zeros(n)
        weight = (tokens[:, :, 0, :m].sum((1, 2)) - drawn).exp()
        law = tokens[..., m:].sum(-1).exp() * self.proper
        chances = law.new_zeros(*law.shape[:2], len(self.kinds)).scatter_add(2, self.which, law)
        return weight, law, chances.expand(n, self.group_size, len(self.kinds))

    def score(self, live: Params, held: Params, behaviour: Params) -> Tensor:
        """Return the mean over groups of their weights times their conditional means."""
        tokens, inside, size = behaviour["tokens"], held["tokens"], self.group_size
        reference = None if self.reference is None else self.tables(self.reference)["tokens"]
        learner, still = (Learner(x, tokens, self.mask, inside, reference) for x in (live["tokens"], inside))
        weight, law, chances = self._split(tokens)
        members = law.shape[1]
        mates = self._kinds_of(size - 1)  # (C, G−1)
        others = [[j for j in range(size) if j != i] for i in range(members)]
        chance = torch.stack([_together(chances[:, row], mates) for row in others], -1)  # (C, n, members)
        found = over_mates(self, self.which, self.kinds[mates], chance, law, (learner, still))
        return (weight * found.mean(1)).mean()

    def mean_reward(self, theta: Params) -> Tensor:
        """Return an unbiased estimate of V(θ) as a scalar tensor, each prefix with its own weight."""
        tokens, m = self.tables(theta)["tokens"], self.depth
        weight = (tokens[:, :, 0, :m].sum(2) - self.prefixes.behaviour.sum(2)).exp() if m else 1.0
        return (weight * (self._split(tokens)[1] * self.rewards).sum(2)).mean()

    def log_ratios(self, theta: Params, phi: Params) -> Tensor:
        """Return log π_θ/π_φ of every token of every continuation, flat; 0 after the end."""
        return (self.tables(theta)["tokens"] - self.tables(phi)["tokens"]).reshape(-1)

    def mean_over_groups(self, theta: Params, statistic: Callable[[Tensor], Tensor]) -> Tensor:
        """Return an unbiased estimate of E_z[statistic(rewards (…, G))] under π_θ, as a scalar tensor."""
        weight, _, chances = self._split(self.tables(theta)["tokens"])
        whole = self._kinds_of(self.group_size)
        return (weight * (statistic(self.kinds[whole][..., 0]) @ _together(chances, whole))).mean()

    def _kinds_of(self, members: int) -> Tensor:
        """Every choice of a kind for each of some members, in order, (C, members)."""
        count = len(self.kinds)
        numbers = torch.arange(count**members, device=self.tokens.device)
        return numbers[:, None] // count ** torch.arange(members, device=self.tokens.device) % count

    def blocks(self, count: int) -> list[ConditionalPopulation]:
        """Return ``count`` populations of as many groups each: independent estimates whose mean is the whole.

        Raises:
            ValueError: the groups do not divide into so many equal blocks.
        """
        n = len(self.tokens)
        if count < 1 or n % count:
            raise ValueError(f"expected a number of blocks that divides {n} groups, got {count}")
        rows = [slice(k * n // count, (k + 1) * n // count) for k in range(count)]
        names = ("tokens", "mask", "proper", "rewards")
        return [replace(self, prefixes=self.prefixes.take(r), **{x: getattr(self, x)[r] for x in names}) for r in rows]

    def gradients(self, theta: Params, phi: Params, blocks: int) -> Tensor:
        """Return Ĥ(θ,φ) of ``blocks`` independent parts, (blocks, dim); their mean is Ĥ of the whole."""
        self.validate(theta=theta, phi=phi)
        return gradients_of(self.blocks(blocks), theta, phi)


def _together(chances: Tensor, kinds: Tensor) -> Tensor:
    """Chance that independent members are of these kinds (C, members), from their chances (n, members, K): (C, n)."""
    found = chances.new_ones(len(kinds), len(chances))
    for i in range(kinds.shape[1]):
        found = found * chances[:, i, kinds[:, i]].T
    return found


def draw_prefixes(
    loss: Loss,
    policy: SequencePolicy,
    params: Params,
    prompts: tuple[Tensor, Tensor],
    reward: Reward,
    *,
    depth: int,
    groups: int,
    group_size: int,
    length: int,
    generator: torch.Generator,
    end: int | None = None,
    reference: Params | None = None,
) -> ConditionalPopulation:
    """Draw prompts and prefixes of ``depth`` tokens from π_φ₀ and list what may follow; arguments of ``batches.draw``.

    Raises:
        ValueError: depth outside 0..length, and what ``batches.draw`` and the population refuse.
    """
    if not 0 <= depth <= length:
        raise ValueError(f"expected 0 <= depth <= {length}, got {depth}")
    listed = list[Tensor]()

    def remember(numbers: Tensor, tokens: Tensor, mask: Tensor) -> Tensor:
        listed.append(numbers)
        return mask.new_zeros(mask.shape[:2])

    members = group_size if depth else 1  # without a prefix all members of a group are alike
    how = {"groups": groups, "group_size": members, "length": max(depth, 1)}
    prefixes = draw(policy, params, prompts, remember, **how, generator=generator, end=end)
    v, rest = policy.vocab, length - depth
    suffixes = torch.arange(v**rest)[:, None] // v ** torch.arange(rest - 1, -1, -1) % v
    suffixes = suffixes.to(prefixes.tokens.device).expand(groups, members, v**rest, rest)
    started = prefixes.tokens[:, :, None, :depth].expand(groups, members, v**rest, depth)
    tokens = torch.cat([started, suffixes], -1)
    ends = tokens == end if end is not None else torch.zeros_like(tokens, dtype=torch.bool)
    mask = (ends.cumsum(-1) - ends.long() == 0).double()
    proper = (ends | (mask == 1)).all(-1).double()  # after the end only the end token: one string per response
    flat = (groups, members * v**rest, length)
    rewards = reward(listed[0], tokens.reshape(flat), mask.reshape(flat)).double().reshape(proper.shape)
    return ConditionalPopulation(loss, policy, prefixes, tokens, mask, proper, rewards, group_size, depth, reference)
