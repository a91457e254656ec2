"""Linear feedback with a lag, simulated and diagonalised in torch float64: the numbers behind the known answers."""

# pyright: reportUnknownMemberType=false
from __future__ import annotations

from collections.abc import Callable
from typing import cast

import torch

from ..theory.known_answers import known_answer
from .constants import predict
from .verdicts import Measurement, Verdict, compare_exact

__all__ = [
    "answer",
    "bisect",
    "companion",
    "compare",
    "cycle",
    "lag_radius",
    "run_lag",
    "spectral_radius",
    "successive_cosine",
]

PROBLEM = "linear feedback (no objective)"


def answer(name: str, **values: float) -> float:
    """A known answer by name, from its claim's formula."""
    entry = known_answer(name)
    return predict(entry.claim, entry.formula, **values)


def companion(coefficients: torch.Tensor) -> torch.Tensor:
    """Companion matrix, shape (n, n), of ``z^n - c_1 z^(n-1) - ... - c_n``; ``coefficients`` has shape (n,)."""
    n = len(coefficients)
    matrix = torch.zeros(n, n, dtype=torch.float64, device=coefficients.device)
    matrix[0] = coefficients
    matrix[1:, :-1] = torch.eye(n - 1, dtype=torch.float64, device=coefficients.device)
    return matrix


def spectral_radius(matrix: torch.Tensor) -> float:
    """Largest modulus of an eigenvalue of a matrix of shape (n, n)."""
    return float(cast(torch.Tensor, torch.linalg.eigvals(matrix)).abs().max())


def _lagged(fresh: float, stale: float, lag: int, device: str) -> torch.Tensor:
    """Coefficients of ``x_{t+1} = (1 - fresh) x_t - stale x_{t-lag}``, shape (lag + 1,)."""
    c = torch.zeros(lag + 1, dtype=torch.float64, device=device)
    c[0] += 1.0 - fresh
    c[lag] -= stale
    return c


def lag_radius(fresh: float, stale: float, lag: int, device: str = "cpu") -> float:
    """Largest modulus of an eigenvalue of ``x_{t+1} = (1 - fresh) x_t - stale x_{t-lag}``."""
    return spectral_radius(companion(_lagged(fresh, stale, lag, device)))


def run_lag(fresh: float, stale: float, start: torch.Tensor, steps: int) -> torch.Tensor:
    """The recursion itself from ``start`` = (x_0, ..., x_lag), shape (lag + 1 + steps,)."""
    lag = len(start) - 1
    x = list(start.unbind())
    for _ in range(steps):
        x.append((1.0 - fresh) * x[-1] - stale * x[-1 - lag])
    return torch.stack(x)


def cycle(fresh: float, stale: float, steps: int) -> float:
    """Factor by which one cycle of ``steps`` learner steps on frozen rollouts multiplies the deviation."""
    x = start = torch.ones((), dtype=torch.float64)
    for _ in range(steps):
        x = x - (fresh * x + stale * start)
    return float(x)


def successive_cosine(gain: float, lag: int) -> float:
    """``E[u u'] / E[u^2]`` of ``u = -(x_{t-lag} + xi)`` in the stationary law, by its Lyapunov equation.

    State (x_t, ..., x_{t-lag}); ``P = M P M^T + gain^2 e e^T`` is solved as a linear system in P.
    """
    n = lag + 1
    m = companion(_lagged(0.0, gain, lag, "cpu"))
    noise = torch.zeros(n, n, dtype=torch.float64)
    noise[0, 0] = gain * gain  # unit variance of xi
    system = torch.eye(n * n, dtype=torch.float64) - torch.kron(m, m)
    p = cast(torch.Tensor, torch.linalg.solve(system, noise.reshape(-1))).reshape(n, n)
    following = m @ p  # E[state_{t+1} state_t^T]
    product = following[lag, lag]
    if lag == 0:
        product = product - gain  # x_{t+1} has seen xi_t
    return float(product / (p[lag, lag] + 1.0))


def bisect(stable: Callable[[float], bool], low: float, high: float, rounds: int = 60) -> float:
    """The largest value up to which ``stable`` holds, given that it holds at ``low`` and not at ``high``."""
    for _ in range(rounds):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if stable(middle) else (low, middle)
    return 0.5 * (low + high)


def compare(
    claim: str, predicted: float, measured: float, message: str, seed: int, *, rtol: float = 1e-10, scale: float = 1.0
) -> Verdict:
    """Two-sided comparison of a number of a linear feedback with a known answer."""
    return compare_exact(claim, PROBLEM, predicted, Measurement(measured, seed=seed), message, rtol, scale)
