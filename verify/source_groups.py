"""Problems for the sources of the bias, and what ``sources`` splits, from the loss itself: no law is factored here."""

from __future__ import annotations

import itertools
from dataclasses import replace

import torch
from torch import Tensor

from ..theory.surrogates import Advantage, Surrogate
from ..theory.surrogates.factors import factors
from .objectives import surrogate_gradient
from .policies import TabularSoftmax
from .populations.exact import ExactPopulation
from .populations.losses import Loss, group_advantages
from .populations.responses import Responses
from .problems import generator
from .source_terms import SourceProblem
from .transforms import directional, gradient
from .trees import Params, flatten

__all__ = ["first_order", "group_weighted", "literal_bias", "literal_gradient", "source_problem"]


def source_problem(
    seed: int,
    index: int = 0,
    *,
    shape: tuple[int, int, int, int] = (2, 2, 3, 3),
    levels: int = 3,
    stop: int | None = None,
    distance: float = 0.4,
    device: str = "cpu",
) -> SourceProblem:
    """Return a random problem.

    Args:
        seed: replays it.
        index: another problem of the same seed.
        shape: prompts P, vocabulary V, length L, group size G.
        levels: rewards are drawn from 0..levels-1; every level occurs.
        stop: token that ends a response; rewards do not see what follows it.
        distance: scale of the logits' difference between φ and θ.
        device: torch device.
    """
    prompts, vocab, length, size = shape
    policy, g = TabularSoftmax(prompts, vocab, length), generator(seed, index)
    theta, step = policy.random(g), policy.random(g, distance)
    rewards = torch.randint(0, levels, (prompts, vocab**length), generator=g).double()
    rewards[:, :levels] = torch.arange(levels).double()[: vocab**length]
    if stop is not None:
        digits = [list(y) for y in itertools.product(range(vocab), repeat=length)]
        for i, y in enumerate(digits):
            if stop in y:
                seen = y[: y.index(stop) + 1]
                rewards[:, i] = rewards[:, digits.index(seen + [0] * (length - len(seen)))]
    phi = {name: (leaf + step[name]).to(device) for name, leaf in theta.items()}
    held = {name: leaf.to(device) for name, leaf in theta.items()}
    return SourceProblem(policy, rewards.to(device), size, held, phi, stop=stop)


def _groups(problem: SourceProblem) -> Tensor:
    """Every group of responses, (n**G, G)."""
    n = problem.policy.vocab**problem.policy.length
    return torch.tensor(list(itertools.product(range(n), repeat=problem.group_size)), device=problem.rewards.device)


def _law(problem: SourceProblem, groups: Tensor) -> Tensor:
    """Probability of every group under φ, (P, groups)."""
    return problem.log_tokens(problem.phi).sum(-1)[:, groups].sum(-1).exp()


def literal_gradient(problem: SourceProblem, loss: Surrogate, reference: Params | None = None) -> Tensor:
    """Return H(θ,φ) of a loss from its definition by autodiff (``exact``), (dim,); the reference is θ by default."""
    table, last = Responses(problem.policy, problem.stop), problem.policy.length
    places = problem.policy.vocab ** torch.arange(last - 1, -1, -1)
    rewards = problem.rewards[:, (table.tokens * places).sum(1).to(problem.rewards.device)]
    kept = problem.theta if reference is None else reference
    population = ExactPopulation(Loss(loss, problem.numbers), table, rewards, problem.group_size, kept)
    return flatten(surrogate_gradient(population, problem.theta, problem.phi))


def literal_bias(problem: SourceProblem, loss: Surrogate, reference: Params | None = None) -> Tensor:
    """Return H(θ,φ) − H(θ,θ) of the literal loss, (dim,)."""
    fresh = replace(problem, phi=problem.theta)
    return literal_gradient(problem, loss, reference) - literal_gradient(fresh, loss, reference)


def first_order(problem: SourceProblem, loss: Surrogate, w: Params) -> dict[str, Tensor]:
    """Return the sources of ∂_φH(θ,θ)[w] in the explicit form of the claim ``first-order-lengths``, (dim,) each.

    The loss has no penalty. Means over the mates go over their responses; what they carry along w is the mean score of
    all responses with the same reward, or the same reward and length.
    """
    groups, sizes, weight = _groups(problem), problem.sizes.double(), factors(loss).weight
    fresh = problem.log_tokens(problem.theta)
    inside = torch.arange(problem.policy.length, device=groups.device) < problem.sizes[:, None]  # (n, L)
    scores = directional(problem.log_tokens, problem.theta, w) * inside  # (P, n, L)
    law, whole = fresh.sum(-1).exp(), scores.sum(-1)
    alike = problem.rewards[:, :, None] == problem.rewards[:, None, :]  # (P, n, n)
    alike_too = alike & (problem.sizes[:, None] == problem.sizes)
    u, both = (
        torch.einsum("pnm,pm,pm->pn", same.double(), law, whole) / torch.einsum("pnm,pm->pn", same.double(), law)
        for same in (alike, alike_too)
    )
    literal = Loss(loss, problem.numbers)
    n = literal.length_weights(problem.sizes[groups].double())[:, 0]  # of the first response of a group
    n = n / sizes[groups[:, 0]] if weight == "geometric" else n
    chance = law[:, groups[:, 1:]].prod(-1) * literal.advantages(problem.rewards[:, groups])[..., 0] * n

    def mean(value: Tensor | float) -> Tensor:
        """Mean over the mates of A n times a value, (P, n, 1)."""
        found = torch.zeros_like(law)
        return found.index_add(1, groups[:, 0], chance * value)[..., None]

    power = {"token": 0.0, "none": 0.0, "sequence": 1.0, "geometric": 1.0 / sizes[:, None]}[weight]
    before = scores.cumsum(-1) - scores
    weights = {
        "prefix": mean(1.0) * (1.0 - power) * before,
        "token": mean(1.0) * (1.0 - power - float(weight == "token")) * scores,
        "suffix": mean(1.0) * (1.0 - power) * (whole[..., None] - before - scores),
        "rewards": mean(u[:, groups[:, 1:]].sum(-1)).expand_as(scores),
        "lengths": mean((both - u)[:, groups[:, 1:]].sum(-1)).expand_as(scores),
    }
    held = {k: law[..., None] * x * inside / problem.policy.prompts for k, x in weights.items()}
    at = problem.theta
    return {k: flatten(gradient(lambda p, x=x: (x * problem.log_tokens(p)).sum(), at)) for k, x in held.items()}


def group_weighted(problem: SourceProblem, advantage: Advantage) -> tuple[Tensor, Tensor, Tensor]:
    """Return H of the loss (1/G) Σ_i A_i ∏_j π_θ(y_j)/π_φ(y_j) with all weights differentiable, with stop-gradients on
    the mates' weights, and with stop-gradients on the response's own, (dim,) each."""
    groups = _groups(problem)
    a, law = (
        group_advantages(advantage, problem.rewards[:, groups], problem.numbers["delta_std"]),
        _law(problem, groups),
    )
    old = problem.log_tokens(problem.phi).sum(-1)[:, groups]
    frozen = problem.log_tokens(problem.theta).sum(-1)[:, groups] - old  # (P, groups, G)

    def mean(point: Params, own: bool, mates: bool) -> Tensor:
        moving = problem.log_tokens(point).sum(-1)[:, groups] - old
        mine = moving if own else frozen
        others = moving if mates else frozen
        weight = (mine + others.sum(-1, keepdim=True) - others).exp()  # (P, groups, G)
        return (law * (a * weight).mean(-1)).sum(-1).mean()

    modes = ((True, True), (True, False), (False, True))
    full, own, mates = (flatten(gradient(lambda point, m=mode: mean(point, *m), problem.theta)) for mode in modes)
    return full, own, mates
