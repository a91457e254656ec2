"""Deterministic asynchronous updates θ_{t+1} = θ_t + η H(θ_t, φ_t), φ_t = θ_{t − s_t}, with their bias and drift."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .lag import LagModel
from .objectives import Objective, ratio_range, surrogate_gradient, value
from .trees import Params, add, norm

__all__ = ["Run", "State", "advance", "simulate", "simulate_bounded", "simulate_within"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class State:
    """Everything a step depends on: ``history[-1]`` is θ_t, and history reaches back to the oldest rollout needed."""

    step: int
    history: tuple[Params, ...]


@dataclass(frozen=True)
class Run:
    """Arrays over the learner steps t = 0..T−1, and the visited parameters.

    Attributes:
        eta: learning rate.
        lag_model: the lag model, with S_max.
        lag: s_t (T,).
        bias: ‖δ_t‖ = ‖H(θ_t,φ_t) − H(θ_t,θ_t)‖ (T,).
        update: ‖u_t‖ = ‖H(θ_t,φ_t)‖ (T,).
        drift: ‖θ_t − φ_t‖ (T,).
        displacement: ‖θ_t − θ_0‖ (T,).
        ratio_min, ratio_max: extremes of the token ratio π_θ/π_φ over every prompt, prefix and token (T,).
        value: V(θ_t) (T,).
        theta: θ_0..θ_T.
        phi: φ_0..φ_{T−1}.
    """

    eta: float
    lag_model: LagModel
    lag: NDArray[np.int64]
    bias: Array
    update: Array
    drift: Array
    displacement: Array
    ratio_min: Array
    ratio_max: Array
    value: Array
    theta: tuple[Params, ...]
    phi: tuple[Params, ...]


def advance(objective: Objective, eta: float, lag: LagModel, state: State) -> tuple[State, Params, Params]:
    """Make one learner step; return the next state, φ_t and u_t = H(θ_t, φ_t)."""
    theta = state.history[-1]
    phi = state.history[-1 - lag.lag(state.step)]  # φ_t = θ_{t − s_t}
    u = surrogate_gradient(objective, theta, phi)
    history = (*state.history, add(theta, u, eta))[-(lag.largest + 2) :]
    return State(state.step + 1, history), phi, u


def simulate(objective: Objective, theta_0: Params, eta: float, lag: LagModel, steps: int) -> Run:
    """Run T deterministic asynchronous learner steps of the exact population gradient.

    Args:
        objective: which F.
        theta_0: start.
        eta: learning rate (unit param²: u is in 1/param), finite and > 0.
        lag: lag model.
        steps: T ≥ 1 learner steps.

    Returns:
        ``Run``.

    Raises:
        ValueError: eta or steps out of range, bad parameters, or parameters that became non-finite on the way.
    """
    if not (math.isfinite(eta) and eta > 0.0):
        raise ValueError(f"expected a finite learning rate > 0, got {eta}")
    if steps < 1:
        raise ValueError(f"expected at least 1 step, got {steps}")
    state = State(0, (theta_0,))
    rows: list[tuple[float, ...]] = []
    points, behaviours = [theta_0], list[Params]()
    for _ in range(steps):
        theta = state.history[-1]
        state, phi, u = advance(objective, eta, lag, state)
        bias = add(u, surrogate_gradient(objective, theta, theta), -1.0)
        low, high = ratio_range(objective, theta, phi)
        drift, away = norm(add(theta, phi, -1.0)), norm(add(theta, theta_0, -1.0))
        rows.append((norm(bias), norm(u), drift, away, low, high, value(objective, theta)))
        points.append(state.history[-1])
        behaviours.append(phi)
    bias_t, update, drift_t, displacement, ratio_min, ratio_max, value_t = np.array(rows, dtype=np.float64).T
    return Run(
        eta=eta,
        lag_model=lag,
        lag=np.array([lag.lag(t) for t in range(steps)], dtype=np.int64),
        bias=bias_t,
        update=update,
        drift=drift_t,
        displacement=displacement,
        ratio_min=ratio_min,
        ratio_max=ratio_max,
        value=value_t,
        theta=tuple(points),
        phi=tuple(behaviours),
    )


def simulate_within(objective: Objective, theta_0: Params, eta: float, lag: LagModel, steps: int, radius: float) -> Run:
    """Run at ``eta`` or, where ‖θ_t−φ_t‖ reaches ``radius``, at the first of 0.8·η, 0.64·η, … that stays below it."""
    while True:
        run = simulate(objective, theta_0, eta, lag, steps)
        if float(run.drift.max()) < radius:
            return run
        eta *= 0.8


def simulate_bounded(
    objective: Objective, theta_0: Params, rule: Callable[[float], float], lag: LagModel, steps: int, g_upd: float
) -> tuple[Run, float]:
    """Run at η = rule(G_upd), G_upd enlarged by 1.25 until it bounds every ‖u_t‖ of its own run (assumption A1).

    Args:
        rule: G_upd -> η, decreasing.
        g_upd: first guess of the bound, > 0.

    Returns:
        (run, G_upd) with max ‖u_t‖ ≤ G_upd.
    """
    while True:
        run = simulate(objective, theta_0, rule(g_upd), lag, steps)
        if float(run.update.max()) <= g_upd:
            return run, g_upd
        g_upd *= 1.25
