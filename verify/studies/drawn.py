"""Random exact problems for the study: every policy kind × every loss × every lag model, the rest drawn from the seed.

The index names the combination, so that none is left out: 3 kinds × the losses of this package × 6 lag models. Sizes,
rewards (two or three levels), response lengths (fixed, or ended by a token), group size and parameters are drawn.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import torch
from torch import Tensor

from ...theory.surrogates import own_surrogates
from ...theory.surrogates.analysis import facts
from ..policies import EnumerablePolicy, Enumerated, TabularSoftmax
from ..populations.exact import ExactPopulation
from ..populations.losses import Learner, Loss, compiled
from ..populations.responses import Responses
from ..problems import generator, pick
from ..runs import lag
from ..runs.lag import LagModel
from ..source_terms import SourceProblem
from ..trees import Params
from .kinds import KINDS
from .networks import network

__all__ = ["COUNT", "LOSSES", "MODELS", "Drawn", "draw", "reach"]

LOSSES = tuple(loss.id for loss in own_surrogates())
STEPS = 12
"""Learner steps of a run: every model shows its largest lag after a first cycle."""


def _queues(fast: bool, larger: int) -> Callable[[int], tuple[LagModel, LagModel]]:
    def models(seed: int) -> tuple[LagModel, LagModel]:
        small, large = (lag.bounded_queue(k, k, 4 * STEPS, seed, fast) for k in (1, larger))
        return small, large

    return models


def _same(small: LagModel, large: LagModel) -> Callable[[int], tuple[LagModel, LagModel]]:
    def models(seed: int) -> tuple[LagModel, LagModel]:
        return small, large

    return models


MODELS: Mapping[str, Callable[[int], tuple[LagModel, LagModel]]] = MappingProxyType(
    {
        "constant": _same(lag.constant(2), lag.constant(4)),
        "periodic sync": _same(lag.periodic_sync(3), lag.periodic_sync(5)),
        "one cycle ahead": _same(lag.one_cycle_ahead(1), lag.one_cycle_ahead(2)),
        "uniform": _same(lag.sawtooth(2), lag.sawtooth(4)),
        "queue, fast": _queues(True, 2),
        "queue, random": _queues(False, 3),
    }
)
"""Per lag model: seed -> the model at two sizes, the second with the larger lags."""
COUNT = len(KINDS) * len(LOSSES) * len(MODELS)


@dataclass(frozen=True)
class Drawn:
    """One problem of the study.

    Args:
        name: its sizes, for tables.
        kind: policy kind, of ``KINDS``.
        loss: id of the loss.
        model: lag model, of ``MODELS``.
        models: that model at two sizes.
        population: the exact population objective.
        theta: start of the runs.
        table: rewards of all V**L strings, (P, V**L), as the sources want them.
    """

    name: str
    kind: str
    loss: str
    model: str
    models: tuple[LagModel, LagModel]
    population: ExactPopulation
    theta: Params = field(repr=False)
    table: Tensor = field(repr=False)

    def sources(self, theta: Params, phi: Params) -> SourceProblem:
        """Return the same problem for the split of the bias at (θ, φ); its constants are those of the population."""
        policy, end = self.population.responses.policy, self.population.responses.end
        return SourceProblem(policy, self.table, self.population.group_size, theta, phi, stop=end)


def draw(seed: int, index: int, device: str = "cpu") -> Drawn:
    """Return problem ``index`` of 0..COUNT−1.

    Raises:
        ValueError: index out of range or a negative seed.
    """
    if not 0 <= index < COUNT:
        raise ValueError(f"expected a problem 0..{COUNT - 1}, got {index}")
    g = generator(seed, 9000 + index)
    kind, model = KINDS[index % len(KINDS)], list(MODELS)[index // (len(KINDS) * len(LOSSES))]
    loss_id = LOSSES[index // len(KINDS) % len(LOSSES)]
    prompts, vocab, length, levels = pick(g, 1, 2), pick(g, 2, 3), pick(g, 1, 2, 2, 3, 3), pick(g, 2, 3)
    end = (None, 0)[pick(g, 0, 1)] if length > 1 else None
    size = pick(g, 2, 3, 4, 8) if levels == 2 and end is None else pick(g, 2, 3, 4)
    policy, theta = _policy(kind, prompts, vocab, length, g, device)
    responses = Responses(policy, end)
    count = len(responses.tokens)
    rewards = torch.randint(levels, (prompts, count), generator=g).double() / (levels - 1)
    rewards[:, 0], rewards[:, -1] = 0.0, 1.0  # every prompt has something to learn
    loss = Loss(loss_id, {"eps_hi": 0.2, "L_cap": float(length)})
    reference = {n: leaf + 0.3 * torch.randn(leaf.shape, generator=g).to(leaf) for n, leaf in theta.items()}
    critic = torch.randn(prompts, count, length, generator=g, dtype=torch.float64).to(device)
    population = ExactPopulation(
        loss,
        responses,
        rewards.to(device),
        size,
        reference if loss.needs_reference else None,
        critic if loss.record.advantage.centre == "critic" else None,
    )
    parts = [f"{kind} P={prompts} V={vocab} L={length} G={size}"]
    parts += ["graded"] * (levels > 2) + ["variable length"] * (end is not None)
    models = MODELS[model](seed + index)
    table = rewards[:, _canonical(responses)].to(device)
    return Drawn(f"#{index} {', '.join(parts)}", kind, loss_id, model, models, population, theta, table)


def _policy(
    kind: str, prompts: int, vocab: int, length: int, g: torch.Generator, device: str
) -> tuple[EnumerablePolicy, Params]:
    """A small policy: N(0, scale²) logits, or a module at its initialisation, sharpened by a factor."""
    scale = 0.3 + 1.2 * float(torch.rand((), generator=g, dtype=torch.float64))
    if kind == "tabular":
        table = TabularSoftmax(prompts, vocab, length)
        return table, table.random(g, scale, device)
    start = int(torch.randint(2**31, (1,), generator=g))
    policy = network(kind, vocab + prompts, vocab, window=length, width=4, seed=start, device=device)
    tokens = (vocab + torch.arange(prompts, device=device))[:, None]
    listed = Enumerated(policy, tokens, torch.ones_like(tokens, dtype=torch.bool), length)
    return listed, {n: (1.0 + scale) * leaf for n, leaf in policy.params().items()}


def _canonical(responses: Responses) -> Tensor:
    """For each of the V**L strings the number of the response it begins with, (V**L,)."""
    v, length = responses.policy.vocab, responses.policy.length
    places = v ** torch.arange(length - 1, -1, -1)
    strings = torch.arange(v**length)[:, None] // places % v
    if responses.end is not None:
        ended = (strings == responses.end).cumsum(1) > 0
        strings = torch.where(ended, responses.end, strings)  # after the end only the end token
    codes, known = (strings * places).sum(1), (responses.tokens * places).sum(1)
    return (codes[:, None] == known).long().argmax(1)


def reach(population: ExactPopulation, theta: Params, phi: Params) -> Tensor:
    """Return how far the clipped ratio went towards its edge, as a scalar: a token is clipped from 1 on, 0 at θ = φ.

    The largest log ratio / log edge over all responses, both edges; 0 where the loss has no clip. Safe in transforms.
    """
    found, table = facts(population.loss.record), population.responses
    log_theta, log_phi = table.log_tokens(theta), table.log_tokens(phi)
    if found.clipped is None:
        return 0.0 * log_theta.sum()
    mask = table.mask.to(log_theta.device)
    logs = Learner(log_theta, log_phi, mask, log_theta).variables()[str(found.clipped)].log()
    edges = [math.log(float(compiled(edge.place)(**population.loss.numbers))) for edge in found.edges]
    return torch.stack([(logs / edge).max() for edge in edges]).max()
