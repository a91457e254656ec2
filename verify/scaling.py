"""How the bias grows with lag and learning rate: ‖δ‖ on a grid, its Taylor remainder, their exponents at η → 0.

Everything here takes any enumerated population and any lag model. What the exponents should be is decided by the exact
derivatives at the start θ_0, before any run: with u = H(θ_0,θ_0), δ_t = −s_t η ∂_φH(θ_0,θ_0)u + O(η²), so that

* order 1: ∂_φH u ≠ 0; the exponent is 1 in η, and 1 in the lag;
* order 2: ∂_φH u = 0 but ∂²_φH[u,u] ≠ 0; the bias starts with second-order terms, the exponent in η is 2;
* order 0: both vanish; the bias is null to second order, and measured as round-off where it is null altogether.

The remainder has exponent 2 where ∂²_φH[u,u] ≠ 0, and a higher one elsewhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from .constants import certified_radius
from .objectives import Enumeration, Population, gradient_of_surrogate, surrogate_gradient, total_derivative
from .problems import Problem, main_problem
from .runs import lag
from .runs.training import Paths, bias_at, follow, norms
from .slopes import Slope, extrapolated_slope, richardson
from .transforms import directional, stacked
from .trees import Params, add, norm, scale

__all__ = [
    "LAGS",
    "Grid",
    "Start",
    "bias_grid",
    "bias_with_remainder",
    "derivative_table",
    "eta_slopes",
    "lag_slopes",
    "rates",
    "remainder_slopes",
    "start",
]

LAGS = (1, 2, 4, 8, 16)
LEVELS = 6
ZERO = 1e-10  # a derivative counts as zero below ZERO × ‖u‖, in units where a parameter is of size 1
EDGES = (math.log(0.8), math.log(1.2))

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Start:
    """What the exact derivatives at θ_0 say of a run from there.

    Attributes:
        gradient: ‖u‖, u = H(θ_0,θ_0).
        first: ‖∂_φH(θ_0,θ_0)u‖/‖u‖.
        second: ‖∂²_φH(θ_0,θ_0)[u,u]‖/‖u‖².
    """

    gradient: float
    first: float
    second: float

    @property
    def order(self) -> int:
        """Expected exponent of ‖δ‖ in η: 1 or 2, and 0 where the bias is null to second order."""
        small = ZERO * self.gradient
        return 1 if self.first > small else 2 if self.second > small else 0

    @property
    def curved(self) -> bool:
        """Whether the remainder starts at second order."""
        return self.second > ZERO * self.gradient


def start(objective: Population, theta: Params) -> Start:
    """Return the size of the update at θ_0 and the first two derivatives of H along it in the behaviour policy."""
    u = surrogate_gradient(objective, theta, theta)
    size = norm(u)
    if not size > 0.0:
        return Start(0.0, 0.0, 0.0)
    e = scale(u, 1.0 / size)

    def first(point: Params) -> Params:
        return directional(lambda phi: gradient_of_surrogate(objective, theta, phi), point, e)

    return Start(size, norm(first(theta)), norm(directional(first, theta, e)))


def rates(objective: Enumeration, theta: Params, largest: int, levels: int) -> tuple[float, ...]:
    """Return learning rates, halving, from one at which a straight run of ``largest`` steps stays well inside the clip.

    Its distance is the largest of 2, √2, 1, … at which every log ratio of a token is at most 0.7 of log 0.8, log 1.2.
    No bias is looked at.
    """
    u = surrogate_gradient(objective, theta, theta)
    size = norm(u)
    distances = [2.0 ** (1.0 - j / 2.0) for j in range(40)]
    moved = {n: torch.stack([leaf + r / size * u[n] for r in distances]) for n, leaf in theta.items()}

    def extremes(point: Params) -> torch.Tensor:
        logs = objective.log_ratios(point, theta)
        return torch.maximum(logs.max() / EDGES[1], logs.min() / EDGES[0])

    near = stacked(extremes, moved) <= 0.7
    first = distances[int(near.int().argmax())] / (largest * size)
    return tuple(first / 2.0**i for i in range(levels))


def bias_with_remainder(objective: Population, paths: Paths, t: int) -> tuple[Params, Params]:
    """Return δ_t and δ_t − ∂_φH(θ_t,θ_t)(φ_t − θ_t) at every learning rate, stacks; φ_t − θ_t = −η Σ u_k."""

    def first(theta: Params, phi: Params) -> Params:
        moved = add(phi, theta, -1.0)
        return directional(lambda point: gradient_of_surrogate(objective, theta, point), theta, moved)

    delta = bias_at(objective, paths, t)
    return delta, add(delta, stacked(first, paths.theta[t], paths.phi[t]), -1.0)


@dataclass(frozen=True)
class Grid:
    """‖δ_t‖ and its remainder for lags s (rows) and learning rates η (columns, halving).

    Attributes:
        lags: s_t in learner steps; under periodic sync this is the last step of a cycle with S = s+1, S_max = s.
        etas: η, coarsest first.
        bias: ‖δ_t‖ (lags, etas).
        remainder: ‖δ_t + η ∂_φH(θ_t,θ_t) Σ u_k‖ (lags, etas), second order by Theorem 1′.
        per_step: ‖δ_t‖/(s_t η).
        drift: ‖θ_t − φ_t‖.
        gradient: ‖H(θ_0,θ_0)‖, the scale of round-off.
        radius: the certified radius; every drift is below it.
    """

    lags: tuple[int, ...]
    etas: tuple[float, ...]
    bias: Array
    remainder: Array
    per_step: Array
    drift: Array
    gradient: float
    radius: float

    def as_dict(self) -> dict[str, Any]:
        """Return plain lists and numbers."""
        return {k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in vars(self).items()}


def bias_grid(problem: Problem, lags: tuple[int, ...] = LAGS, levels: int = LEVELS) -> Grid:
    """Measure ‖δ_t‖ at lag s after s learner steps under one behaviour policy, on geometric learning rates.

    The coarsest η lets the largest lag drift half the certified radius, η_0 = R/(2 s_max ‖H(θ_0,θ_0)‖); then halving.
    """
    objective, theta_0 = problem.objective, problem.theta
    gradient = norm(surrogate_gradient(objective, theta_0, theta_0))
    radius = certified_radius(problem.clip).value
    etas = tuple(radius / (2.0 * max(lags) * gradient) / 2.0**i for i in range(levels))
    paths = follow(objective, theta_0, etas, lag.periodic_sync(max(lags) + 1), max(lags) + 1)
    rows = [
        (*map(norms, bias_with_remainder(objective, paths, s)), norms(add(paths.theta[s], paths.phi[s], -1.0)))
        for s in lags
    ]
    bias, remainder, drift = (np.stack(column) for column in zip(*rows, strict=True))
    return Grid(lags, etas, bias, remainder, bias / np.outer(lags, etas), drift, gradient, radius)


def eta_slopes(grid: Grid) -> list[Slope]:
    """Return d log‖δ‖ / d log η at η → 0, one per lag."""
    return [extrapolated_slope(grid.etas, row.tolist(), grid.gradient) for row in grid.bias]


def remainder_slopes(grid: Grid) -> list[Slope]:
    """Return d log‖remainder‖ / d log η at η → 0, one per lag."""
    return [extrapolated_slope(grid.etas, row.tolist(), grid.gradient) for row in grid.remainder]


def lag_slopes(grid: Grid) -> list[tuple[float, float]]:
    """Return (d log‖δ‖ / d log s at η → 0, last extrapolation step), one per pair of neighbouring lags."""
    found: list[tuple[float, float]] = []
    for i in range(len(grid.lags) - 1):
        local = np.log(grid.bias[i + 1] / grid.bias[i]) / np.log(grid.lags[i + 1] / grid.lags[i])
        found.append(richardson(local.tolist(), 2.0))
    return found


def derivative_table(seed: int, device: str = "cpu") -> list[dict[str, Any]]:
    """Return ‖H(θ,θ)‖ against ‖DJ(θ)‖ on the main problem for each written form and several G."""
    rows: list[dict[str, Any]] = []
    for form, clip, group in (("ratio", True, 8), ("ratio", False, 8), ("ratio", True, 2), ("log", False, 8)):
        problem = main_problem(seed, clip, form, group, device)
        h = norm(surrogate_gradient(problem.objective, problem.theta, problem.theta))
        dj = norm(total_derivative(problem.objective, problem.theta))
        rows.append({"objective": problem.objective.name, "H": h, "DJ": dj, "ratio": dj / h})
    return rows
