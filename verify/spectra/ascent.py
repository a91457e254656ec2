"""Gradient ascent on ‖∂_φH(θ,φ)‖ over θ and φ: every value met is a lower bound of the supremum.

The slope is that of uᵀ∂_φH v, u and v the singular vectors of the largest value: no matrix is differentiated.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from ..constants import Constant
from ..objectives import Population, behaviour_jvp, behaviour_vjp, gradient_of_surrogate
from ..runs.updates import AdamW
from ..transforms import gradient
from ..trees import Params, add, flatten, norm, random_unit, scale, unflatten
from .operators import jacobian

__all__ = ["Domain", "ascend", "local_supremum"]

RATE = 0.1  # of Adam, in units of the parameters
DENSE_BELOW = 128  # parameters up to which singular vectors come from the matrix
POWER = (24, 4)  # steps of the power method on a larger one: at the start, and from the vector of the step before


@dataclass(frozen=True)
class Domain:
    """U of the bias theorem: ‖θ − θ_0‖ ≤ radius and ‖θ − φ‖ ≤ drift (claim ``domain``)."""

    centre: Params
    radius: float
    drift: float

    def nearest(self, theta: Params, phi: Params) -> tuple[Params, Params]:
        """Return a pair of the domain near (θ, φ): θ pulled towards θ_0, then φ towards θ."""
        theta = _pulled(theta, self.centre, self.radius)
        return theta, _pulled(phi, theta, self.drift)


def _pulled(point: Params, centre: Params, radius: float) -> Params:
    away = add(point, centre, -1.0)
    far = norm(away)
    return point if far <= radius else add(centre, away, radius / far)


def _top(population: Population, theta: Params, phi: Params, v: Params, power: int) -> tuple[float, Params, Params]:
    """‖∂_φHv‖ with its u and v, from the matrix of a small one, else after power steps from v."""
    if flatten(theta).numel() <= DENSE_BELOW:
        linalg: Any = torch.linalg
        u, values, rows = linalg.svd(jacobian(population, theta, phi, "behaviour"))
        return float(values[0]), unflatten(u[:, 0], theta), unflatten(rows[0], phi)
    size, u = 0.0, v
    for _ in range(power):
        image = behaviour_jvp(population, theta, phi, v)
        size = norm(image)
        if not size > 0.0:
            break
        u = scale(image, 1.0 / size)
        back = behaviour_vjp(population, theta, phi, u)
        v = scale(back, 1.0 / norm(back))
    return norm(behaviour_jvp(population, theta, phi, v)), u, v


def _value(population: Population, u: Params, v: Params, theta: Params, phi: Params) -> Tensor:
    """uᵀ ∂_φH(θ,φ) v as a scalar tensor, by reverse mode alone: it is differentiated once more."""

    def along(point: Params) -> Tensor:
        return _dot(gradient_of_surrogate(population, theta, point), u)

    return _dot(gradient(along, phi), v)


def _dot(x: Params, y: Params) -> Tensor:
    return torch.dot(flatten(x), flatten(y))


def ascend(
    population: Population, theta: Params, phi: Params | None, steps: int, domain: Domain | None = None
) -> float:
    """Return the largest ‖∂_φH‖₂ met on ``steps`` Adam steps from (θ, φ), or along the diagonal if φ is None.

    Args:
        population: any population objective, exact or of one batch.
        theta, phi: start.
        steps: at least one.
        domain: where the points are kept; everywhere by default.

    Raises:
        ValueError: fewer than one step, or bad parameters.
    """
    population.validate(theta=theta, **({} if phi is None else {"phi": phi}))
    if steps < 1:
        raise ValueError(f"expected at least one step, got {steps}")
    update, diagonal = AdamW(), phi is None
    points = (theta,) if phi is None else (theta, phi)
    states = [update.start(point) for point in points]
    best, v = 0.0, random_unit(theta, torch.Generator().manual_seed(0))
    for step in range(steps):
        a, b = points[0], points[-1]
        size, u, v = _top(population, a, b, v, POWER[step > 0])
        best = max(best, size)

        paired = functools.partial(_value, population, u, v)
        slopes = (
            [gradient(lambda p, f=paired: f(p, p), a)]
            if diagonal
            else [gradient(lambda p, f=paired, b=b: f(p, b), a), gradient(lambda p, f=paired, a=a: f(a, p), b)]
        )
        moves = [update.move(g, s, p) for g, s, p in zip(slopes, states, points, strict=True)]
        states = [state for _, state in moves]
        points = tuple(add(p, move, RATE) for p, (move, _) in zip(points, moves, strict=True))
        if domain is not None:
            points = domain.nearest(points[0], points[-1])[: len(points)]
    return best


def local_supremum(
    population: Population, domain: Domain, starts: int, steps: int, seed: int, diagonal: bool = False
) -> Constant:
    """Return sup ‖∂_φH(θ,φ)‖₂ over a domain from below: the best of ``starts`` ascents from random points of it.

    Args:
        population: any population objective.
        domain: finite radius and drift.
        starts: at least one; the first from the centre.
        steps: of each ascent.
        seed: of the random points.
        diagonal: over θ = φ only.

    Raises:
        ValueError: no start, or a domain without bounds.
    """
    if starts < 1 or not (math.isfinite(domain.radius) and math.isfinite(domain.drift)):
        raise ValueError(f"expected a start and finite radii, got {starts}, {domain.radius} and {domain.drift}")
    g, best = torch.Generator().manual_seed(seed), 0.0
    for start in range(starts):
        reach, apart = (0.0, 0.0) if start == 0 else (domain.radius, domain.drift)
        theta = add(domain.centre, random_unit(domain.centre, g), reach)
        phi = add(theta, random_unit(theta, g), apart)
        best = max(best, ascend(population, theta, None if diagonal else phi, steps, domain))
    where = "the diagonal of the domain" if diagonal else "the domain"
    return Constant(
        "sup of d_phi H", best, "lower", f"ascent over {where}, best of {starts} starts x {steps} steps, seed {seed}"
    )
