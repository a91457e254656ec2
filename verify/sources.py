r"""The staleness bias split into its sources, exactly, by enumeration (claims ``hybrid-measures``, ``source-orders``).

.. math::
    H = \frac1P\sum_{x,y,k} \tilde d\,\tilde c\,\tilde q\;\mathbb E_{\text{mates}}[κ\,A\,n]\;∇\log π_θ(y_k),

where the laws of prefix, token and suffix are those that remain after the importance weight; weight, clip κ, advantage
A, length weight n and penalty are read off the record of the loss. Each factor is taken at θ or at φ; a coalition is
the set of factors at φ, the empty one is H(θ,θ) and the full one H(θ,φ).
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import factorial
from typing import Any, cast

import torch
from torch import Tensor

from ..theory.surrogates import Advantage, Surrogate
from ..theory.surrogates.factors import factors
from ..theory.surrogates.registered import registered
from .policies import EnumerablePolicy
from .populations.closed import Clip
from .populations.losses import NUMBERS, compiled
from .transforms import gradient
from .trees import Params, flatten

__all__ = [
    "FACTORS",
    "SOURCES",
    "SourceProblem",
    "bars",
    "bias",
    "length",
    "losses",
    "shapley",
    "split",
]

FACTORS = ("prefix", "token", "suffix", "rewards", "lengths", "clip")
"""Factors of one term in the stated order: sources (i), (0), (ii), (iii), (vi), (iv)."""
SOURCES = (*FACTORS, "kl")
"""The KL term, source (v), is added and not multiplied: its part is the same in every order."""


def losses() -> tuple[Surrogate, ...]:
    """Return the registered losses, also those of other distributions, that have factors; the others are left out."""
    return tuple(loss for loss in registered().losses if _has_factors(loss))


def _has_factors(loss: Surrogate) -> bool:
    try:
        factors(loss)
    except ValueError:
        return False
    return True


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
        v, last = self.policy.vocab, self.policy.length
        answers = torch.arange(v**last, device=self.rewards.device)
        levels = self.policy.levels(params)
        rows = [x.reshape(x.shape[0], -1)[:, answers // v ** (last - 1 - k)] for k, x in enumerate(levels)]
        return torch.stack(rows, dim=-1)

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


class _Laws:
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


def length(x: Tensor) -> float:
    """Return the Euclidean norm of a flat vector or a matrix."""
    return float(x.pow(2).sum().sqrt())


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


def _advantages(problem: SourceProblem, rule: Advantage) -> Tensor:
    """Return the advantage of every response for every tuple of mates' rewards, (P, n, J); 0/0 in a std means 0."""
    levels, size = _levels(problem.rewards), problem.group_size
    mates = levels[_tuples(levels, size - 1)]  # (J, G-1)
    own = problem.rewards[..., None]
    means = {"m1_mates": mates.mean(-1), "m2_mates": mates.pow(2).mean(-1)}
    found = compiled(rule.expression)(r_self=own, **means, G=float(size), **problem.numbers)
    flat = (mates == own[..., None]).all(-1) & (rule.scale == "std")
    return torch.where(flat, 0.0, torch.broadcast_to(found, flat.shape))


def _length_weights(problem: SourceProblem, loss: Surrogate) -> Tensor:
    """Return the length weight of every token for every tuple of mates' lengths, (n, K).

    The mean over the own tokens in a geometric mean of ratios counts as one.
    """
    sizes, size = _levels(problem.sizes), problem.group_size
    mates, own = sizes[_tuples(sizes, size - 1)].double().mean(-1), problem.sizes.double()[:, None]
    values = {"L_own": own, "L_mates": mates, "G": float(size), **problem.numbers}
    weight = torch.as_tensor(compiled(loss.length_expression)(**values), dtype=torch.float64, device=own.device)
    return (weight / own if factors(loss).weight == "geometric" else weight).expand(len(own), len(mates))


class _Game:
    """H of every coalition of factors at φ, as flat vectors, computed once."""

    def __init__(self, problem: SourceProblem, loss: Surrogate, reference: Params | None) -> None:
        self.problem, self.loss, self.reference = problem, loss, problem.theta if reference is None else reference
        self.laws = (_Laws(problem, loss, problem.theta), _Laws(problem, loss, problem.phi))
        self.advantage, self.weight = _advantages(problem, loss.advantage), _length_weights(problem, loss)
        self.inside = torch.arange(problem.policy.length, device=problem.rewards.device) < problem.sizes[:, None]
        self.known: dict[frozenset[str], Tensor] = {}

    def at(self, moved: frozenset[str]) -> Tensor:
        """Return H with the ``moved`` factors at φ and the others at θ, without the KL term, (dim,)."""
        if moved not in self.known:
            x = {name: self.laws[name in moved] for name in FACTORS}
            gain, lack = (k[..., None] for k in x["clip"].clip)  # (P, n, L, 1)
            sized = torch.einsum("pjk,nk->pnj", x["lengths"].lengths, self.weight)
            signed = torch.where(self.advantage[:, :, None] >= 0, gain, lack) * (self.advantage * sized)[:, :, None]
            mean = torch.einsum("pj,pnlj->pnl", x["rewards"].rewards, signed)
            self.known[moved] = self._gradient(x["prefix"].prefix * x["token"].token * x["suffix"].suffix * mean)
        return self.known[moved]

    def kl(self) -> Tensor:
        """Return what the KL term adds to the bias, (dim,): its gradient under the law of the data, φ minus θ."""
        penalty, problem = factors(self.loss).penalty, self.problem
        if penalty == 0:
            return torch.zeros_like(self.at(frozenset()))
        gap = problem.log_tokens(self.reference) - problem.log_tokens(problem.theta)
        pull = compiled(penalty)(rho_ref=gap.exp(), log_ref=gap, **problem.numbers)
        sized = [torch.einsum("pn,pj,pjk,nk->pn", x.plain, x.rewards, x.lengths, self.weight) for x in self.laws]
        return self._gradient((sized[1] - sized[0])[..., None] * pull)

    def _gradient(self, coefficient: Tensor) -> Tensor:
        """Σ coefficient · ∇log π_θ(token) / P over the tokens inside their responses."""
        held = coefficient * self.inside / self.problem.policy.prompts
        return flatten(gradient(lambda p: (held * self.problem.log_tokens(p)).sum(), self.problem.theta))


def bias(loss: Surrogate, problem: SourceProblem, reference: Params | None = None) -> Tensor:
    """Return δ = H(θ,φ) − H(θ,θ), (dim,), unit 1/param; ``reference`` is the KL term's policy, θ by default."""
    game = _Game(problem, loss, reference)
    return game.at(frozenset(FACTORS)) - game.at(frozenset()) + game.kl()


def split(
    loss: Surrogate, problem: SourceProblem, order: Sequence[str] = FACTORS, reference: Params | None = None
) -> dict[str, Tensor]:
    """Return the sources when the factors move from θ to φ in this order; they add up to ``bias``, (dim,) each.

    Raises:
        ValueError: the order is no permutation of ``FACTORS``.
    """
    if sorted(order) != sorted(FACTORS):
        raise ValueError(f"expected an order of {FACTORS}, got {tuple(order)}")
    game = _Game(problem, loss, reference)
    ends = [game.at(frozenset(order[:i])) for i in range(len(order) + 1)]
    parts = {name: after - before for name, before, after in zip(order, ends[:-1], ends[1:], strict=True)}
    return {name: parts[name] for name in FACTORS} | {"kl": game.kl()}


def shapley(loss: Surrogate, problem: SourceProblem, reference: Params | None = None) -> dict[str, Tensor]:
    """Return the mean of ``split`` over all orders: Σ_S |S|!(m−1−|S|)!/m! (H(S ∪ i) − H(S)), (dim,) each."""
    game, m = _Game(problem, loss, reference), len(FACTORS)
    found: dict[str, Tensor] = {}
    for name in FACTORS:
        others = [other for other in FACTORS if other != name]
        coalitions = [frozenset(c) for size in range(m) for c in itertools.combinations(others, size)]
        parts = [
            factorial(len(c)) * factorial(m - 1 - len(c)) / factorial(m) * (game.at(c | {name}) - game.at(c))
            for c in coalitions
        ]
        found[name] = torch.stack(parts).sum(0)
    return found | {"kl": game.kl()}


def bars(
    problem: SourceProblem, shown: Sequence[Surrogate], reference: Params | None = None
) -> Mapping[str, dict[str, float]]:
    """Return, per title of a loss, the length of each Shapley source along δ: ⟨source, δ⟩/‖δ‖, which add up to ‖δ‖.

    A loss without bias (‖δ‖ at rounding) has bars of length 0.
    """
    found: dict[str, dict[str, float]] = {}
    for loss in shown:
        parts = shapley(loss, problem, reference)
        total = torch.stack(list(parts.values())).sum(0)
        size = length(total)
        unit = total / size if size > 1e-14 else torch.zeros_like(total)
        found[loss.title] = {name: float(part @ unit) for name, part in parts.items()}
    return found
