"""What is measured of a population objective F(θ,φ), exact or sampled: F, H, B, J, DJ, V, the actions of ∂_φH, ∂_θH.

Every function validates its points, takes the derivative (``populations/core.py``) and refuses what is not finite.
Source: arXiv 2607.01083 (surrogate with the behaviour policy explicit); claims ``objects``, ``total-derivative``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import torch
from torch import Tensor

from .populations.core import Enumeration, Part, Population, along, learner_pull, learner_push, pull, push, total
from .populations.core import field as gradient_of_surrogate
from .transforms import directional, over_rows
from .trees import Params, finite, flatten, unflatten

__all__ = [
    "Enumeration",
    "Population",
    "behaviour_jacobian",
    "behaviour_jvp",
    "behaviour_second",
    "behaviour_vjp",
    "diagonal",
    "distribution_term",
    "gradient_of_surrogate",
    "learner_jvp",
    "learner_vjp",
    "ratio_range",
    "surrogate",
    "surrogate_gradient",
    "surrogate_tensor",
    "total_derivative",
    "value",
]

DENSE_LIMIT = 4096

_T = TypeVar("_T", Tensor, Params)


def _finite(population: Population, what: str, result: _T) -> _T:
    """Return the result, or raise ValueError: parameters can be finite and log-probabilities, or ratios, not."""
    for leaf in result.values() if isinstance(result, dict) else (result,):
        if not finite(leaf):
            bad = int((~torch.isfinite(leaf)).sum())
            raise ValueError(
                f"{what} of {population.name}: expected finite numbers, got {bad} others from finite parameters; "
                "look for logits that are not finite, or for responses of behaviour probability 0"
            )
    return result


def surrogate_tensor(objective: Population, theta: Params, phi: Params, held: Params | None = None) -> Tensor:
    """Return F(θ,φ) as a scalar tensor, without validation; ``held`` is what stop-gradients hold, θ by default."""
    return total(objective, theta, theta if held is None else held, phi)


def surrogate(objective: Population, theta: Params, phi: Params) -> float:
    """Return F(θ,φ), the exact population surrogate (see the module formula). Raises ValueError on bad parameters."""
    objective.validate(theta=theta, phi=phi)
    return float(_finite(objective, "F", total(objective, theta, theta, phi)))


def surrogate_gradient(objective: Population, theta: Params, phi: Params) -> Params:
    """Return H(θ,φ) = ∂₁F, the surrogate-gradient mapping (φ frozen), shaped like θ; unit 1/param."""
    objective.validate(theta=theta, phi=phi)
    return _finite(objective, "H", gradient_of_surrogate(objective, theta, phi))


def distribution_term(objective: Population, theta: Params, phi: Params) -> Params:
    """Return B(θ,φ) = ∂₂F, what the data distribution and the advantage feel when φ moves; unit 1/param."""
    objective.validate(theta=theta, phi=phi)

    def share(part: Part, _: Params) -> Callable[[Params], Tensor]:
        learner = part.tables(theta)
        return lambda behaviour: part.score(learner, learner, behaviour)

    return _finite(objective, "B", pull(objective, phi, share))


def diagonal(objective: Population, theta: Params) -> float:
    """Return J(θ) = F(θ,θ), the distribution-dependent population objective."""
    return surrogate(objective, theta, theta)


def total_derivative(objective: Population, theta: Params) -> Params:
    """Return DJ(θ), by differentiating J itself (both slots at once), not as H + B; claim ``total-derivative``.

    What a loss holds by a stop-gradient stays held: it is part of how F is written.
    """
    objective.validate(theta=theta)
    found = pull(objective, theta, lambda part, held: lambda tables: part.score(tables, held, tables))
    return _finite(objective, "DJ", found)


def value(objective: Enumeration, theta: Params) -> float:
    """Return V(θ) = E_x E_{y~π_θ}[R], the policy value."""
    objective.validate(theta=theta)
    return float(_finite(objective, "V", objective.mean_reward(theta)))


def behaviour_jvp(objective: Population, theta: Params, phi: Params, v: Params) -> Params:
    """Return ∂_φH(θ,φ)·v: how the surrogate gradient moves when the behaviour policy moves along v."""
    objective.validate(theta=theta, phi=phi, v=v)
    return _finite(objective, "the action of dH/dphi", push(objective, theta, phi, v))


def behaviour_vjp(objective: Population, theta: Params, phi: Params, w: Params) -> Params:
    """Return ∂_φH(θ,φ)ᵀ·w = ∂_φ⟨H(θ,φ), w⟩."""
    objective.validate(theta=theta, phi=phi, w=w)

    def paired(part: Part, _: Params) -> Callable[[Params], Tensor]:
        return along(part, theta, w)

    return _finite(objective, "the transposed action of dH/dphi", pull(objective, phi, paired))


def learner_jvp(objective: Population, theta: Params, phi: Params, v: Params) -> Params:
    """Return ∂_θH(θ,φ)·v: how the surrogate gradient moves when the learner moves along v, data and advantages held.

    What the loss holds by a stop-gradient moves with θ here: ∂_θH is the Jacobian of the field H, and where
    something is held it is not ∂²F/∂θ².
    """
    objective.validate(theta=theta, phi=phi, v=v)
    return _finite(objective, "the action of dH/dtheta", learner_push(objective, theta, phi, v))


def learner_vjp(objective: Population, theta: Params, phi: Params, w: Params) -> Params:
    """Return ∂_θH(θ,φ)ᵀ·w = ∂_θ⟨H(θ,φ), w⟩, stop-gradients moving with θ as in ``learner_jvp``."""
    objective.validate(theta=theta, phi=phi, w=w)
    return _finite(objective, "the transposed action of dH/dtheta", learner_pull(objective, theta, phi, w))


def behaviour_second(objective: Population, theta: Params, phi: Params, v: Params) -> Params:
    """Return ∂²_φH(θ,φ)[v, v], the second derivative of H along v in the behaviour slot."""
    objective.validate(theta=theta, phi=phi, v=v)
    found = directional(lambda point: push(objective, theta, point, v), phi, v)
    return _finite(objective, "the second derivative in phi", found)


def behaviour_jacobian(objective: Population, theta: Params, phi: Params) -> Tensor:
    """Return the dense matrix ∂_φH(θ,φ), (dim, dim): rows are components of H, columns are directions of φ.

    Raises:
        ValueError: bad parameters, or more than ``DENSE_LIMIT`` parameters (use ``behaviour_jvp``).
    """
    objective.validate(theta=theta, phi=phi)
    dim = flatten(theta).numel()
    if dim > DENSE_LIMIT:
        raise ValueError(f"expected at most {DENSE_LIMIT} parameters for a dense matrix, got {dim}; use behaviour_jvp")
    eye = torch.eye(dim, dtype=torch.float64, device=flatten(theta).device)

    def column(e: Tensor) -> Tensor:
        return flatten(push(objective, theta, phi, unflatten(e, phi)))

    return _finite(objective, "dH/dphi", over_rows(column, eye).T)


def ratio_range(objective: Enumeration, theta: Params, phi: Params) -> tuple[float, float]:
    """Return (min, max) of the token ratio π_θ/π_φ over every token of every response to every prompt.

    A ratio outside float64 is 0 (below 5e−324) or ``math.inf`` (above 1.8e308). Raises ValueError on bad parameters,
    and where log-probabilities are not finite.
    """
    objective.validate(theta=theta, phi=phi)
    logs = _finite(objective, "the log-ratio", objective.log_ratios(theta, phi))
    return float(logs.min().exp()), float(logs.max().exp())
