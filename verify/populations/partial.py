r"""Partial rollouts: the tokens of a response, and of its mates, were written by several versions of the policy.

Token k of every response is drawn from π_{φ_k}, so that the behaviour law is Π_k π_{φ_k}(y_k | x, y_{<k}) and each
ratio compares with the version that wrote the token. With versions θ_{t−s_k} the bias is, to first order,
δ = −η Σ_k s_k ∂_{φ_k}H u. Source: arXiv 2607.01083 (mixed-version responses); claim ``lag-partial``.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

import torch
from torch import Tensor

from ..transforms import directional, gradient
from ..trees import Params, add
from .core import Part
from .exact import ExactPopulation

__all__ = ["first_order", "mixed_gradient"]


def _written(part: Part, versions: Sequence[Params]) -> Params:
    """Tables of the behaviour law: column k from version k."""
    columns = [part.tables(phi)["tokens"][..., k] for k, phi in enumerate(versions)]
    return {"tokens": torch.stack(columns, -1)}


def _gradient(population: ExactPopulation, theta: Params, versions: Sequence[Params]) -> Params:
    parts = population.parts()
    behaviours = [_written(part, versions) for part in parts]
    common = functools.reduce(add, (part.common(b) for part, b in zip(parts, behaviours, strict=True)))

    def share(part: Part, behaviour: Params) -> Params:
        held = part.tables(theta)

        def score(point: Params) -> Tensor:
            return part.score(part.tables(point), held, behaviour | common)

        return gradient(score, theta)

    return functools.reduce(add, map(share, parts, behaviours))


def mixed_gradient(population: ExactPopulation, theta: Params, versions: Sequence[Params]) -> Params:
    """Return H(θ; φ_1, …, φ_L), the surrogate gradient on responses whose token k was written by φ_k.

    Args:
        population: any loss on any enumerable policy.
        theta: learner.
        versions: φ_1, …, φ_L; all equal they give H(θ,φ).

    Raises:
        ValueError: bad parameters, or another number of versions than tokens.
    """
    length = population.responses.tokens.shape[1]
    if len(versions) != length:
        raise ValueError(f"expected one version for each of {length} tokens, got {len(versions)}")
    population.validate(theta=theta, **{f"version {k + 1}": phi for k, phi in enumerate(versions)})
    return _gradient(population, theta, versions)


def first_order(population: ExactPopulation, theta: Params, lags: Sequence[int], u: Params) -> Params:
    """Return −Σ_k s_k ∂_{φ_k}H(θ; θ, …, θ) u, the limit of δ/η for versions θ − η s_k u."""

    def moved(h: Params) -> Params:
        return _gradient(population, theta, [{n: x - s * h["h"] * u[n] for n, x in theta.items()} for s in lags])

    zero = torch.zeros((), dtype=torch.float64, device=population.rewards.device)
    return directional(moved, {"h": zero}, {"h": torch.ones_like(zero)})
