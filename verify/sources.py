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
from math import factorial

import torch
from torch import Tensor

from ..theory.surrogates import Surrogate
from ..theory.surrogates.factors import factors
from ..theory.surrogates.registered import registered
from .populations.losses import compiled
from .source_terms import Laws, SourceProblem, advantages, length_weights
from .transforms import gradient
from .trees import Params, flatten, length

__all__ = [
    "FACTORS",
    "SOURCES",
    "bars",
    "bias",
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


class _Game:
    """H of every coalition of factors at φ, as flat vectors, computed once."""

    def __init__(self, problem: SourceProblem, loss: Surrogate, reference: Params | None) -> None:
        self.problem, self.loss, self.reference = problem, loss, problem.theta if reference is None else reference
        self.laws = (Laws(problem, loss, problem.theta), Laws(problem, loss, problem.phi))
        self.advantage, self.weight = advantages(problem, loss.advantage), length_weights(problem, loss)
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
