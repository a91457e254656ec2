"""What the sources of the bias are made of: an enumerable problem, and each factor of a loss at one of two policies."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

import torch
from torch import Tensor

from ..theory.surrogates import Advantage, Surrogate
from ..theory.surrogates.factors import factors
from .policies import EnumerablePolicy
from .populations.closed import Clip
from .populations.losses import NUMBERS, compiled
from .populations.responses import log_tokens
from .trees import Params

__all__ = ["Laws", "SourceProblem", "advantages", "length_weights"]


@dataclass(frozen=True)
class SourceProblem:
    """An enumerable problem and two policies.

    Args:
        policy: P prompts (uniform), V tokens, L tokens.
        rewards: float64 (P, V**L), any finite number of levels; nothing after the stop token may matter.
        group_size: G ≥ 2.
        theta: learner.
        phi: behaviour policy.
        clip: ratio interval of the losses that clip.
        stop: token that ends a response (it counts), or None: all have L tokens.

    Raises:
        ValueError: misshapen rewards, a group of one, or parameters that do not fit the policy.
    """

    policy: EnumerablePolicy
    rewards: Tensor = field(repr=False)
    group_size: int
    theta: Params = field(repr=False)
    phi: Params = field(repr=False)
    clip: Clip = field(default_factory=lambda: Clip(0.2, 0.2))
    stop: int | None = None

    def __post_init__(self) -> None:
        shape = (self.policy.prompts, self.policy.vocab**self.policy.length)
        if tuple(self.rewards.shape) != shape or self.group_size < 2:
            raise ValueError(f"expected rewards {shape} and G >= 2, got {tuple(self.rewards.shape)}, {self.group_size}")
        self.policy.validate(self.theta, "theta")
        self.policy.validate(self.phi, "phi")

    def log_tokens(self, params: Params) -> Tensor:
        """Return log π of every token of every response, (P, n, L), n = V**L."""
        return log_tokens(self.policy, params)

    @property
    def numbers(self) -> dict[str, float]:
        """Value of every constant of a loss by name."""
        return {**NUMBERS, "eps_lo": self.clip.lo, "eps_hi": self.clip.hi, "L_cap": float(self.policy.length)}

    @cached_property
    def sizes(self) -> Tensor:
        """Length of every response, (n,): tokens up to the first stop token."""
        v, last = self.policy.vocab, self.policy.length
        answers = torch.arange(v**last, device=self.rewards.device)
        if self.stop is None:
            return torch.full_like(answers, last)
        ends = torch.stack([answers // v ** (last - 1 - k) % v == self.stop for k in range(last)], dim=-1)
        return torch.where(ends.any(-1), ends.int().argmax(-1) + 1, last)


class Laws:
    """Everything of one policy that the terms need; ``learner`` is θ, ``x`` the policy looked at (θ or φ)."""

    def __init__(self, problem: SourceProblem, loss: Surrogate, x: Params) -> None:
        learner, here = problem.log_tokens(problem.theta), problem.log_tokens(x)
        inside = torch.arange(problem.policy.length, device=here.device) < problem.sizes[:, None]  # (n, L)
        even = 1.0 / problem.sizes.double()[:, None]
        weight = factors(loss).weight
        sigma = {"token": 0.0, "none": 0.0, "sequence": 1.0, "geometric": even}[weight]
        used = here + sigma * inside * (learner - here)  # log law of each token as corrected by the whole response
        before = used.cumsum(-1) - used
        self.prefix, self.suffix = before.exp(), (used.sum(-1, keepdim=True) - before - used).exp()
        self.token = (learner if weight == "token" else used).exp()
        self.plain = here.sum(-1).exp()  # π_x(y), (P, n)
        ratio = learner - here
        if weight in ("sequence", "geometric"):
            ratio = ((ratio * inside).sum(-1, keepdim=True) * (even if weight == "geometric" else 1.0)).expand_as(here)
        self.clip = _clip_factors(loss, ratio.exp(), problem.numbers)
        self.rewards, self.lengths = _mates(problem, self.plain)


def _clip_factors(loss: Surrogate, ratio: Tensor, numbers: Mapping[str, float]) -> tuple[Tensor, Tensor]:
    """Return κ where A > 0 and where A < 0, shaped as the ratio: gradient of the clipped term over ρ A ∇log π."""
    form = factors(loss)
    if form.ratio is None:
        return torch.ones_like(ratio), torch.ones_like(ratio)
    values: dict[str, Any] = {**numbers, str(form.ratio): ratio}
    above = [ratio > compiled(edge)(**values) for edge in form.edges]

    def kappa(sign: int) -> Tensor:
        first, *rest = (torch.as_tensor(compiled(part)(**values), dtype=ratio.dtype) for part in form.clip[sign])
        found = first.expand_as(ratio)
        for beyond, part in zip(above, rest, strict=True):
            found = torch.where(beyond, part.to(ratio.device), found)
        return found

    return kappa(1), kappa(-1)


def _levels(x: Tensor) -> Tensor:
    """Distinct values in increasing order."""
    return cast(Tensor, torch.unique(x))  # pyright: ignore[reportUnknownMemberType]


def _tuples(values: Tensor, count: int) -> Tensor:
    """All tuples of positions in ``values``, (len**count, count)."""
    return torch.tensor(list(itertools.product(range(len(values)), repeat=count)), device=values.device)


def _mates(problem: SourceProblem, law: Tensor) -> tuple[Tensor, Tensor]:
    """Return the law of the mates' rewards, (P, J), and of their lengths given those, (P, J, K)."""
    levels, sizes, count = _levels(problem.rewards), _levels(problem.sizes), problem.group_size - 1
    reward = (problem.rewards[..., None] == levels).double()  # (P, n, levels)
    size = (problem.sizes[:, None] == sizes).double()  # (n, sizes)
    joint = torch.einsum("pn,pna,nb->pab", law, reward, size)
    single = joint.sum(-1)
    given = joint / torch.where(single > 0, single, 1.0)[..., None]
    a, b = _tuples(levels, count), _tuples(sizes, count)
    return single[:, a].prod(-1), given[:, a[:, None, :], b[None, :, :]].prod(-1)


def advantages(problem: SourceProblem, rule: Advantage) -> Tensor:
    """Return the advantage of every response for every tuple of mates' rewards, (P, n, J); 0/0 in a std means 0."""
    levels, size = _levels(problem.rewards), problem.group_size
    mates = levels[_tuples(levels, size - 1)]  # (J, G-1)
    own = problem.rewards[..., None]
    means = {"m1_mates": mates.mean(-1), "m2_mates": mates.pow(2).mean(-1)}
    found = compiled(rule.expression)(r_self=own, **means, G=float(size), **problem.numbers)
    flat = (mates == own[..., None]).all(-1) & (rule.scale == "std")
    return torch.where(flat, 0.0, torch.broadcast_to(found, flat.shape))


def length_weights(problem: SourceProblem, loss: Surrogate) -> Tensor:
    """Return the length weight of every token for every tuple of mates' lengths, (n, K).

    The mean over the own tokens in a geometric mean of ratios counts as one.
    """
    sizes, size = _levels(problem.sizes), problem.group_size
    mates, own = sizes[_tuples(sizes, size - 1)].double().mean(-1), problem.sizes.double()[:, None]
    values = {"L_own": own, "L_mates": mates, "G": float(size), **problem.numbers}
    weight = torch.as_tensor(compiled(loss.length_expression)(**values), dtype=torch.float64, device=own.device)
    return (weight / own if factors(loss).weight == "geometric" else weight).expand(len(own), len(mates))
