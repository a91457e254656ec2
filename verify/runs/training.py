"""Deterministic asynchronous updates θ_{t+1} = θ_t + η H(θ_t, φ_t), φ_t = θ_{t − s_t}, with their bias and drift.

``follow`` is the one loop: it takes several learning rates at once, stacked as the first axis of every parameter.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..objectives import Enumeration, Population, gradient_of_surrogate
from ..transforms import stacked
from ..trees import Params, add
from .lag import LagModel

__all__ = [
    "Paths",
    "Run",
    "bias_at",
    "follow",
    "norms",
    "row",
    "simulate",
    "simulate_all",
    "simulate_bounded",
    "simulate_within",
]

Array = NDArray[np.float64]
SEEN = ("ratio_min", "ratio_max", "value")
AT_ONCE = 2**16
"""Numbers of the parameters that are looked at in one batched call."""


@dataclass(frozen=True)
class Paths:
    """One run per learning rate; every leaf of a parameter dictionary has the K learning rates as its first axis.

    Attributes:
        etas: learning rates, K of them.
        lag_model: the lag model, with S_max.
        lag: s_t (T,).
        theta: θ_0..θ_T.
        phi: φ_0..φ_{T−1}.
        update: u_0..u_{T−1}, u_t = H(θ_t, φ_t).
    """

    etas: tuple[float, ...]
    lag_model: LagModel
    lag: NDArray[np.int64]
    theta: tuple[Params, ...]
    phi: tuple[Params, ...]
    update: tuple[Params, ...]


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


def row(stack: Params, level: int) -> Params:
    """Return one level of a stack."""
    return {name: leaf[level] for name, leaf in stack.items()}


def norms(stack: Params) -> Array:
    """Return the Euclidean norm of every level of a stack, (K,)."""
    squares: Tensor = torch.stack([leaf.flatten(1).pow(2).sum(1) for leaf in stack.values()]).sum(0)
    return squares.sqrt().cpu().numpy()


def follow(objective: Population, theta_0: Params, etas: Sequence[float], lag: LagModel, steps: int) -> Paths:
    """Run T deterministic asynchronous learner steps of the population gradient, at every learning rate.

    Args:
        objective: which F, exact or with fixed samples.
        theta_0: start.
        etas: learning rates (unit param²: u is in 1/param), finite and > 0.
        lag: lag model.
        steps: T ≥ 1 learner steps.

    Raises:
        ValueError: a learning rate or the steps out of range, bad parameters, or parameters that became non-finite.
    """
    if not etas or not all(math.isfinite(eta) and eta > 0.0 for eta in etas):
        raise ValueError(f"expected a finite learning rate > 0, got {', '.join(map(str, etas)) or 'none'}")
    if steps < 1:
        raise ValueError(f"expected at least 1 step, got {steps}")
    objective.validate(theta_0=theta_0)

    def ascent(x: Params, y: Params) -> Params:
        return gradient_of_surrogate(objective, x, y)

    count = len(etas)
    theta = [{n: leaf.expand(count, *leaf.shape).clone() for n, leaf in theta_0.items()}]
    rates = {n: leaf.new_tensor(etas).reshape(count, *[1] * leaf.ndim) for n, leaf in theta_0.items()}
    phi, update = list[Params](), list[Params]()
    for t in range(steps):
        phi.append(theta[t - lag.lag(t)])  # φ_t = θ_{t − s_t}
        update.append(stacked(ascent, theta[t], phi[t]))
        theta.append({n: leaf + rates[n] * update[t][n] for n, leaf in theta[t].items()})
        for level in range(count):
            objective.validate(theta=row(theta[-1], level))
    lags = np.array([lag.lag(t) for t in range(steps)], dtype=np.int64)
    return Paths(tuple(etas), lag, lags, tuple(theta), tuple(phi), tuple(update))


def bias_at(objective: Population, paths: Paths, t: int) -> Params:
    """Return δ_t = H(θ_t,φ_t) − H(θ_t,θ_t) at every learning rate, a stack."""

    def fresh(x: Params) -> Params:
        return gradient_of_surrogate(objective, x, x)

    return add(paths.update[t], stacked(fresh, paths.theta[t]), -1.0)


def simulate(objective: Enumeration, theta_0: Params, eta: float, lag: LagModel, steps: int) -> Run:
    """Run at one learning rate and look at every step; arguments and errors as for ``follow``."""
    return simulate_all(objective, theta_0, (eta,), lag, steps)[0]


def simulate_all(
    objective: Enumeration, theta_0: Params, etas: Sequence[float], lag: LagModel, steps: int
) -> list[Run]:
    """Run at several learning rates side by side and look at every step; arguments and errors as for ``follow``."""
    paths = follow(objective, theta_0, etas, lag, steps)
    theta, phi, update = (_joined(x) for x in (paths.theta[:-1], paths.phi, paths.update))  # step by step, all rates
    start = _joined([paths.theta[0]] * steps)
    seen = _looked(objective, theta, phi)
    bias = norms(add(update, {name: seen[name] for name in update}, -1.0))
    columns = {
        "bias": bias,
        "update": norms(update),
        "drift": norms(add(theta, phi, -1.0)),
        "displacement": norms(add(theta, start, -1.0)),
        **{name: seen[name].cpu().numpy() for name in SEEN},
    }

    def one(k: int, eta: float) -> Run:
        mine = {name: column.astype(np.float64).reshape(steps, len(etas))[:, k] for name, column in columns.items()}
        visited, held = (tuple(row(x, k) for x in stacks) for stacks in (paths.theta, paths.phi))
        return Run(eta=eta, lag_model=lag, lag=paths.lag, theta=visited, phi=held, **mine)

    return [one(k, eta) for k, eta in enumerate(etas)]


def _joined(stacks: Sequence[Params]) -> Params:
    """One stack after the other."""
    return {name: torch.cat([stack[name] for stack in stacks]) for name in stacks[0]}


def _looked(objective: Enumeration, theta: Params, phi: Params) -> dict[str, Tensor]:
    """H(θ,θ) by name of the leaf, and ``SEEN``, at every row of two stacks; many rows in one batched call."""

    def look(x: Params, y: Params) -> Params:
        logs = objective.log_ratios(x, y)
        fresh = gradient_of_surrogate(objective, x, x)
        seen = (logs.min().exp(), logs.max().exp(), objective.mean_reward(x))
        return {**fresh, **dict(zip(SEEN, seen, strict=True))}

    count, size = len(next(iter(theta.values()))), sum(leaf[0].numel() for leaf in theta.values())
    each = max(1, AT_ONCE // size)
    parts = [slice(i, i + each) for i in range(0, count, each)]
    return _joined([stacked(look, *({n: x[part] for n, x in p.items()} for p in (theta, phi))) for part in parts])


def simulate_within(
    objective: Enumeration, theta_0: Params, eta: float, lag: LagModel, steps: int, radius: float
) -> Run:
    """Run at ``eta`` or, where ‖θ_t−φ_t‖ reaches ``radius``, at the first of 0.8·η, 0.64·η, … that stays below it."""
    while True:
        run = simulate(objective, theta_0, eta, lag, steps)
        if float(run.drift.max()) < radius:
            return run
        eta *= 0.8


def simulate_bounded(
    objective: Enumeration, theta_0: Params, rule: Callable[[float], float], lag: LagModel, steps: int, g_upd: float
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
