r"""The terms behind H of an exact population, in its two representations: by groups z = (x, y_1…y_G) and by responses.

.. math::
    H(θ,φ) = \sum_z p_φ(z)\, ∇_θ ℓ(θ;z,φ) = \frac1P \sum_{x,y} π_φ(y|x)\, g(x,y;θ,φ),

g being the mean over the mates of what y gives. A term is J_θᵀ c with c its slope in the log-probabilities of the
tokens and J their Jacobian, and its derivative in φ is J_θᵀ C J_φ: the network is differentiated once, for all terms.
Source: arXiv 2607.01083, assumptions A1 and A3; claims ``closed-constants``, ``response-constants``.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor
from torch.func import jacrev

from ..populations.exact import ExactPopulation
from ..populations.losses import Learner
from ..transforms import directional, gradient
from ..trees import Params

__all__ = ["LIMIT", "Terms", "all_groups", "group_terms", "jacobian_of_tokens", "response_terms"]

LIMIT = 20_000


@dataclass(frozen=True)
class Terms:
    """All terms of H in one representation, n of them, dim parameters.

    Attributes:
        prompt: (n,) prompt of each term.
        law: (n,) probability of the term under φ, the prompt's 1/P included; sums to 1 where all are listed.
        score: (n, dim) ∇_φ log of the law.
        gradient: (n, dim) the term itself.
        slope: (n,) ‖∂_φ of the term‖ at fixed outcome, its largest singular value, where ``slopes`` were asked for.
        complete: whether every outcome is listed; otherwise they were drawn, and maxima over them are lower bounds.
    """

    prompt: Tensor
    law: Tensor
    score: Tensor
    gradient: Tensor
    slope: Tensor
    complete: bool


def jacobian_of_tokens(population: ExactPopulation, params: Params) -> Tensor:
    """Return ∂ log π(y_k | x, y_<k) / ∂params of every token of every response, (P, R, L, dim)."""
    back: Any = jacrev(population.responses.log_tokens)
    leaves = cast(Params, back(params))
    return torch.cat([leaves[name].flatten(3) for name in params], -1)


def all_groups(population: ExactPopulation, draws: int, generator: torch.Generator) -> tuple[Tensor, Tensor, bool]:
    """Return groups (n, 1+G) as a prompt and response numbers in ascending order, and their number of orders (n,).

    All of them where there are at most ``LIMIT``; otherwise ``draws`` uniform ones, not from a policy: the constants of
    A1 and A3 are suprema over every z.
    """
    p, r = population.rewards.shape
    size = population.group_size
    complete = p * math.comb(r + size - 1, size) <= LIMIT
    if complete:
        rows = list(itertools.combinations_with_replacement(range(r), size))
        drawn = torch.tensor([(x, *y) for x in range(p) for y in rows])
    else:
        numbers = torch.randint(r, (draws, size), generator=generator).sort(1).values
        drawn = torch.cat([torch.randint(p, (draws, 1), generator=generator), numbers], 1)
    counts = torch.nn.functional.one_hot(drawn[:, 1:], r).sum(1).double()
    orders = math.lgamma(size + 1) - torch.lgamma(counts + 1).sum(1)
    return drawn.to(population.rewards.device), orders.exp().to(population.rewards.device), complete


def _norms(left: Tensor, middle: Tensor, right: Tensor) -> Tensor:
    """Largest singular values of leftᵀ·middle·right, (n,), from tables (n, a, c), (n, a, b), (n, b, d)."""
    linalg: Any = torch.linalg
    return cast(Tensor, linalg.matrix_norm(left.mT @ middle @ right, ord=2))


def _short(table: Tensor) -> Tensor:
    """Rows (P, R, L, dim) in a basis of what those of one prompt span, (P, R, L, at most R·L): same inner products."""
    linalg: Any = torch.linalg
    _, small = linalg.qr(table.flatten(1, 2).mT)
    return small.mT.unflatten(1, table.shape[1:3])


def group_terms(
    population: ExactPopulation, theta: Params, phi: Params, draws: int = 2000, seed: int = 0, slopes: bool = True
) -> Terms:
    """Return ∇_θ ℓ(θ;z,φ) of the groups z, stop-gradients held, and how it moves with φ.

    Args:
        population: any loss, any enumerable policy.
        theta, phi: the points.
        draws: groups drawn where they cannot be listed.
        seed: of the draws.
        slopes: whether ``slope`` is wanted; NaN where it is not.
    """
    population.validate(theta=theta, phi=phi)
    table, loss = population.responses, population.loss
    z, orders, complete = all_groups(population, draws, torch.Generator().manual_seed(seed))
    x, y = z[:, :1], z[:, 1:]
    mask = table.mask.to(z.device)[y]  # (n, G, L)
    live, behaviour = (table.log_tokens(point)[x, y] for point in (theta, phi))
    reference = None if population.reference is None else table.log_tokens(population.reference)[x, y]
    weight = loss.length_weights(mask.sum(-1))
    given = population.critic
    advantage = loss.advantages(population.rewards[x, y])[..., None] if given is None else given[x, y]

    def terms(tokens: Tensor, at: Tensor) -> Tensor:
        learner, still = (Learner(t, at, mask, live, reference) for t in (tokens, live))
        return (weight * loss.responses(learner, still, advantage)).mean(1).sum()

    def slope(at: Tensor) -> Tensor:
        return gradient(lambda t: terms(t["t"], at), {"t": live})["t"]

    own, other = jacobian_of_tokens(population, theta), jacobian_of_tokens(population, phi)
    step, size = max(1, LIMIT // 10), torch.full((len(z),), math.nan, dtype=torch.float64, device=z.device)
    if slopes:
        size = _group_slopes(slope, behaviour, _short(own), _short(other), x, y)
    found, scores = list[Tensor](), list[Tensor]()
    for rows, c in zip(torch.split(z, step), torch.split(slope(behaviour), step), strict=True):
        at, who = rows[:, :1], rows[:, 1:]
        found.append(torch.einsum("ngl,ngld->nd", c, own[at, who]))
        scores.append(other[at, who].sum((1, 2)))
    law = orders * behaviour.sum((1, 2)).exp() / len(population.rewards)
    return Terms(x[:, 0], law, torch.cat(scores), torch.cat(found), size, complete)


def _group_slopes(
    slope: Callable[[Tensor], Tensor], behaviour: Tensor, own: Tensor, other: Tensor, x: Tensor, y: Tensor
) -> Tensor:
    """‖∂_φ∇_θ ℓ(z)‖ of every group: C has one block (L, L) per response, as tokens of two responses do not mix."""
    n, size, length = behaviour.shape
    columns = list[Tensor]()
    for k in range(length):
        e = torch.zeros_like(behaviour)
        e[..., k] = 1.0
        columns.append(directional(lambda at: {"c": slope(at["b"])}, {"b": behaviour}, {"b": e})["c"])
    blocks = torch.stack(columns, -1)  # (n, G, L, L)
    found = list[Tensor]()
    for start in range(0, n, 256):
        rows = slice(start, start + 256)
        full = blocks.new_zeros(len(blocks[rows]), size, length, size, length)
        for i in range(size):
            full[:, i, :, i] = blocks[rows, i]
        a, b = (table[x[rows], y[rows]].flatten(1, 2) for table in (own, other))
        found.append(_norms(a, full.flatten(3, 4).flatten(1, 2), b))
    return torch.cat(found)


def response_terms(population: ExactPopulation, theta: Params, phi: Params) -> Terms:
    """Return g(x,y;θ,φ), what one response gives on average over its mates, and how it moves with φ: mates included.

    Raises:
        ValueError: a population that is taken in several parts.
    """
    population.validate(theta=theta, phi=phi)
    (part, *more) = population.parts()
    if more:
        raise ValueError(f"expected a population in one part, got {1 + len(more)}; raise at_once")
    held, behaviour = part.tables(theta), part.tables(phi)
    p, r, length = held["tokens"].shape

    def slope(at: Tensor) -> Tensor:
        share = gradient(lambda t: part.score(t, held, {"tokens": at}), held)["tokens"]
        return share * p / at.sum(-1, keepdim=True).exp()

    own, other = jacobian_of_tokens(population, theta), jacobian_of_tokens(population, phi)
    across: Any = jacrev(slope)
    change = cast(Tensor, across(behaviour["tokens"]))  # (P, R, L, P, R, L), prompts do not mix
    at = torch.arange(p, device=held["tokens"].device)
    blocks = change[at, :, :, at].reshape(p * r, length, r * length)
    wide = _short(other).flatten(1, 2).repeat_interleave(r, 0)  # (P·R, R·L, rank)
    c = slope(behaviour["tokens"])
    return Terms(
        at.repeat_interleave(r),
        behaviour["tokens"].sum(-1).exp().reshape(-1) / p,
        other.sum(2).flatten(0, 1),
        torch.einsum("prl,prld->prd", c, own).flatten(0, 1),
        _norms(_short(own).flatten(0, 1), blocks, wide),
        True,
    )
