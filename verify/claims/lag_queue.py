"""Lag and drift under a simulated bounded queue, W workers with random speeds, against W + Q."""

from __future__ import annotations

from collections.abc import Sequence

from ..constants import predict
from ..problems import Problem, main_problem
from ..runs.lag import bounded_queue
from ..runs.training import simulate
from ..verdicts import Measurement, Verdict, compare_upper

__all__ = ["measure", "measure_on"]

CLAIM = "lag-queue"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return ``measure_on`` the main problem."""
    return measure_on([main_problem(seed, device=device)], seed, suite, device)


def measure_on(
    problems: Sequence[Problem], seed: int, suite: str, device: str, rounding: float = 2.0**-52
) -> list[Verdict]:
    """Return the largest lag and drift for fast workers (the bound is reached) and for workers of random speeds."""
    steps = 24 if suite == "quick" else 200
    problem, rows = problems[0], list[Verdict]()
    for workers, places, fast in ((1, 0, True), (3, 2, True), (3, 2, False), (4, 0, False)):
        model = bounded_queue(workers, places, steps, seed, fast)
        run = simulate(problem.objective, problem.theta, 0.1, model, steps)
        values = {"W": workers, "Q": places, "eta": 0.1, "G_upd": float(run.update.max())}
        for name, found in (("lag", float(run.lag.max())), ("", float(run.drift.max()))):
            m = Measurement(found, n=steps, seed=seed, device=device)
            text = f"largest {name or 'norm(theta_t - phi_t)'}, {model.name}, mean lag {run.lag.mean():.2f}"
            rows.append(compare_upper(CLAIM, problem.objective.name, predict(CLAIM, name, **values), m, text))
    return rows
