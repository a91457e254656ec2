"""How the bias grows with lag and learning rate: ‖δ‖ on a grid, its Taylor remainder, their exponents at η → 0."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import lag
from .constants import certified_radius
from .objectives import behaviour_jvp, surrogate_gradient, total_derivative
from .problems import Problem, main_problem
from .slopes import Slope, extrapolated_slope, richardson
from .training import simulate
from .trees import add, norm, scale

__all__ = ["LAGS", "Grid", "bias_grid", "derivative_table", "eta_slopes", "lag_slopes", "remainder_slopes"]

LAGS = (1, 2, 4, 8, 16)
LEVELS = 6

Array = NDArray[np.float64]


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
    bias, remainder, drift = (np.zeros((len(lags), levels)) for _ in range(3))
    for j, eta in enumerate(etas):
        run = simulate(objective, theta_0, eta, lag.periodic_sync(max(lags) + 1), max(lags) + 1)
        for i, s in enumerate(lags):
            theta, phi = run.theta[s], run.phi[s]
            delta = add(surrogate_gradient(objective, theta, phi), surrogate_gradient(objective, theta, theta), -1.0)
            moved = add(theta, phi, -1.0)  # η Σ_{k=t−s}^{t−1} u_k
            first = scale(behaviour_jvp(objective, theta, theta, moved), -1.0)
            bias[i, j], remainder[i, j], drift[i, j] = norm(delta), norm(add(delta, first, -1.0)), run.drift[s]
    per_step = bias / np.outer(lags, etas)
    return Grid(lags, etas, bias, remainder, per_step, drift, gradient, radius)


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
