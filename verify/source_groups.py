r"""The literal loss of whole groups, enumerated: what ``sources`` splits, by a route that never factors a law.

.. math::
    F(θ,φ) = \frac1P\sum_x\sum_{y_1..y_G} \prod_j π_φ(y_j|x)\;\frac1G\sum_i n_i\sum_k f(ρ_{ik}, A_i) - KL,

differentiated in θ by autodiff. Cost P·n^G·G·L: for small trees only.
"""

from __future__ import annotations

import itertools
from dataclasses import replace

import torch
from torch import Tensor

from .policies import TabularSoftmax
from .problems import generator
from .sources import SourceLoss, SourceProblem
from .transforms import gradient
from .trees import Params, flatten

__all__ = ["group_weighted", "literal_bias", "literal_gradient", "source_problem"]


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


def _advantages(problem: SourceProblem, kind: str, groups: Tensor) -> Tensor:
    """Realised advantages, (P, groups, G)."""
    rewards = problem.rewards[:, groups]
    mean = rewards.mean(-1, keepdim=True)
    if kind == "raw":
        return rewards
    if kind == "loo":
        return (rewards - mean) * problem.group_size / (problem.group_size - 1)
    spread = rewards.std(-1, correction=0, keepdim=True) if kind == "std" else torch.ones_like(mean)
    return torch.where(spread > 1e-12, (rewards - mean) / torch.where(spread > 1e-12, spread, 1.0), 0.0)


def _tokens(problem: SourceProblem, params: Params, groups: Tensor) -> tuple[Tensor, Tensor]:
    """Log π of the tokens, (P, groups, G, L), and which of them are inside their response, (groups, G, L)."""
    inside = torch.arange(problem.policy.length, device=groups.device) < problem.sizes[:, None]
    return problem.log_tokens(params)[:, groups], inside[groups]


def _law(problem: SourceProblem, groups: Tensor) -> Tensor:
    """Probability of every group under φ, (P, groups)."""
    return problem.log_tokens(problem.phi).sum(-1)[:, groups].sum(-1).exp()


def _surrogate(problem: SourceProblem, loss: SourceLoss, theta: Params, reference: Params) -> Tensor:
    """F(θ,φ) of the loss, by its definition."""
    groups = _groups(problem)
    a = _advantages(problem, loss.advantage, groups)
    now, inside = _tokens(problem, theta, groups)
    old, _ = _tokens(problem, problem.phi, groups)
    lengths = problem.sizes[groups].double()  # (groups, G)
    weight = {
        "own": 1.0 / lengths,
        "constant": torch.full_like(lengths, 1.0 / problem.policy.length),
        "group": (problem.group_size / lengths.sum(-1, keepdim=True)).expand_as(lengths),
    }[loss.lengths]
    log_ratio = (now - old) * inside
    low, high = 1.0 - problem.clip.lo, 1.0 + problem.clip.hi
    if loss.weight in ("sequence", "geometric"):
        power = lengths if loss.weight == "geometric" else torch.ones_like(lengths)
        ratio = (log_ratio.sum(-1) / power).exp()
        clipped = ratio.clamp(low, high) if loss.clip == "ppo" else ratio
        total = power * torch.minimum(ratio * a, clipped * a)
    elif loss.weight == "none":
        total = a * (now * inside).sum(-1)
    else:
        ratio, a_k = log_ratio.exp(), a[..., None]
        if loss.clip == "soft":
            terms = ratio.detach().clamp(low, high) * a_k * now
        else:
            clipped = ratio.clamp(low, high) if loss.clip == "ppo" else ratio
            terms = torch.minimum(ratio * a_k, clipped * a_k)
        total = (terms * inside).sum(-1)
    if loss.beta:
        gap = _tokens(problem, reference, groups)[0] - now
        total = total - loss.beta * ((gap.exp() - gap - 1.0) * inside).sum(-1)
    return (_law(problem, groups) * (weight * total).mean(-1)).sum(-1).mean()


def literal_gradient(problem: SourceProblem, loss: SourceLoss, reference: Params | None = None) -> Tensor:
    """Return H(θ,φ) of a loss by enumeration of groups and autodiff of the loss itself, (dim,)."""
    kept = problem.theta if reference is None else reference
    return flatten(gradient(lambda point: _surrogate(problem, loss, point, kept), problem.theta))


def literal_bias(problem: SourceProblem, loss: SourceLoss, reference: Params | None = None) -> Tensor:
    """Return H(θ,φ) − H(θ,θ) of the literal loss, (dim,)."""
    fresh = replace(problem, phi=problem.theta)
    return literal_gradient(problem, loss, reference) - literal_gradient(fresh, loss, reference)


def group_weighted(problem: SourceProblem, advantage: str) -> tuple[Tensor, Tensor, Tensor]:
    """Return H of the loss (1/G) Σ_i A_i ∏_j π_θ(y_j)/π_φ(y_j) with all weights differentiable, with stop-gradients on
    the mates' weights, and with stop-gradients on the response's own, (dim,) each."""
    groups = _groups(problem)
    a, law = _advantages(problem, advantage, groups), _law(problem, groups)
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
