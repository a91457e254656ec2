r"""The exact population of any loss on any enumerable policy: all responses, all groups of mates.

.. math::
    F(θ,φ) = \mathbb E_x \sum_y π_φ(y|x) \sum_c \Pr_φ(c|x)\, λ(|y|, c)\, f(y; θ, φ, A(r_y, c)),

where c counts the G−1 mates by their kind (reward and length), multinomially under φ, λ is the length weight and f the
loss of a response. No step takes the mean of an advantage, so that clips, graded rewards, and length weights that
depend on the mates are exact. The sum over y goes part by part: memory does not grow with the number of responses, and
the chances of the kinds of mates are what the parts have in common. Source: arXiv 2607.01083, the surrogate with the
behaviour policy explicit.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Protocol

import torch
from torch import Tensor

from ..trees import Params
from .batches import kinds_of
from .losses import Learner, Loss
from .responses import Responses

__all__ = ["ExactPopulation", "over_mates"]

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
        at_once: numbers of a table (P, R, L) held at once; more are taken in parts.

    Attributes:
        kinds: distinct (reward, length) among all responses, (K, 2).
        which: kind of every response, (P, R).

    Raises:
        ValueError: misshapen or non-finite tables, a missing reference or critic, less than one response at once, or
            more than ``LARGEST`` kinds of mates to sum over.
    """

    loss: Loss
    responses: Responses
    rewards: Tensor = field(repr=False)
    group_size: int
    reference: Params | None = field(default=None, repr=False)
    critic: Tensor | None = field(default=None, repr=False)
    at_once: int = field(default=2**20, repr=False)
    kinds: Tensor = field(init=False, repr=False)
    which: Tensor = field(init=False, repr=False)

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
        if self.reference is not None:
            self.validate(reference=self.reference)
        if self.group_size < 1:
            raise ValueError(f"expected group size G >= 1, got {self.group_size}")
        if self.at_once < 1:
            raise ValueError(f"expected at_once >= 1, got {self.at_once}")
        kinds, which = kinds_of(self.rewards, self.responses.lengths.to(self.rewards.device))
        object.__setattr__(self, "kinds", kinds)
        object.__setattr__(self, "which", which)
        count = math.comb(self.group_size - 1 + len(kinds) - 1, self.group_size - 1)
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

    def mean_over_groups(self, theta: Params, statistic: Callable[[Tensor], Tensor]) -> Tensor:
        """Return E_z[statistic(rewards (…, G))] over all groups under π_θ, as a scalar tensor."""
        row = _Rows(self, slice(None))
        chances = row.common(row.tables(theta))["chances"]
        drawn, ways = (x.to(chances.device) for x in _mates(self.group_size, len(self.kinds)))
        return (chances[:, drawn].prod(-1) @ (ways * statistic(self.kinds[drawn][..., 0]))).mean()

    def log_ratios(self, theta: Params, phi: Params) -> Tensor:
        """Return log π_θ/π_φ of every token of every response, flat; 0 after the end of a response."""
        return (self.responses.log_tokens(theta) - self.responses.log_tokens(phi)).reshape(-1)

    def parts(self) -> tuple[_Rows, ...]:
        """Return the responses in slices of ``at_once`` numbers, or all of them."""
        p, (r, length) = self.responses.policy.prompts, self.responses.tokens.shape
        each = max(1, self.at_once // (p * length))
        return tuple(_Rows(self, slice(start, start + each)) for start in range(0, r, each))


@dataclass(frozen=True)
class _Rows:
    """The share of some responses."""

    population: ExactPopulation
    rows: slice

    def tables(self, params: Params) -> Params:
        return {"tokens": self.population.responses.log_tokens(params, self.rows)}

    def common(self, behaviour: Params) -> Params:
        """Chances of the kinds among these responses, (P, K)."""
        law, which = behaviour["tokens"].sum(-1).exp(), self.population.which[:, self.rows]
        return {"chances": law.new_zeros(len(law), len(self.population.kinds)).scatter_add(1, which, law)}

    def score(self, live: Params, held: Params, behaviour: Params) -> Tensor:
        whole, which = self.population, self.population.which[:, self.rows]
        mask = whole.responses.mask[self.rows].to(which.device)
        tokens, inside = behaviour["tokens"], held["tokens"]
        reference = None if whole.reference is None else self.tables(whole.reference)["tokens"]
        learner, still = (Learner(x, tokens, mask, inside, reference) for x in (live["tokens"], inside))
        chances = (behaviour if "chances" in behaviour else self.common(behaviour))["chances"]
        drawn, ways = _mates(whole.group_size - 1, len(whole.kinds))
        chance = ways[:, None].to(chances.device) * chances[:, drawn.to(chances.device)].prod(-1).T  # (C, P)
        critic = None if whole.critic is None else whole.critic[:, self.rows]
        law, mates = tokens.sum(-1).exp(), whole.kinds[drawn.to(which.device)]
        return over_mates(whole, which, mates, chance, law, (learner, still), critic).mean()


class Kinds(Protocol):
    """A population that counts mates by kind."""

    @property
    def loss(self) -> Loss:
        """Which loss."""
        ...

    @property
    def kinds(self) -> Tensor:
        """Distinct (reward, length), (K, 2)."""
        ...

    @property
    def at_once(self) -> int:
        """Numbers of a table held at once."""
        ...


def over_mates(
    population: Kinds,
    which: Tensor,
    mates: Tensor,
    chance: Tensor,
    law: Tensor,
    learners: tuple[Learner, Learner],
    critic: Tensor | None = None,
) -> Tensor:
    """Return the mean loss over responses and mates, (…).

    Args:
        population: its loss and kinds.
        which: kind of every response, (…, R).
        mates: (reward, length) of the mates, every possibility, (C, G−1, 2).
        chance: its chance, (C, …).
        law: chance of every response, (…, R).
        learners: the learner that is differentiated, and the one inside stop-gradients.
        critic: (…, R, L) advantages, for losses that take them as given.
    """
    kinds, total = population.kinds, law.new_zeros(law.shape[:-1])
    each = max(1, population.at_once // learners[0].tokens.numel())
    for start in range(0, len(mates), each):
        some, chances = mates[start : start + each], chance[start : start + each]
        first = kinds[:, None].expand(len(some), len(kinds), 1, 2)
        group = torch.cat([first, some[:, None].expand(len(some), len(kinds), *some.shape[1:])], 2)  # (C, K, G, 2)
        weight = population.loss.length_weights(group[..., 1])[..., 0][:, which]  # (C, …, R)
        if critic is not None:
            advantage = critic
        else:
            advantage = population.loss.advantages(group[..., 0])[..., 0][:, which][..., None]
        found = population.loss.responses(*learners, advantage)
        total = total + (chances[..., None] * law * weight * found).sum((0, -1))
    return total


def _mates(size: int, kinds: int) -> tuple[Tensor, Tensor]:
    """Every multiset of ``size`` mates by kind, (C, size), with the number of orders in which it can be drawn, (C,).

    Tensors are made anew each time: one made inside a transform must not outlive it.
    """
    drawn, ways = _counted(size, kinds)
    return torch.tensor(drawn).reshape(len(drawn), size).long(), torch.tensor(ways, dtype=torch.float64)


@cache
def _counted(size: int, kinds: int) -> tuple[list[tuple[int, ...]], list[float]]:
    drawn = list(itertools.combinations_with_replacement(range(kinds), size))
    repeats = ([math.factorial(y.count(k)) for k in set(y)] for y in drawn)
    return drawn, [float(math.factorial(size) // math.prod(each)) for each in repeats]
