r"""Policy value and the potential of H: two functionals whose gradients the surrogate gradient is compared with.

V(θ) = E[R]. Where the advantage sees the policy through the mean reward alone and every token has the same weight κ,
H(θ,θ) = ∇W (claim ``potential``). Binary rewards: W = κ E_x W_G(p(x)) with W_G′ = A_1 − A_0. W_G is a polynomial of
degree G in p, and its Bernstein coefficients

.. math::
    c_{k+1} - c_k = (A_1(k) - A_0(k)) / G, \qquad c_0 = 0

make it the mean over groups of c at the number of their successes, which samples estimate without bias.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import torch
from torch import Tensor

from ..objectives import gradient_of_surrogate
from ..transforms import gradient
from ..trees import Params, dot, norm
from .core import Population
from .losses import Learner, Loss

__all__ = ["Groups", "mean_reward", "potential", "value_cosine"]

NEAR = 1e-12


class Groups(Population, Protocol):
    """A population of a loss that can take means over its groups."""

    @property
    def loss(self) -> Loss:
        """Which loss."""
        ...

    @property
    def group_size(self) -> int:
        """G."""
        ...

    @property
    def kinds(self) -> Tensor:
        """Distinct (reward, length) of responses, (K, 2)."""
        ...

    def mean_over_groups(self, theta: Params, statistic: Callable[[Tensor], Tensor]) -> Tensor:
        """Return E_z[statistic(rewards (…, G))] under π_θ."""
        ...


def mean_reward(population: Groups, theta: Params) -> Tensor:
    """Return V(θ) = E[R] as a scalar tensor; an unbiased estimate where the population is one."""
    return population.mean_over_groups(theta, lambda rewards: rewards.mean(-1))


def potential(population: Groups, theta: Params) -> Tensor:
    """Return W(θ) with ∇W = H(θ,θ), as a scalar tensor; W is fixed up to a constant.

    Raises:
        ValueError: H is no gradient by the claim ``potential``: a penalty, a weight that depends on the length, a
            critic, or more than two levels of rewards with a std.
    """
    loss, size = population.loss, population.group_size
    rule, levels, lengths = loss.record.advantage, *(_distinct(population.kinds[:, k]) for k in (0, 1))
    if rule.centre == "critic":
        raise ValueError(f"{loss.name}: expected group advantages for a potential, got a critic")
    kappa = _token_gain(loss, lengths, size)
    if rule.scale == "none":
        one = torch.zeros(size, dtype=torch.float64)
        one[0] = 1.0
        gain = float(loss.advantages(one)[0])  # 1 - 1/G, or 1: the part of the own reward
        return kappa * gain * mean_reward(population, theta)
    if not set(levels) <= {0.0, 1.0}:
        raise ValueError(f"{loss.name}: expected rewards 0 and 1 for a potential with a std, got {levels}")
    coefficients = _bernstein(loss, size).to(population.kinds.device)
    return kappa * population.mean_over_groups(theta, lambda rewards: coefficients[rewards.sum(-1).long()])


def _distinct(column: Tensor) -> list[float]:
    return sorted({float(x) for x in column})


def _bernstein(loss: Loss, size: int) -> Tensor:
    """c_0..c_G."""
    k = torch.arange(size)
    solved = (torch.arange(size - 1) < k[:, None]).double()  # (G, G-1): k of the mates
    first, second = (
        loss.advantages(torch.cat([torch.full((size, 1), r, dtype=torch.float64), solved], 1))[:, 0] for r in (1.0, 0.0)
    )
    return torch.cat([torch.zeros(1, dtype=torch.float64), ((first - second) / size).cumsum(0)])


def _token_gain(loss: Loss, lengths: list[float], size: int) -> float:
    """κ, the slope of a response's weighted loss in each of its log-probabilities at ratio 1, per unit of advantage."""
    if loss.needs_reference:
        raise ValueError(f"{loss.name}: expected a loss without a penalty for a potential")
    if loss.record.length == "group" and len(lengths) > 1:
        raise ValueError(f"{loss.name}: expected one length for a potential, got {lengths}: weights of mates")
    slopes = torch.cat([_slopes(loss, int(n), size, sign) for n in lengths if n > 0 for sign in (1.0, -1.0)])
    low, high = float(slopes.min()), float(slopes.max())
    if high - low > NEAR * max(abs(low), abs(high)):
        raise ValueError(f"{loss.name}: expected one weight of all tokens for a potential, got {low:.4g} to {high:.4g}")
    return high


def _slopes(loss: Loss, length: int, size: int, advantage: float) -> Tensor:
    """κ of each token of a response, from one advantage, (L,)."""
    table, mask = (torch.full((1, length), x, dtype=torch.float64) for x in (-1.0, 1.0))
    weight = loss.length_weights(table.new_full((1, size), float(length)))[0, 0]
    still = Learner(table, table, mask, table)

    def whole(x: Params) -> Tensor:
        return loss.responses(Learner(x["tokens"], table, mask, table), still, table.new_full((1, 1), advantage)).sum()

    return (weight / advantage * gradient(whole, {"tokens": table})["tokens"]).flatten()


def value_cosine(population: Groups, theta: Params) -> tuple[float, str]:
    """Return cos(H(θ,θ), ∇V(θ)) with the name of the population; a plug-in estimate where that is sampled.

    Raises:
        ValueError: bad parameters, or one of the two vanishes.
    """
    population.validate(theta=theta)
    h, slope = gradient_of_surrogate(population, theta, theta), gradient(lambda x: mean_reward(population, x), theta)
    size = norm(h) * norm(slope)
    if not size > 0.0:
        raise ValueError(f"{population.name}: expected H and grad V that do not vanish, got a product of norms {size}")
    return dot(h, slope) / size, population.name
