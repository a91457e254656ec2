"""Mean bias over the lags of periodic sync and of a uniform lag against K_φ G_upd E[s] η."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..constants import certified_radius, closed, predict
from ..objectives import surrogate_gradient
from ..policies import TabularSoftmax
from ..problems import Problem, main_problem
from ..runs import lag
from ..runs.training import simulate_within
from ..trees import norm
from ..verdicts import Measurement, Verdict, compare_upper

__all__ = ["measure", "measure_on"]

CLAIM = "mean-lag"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return ``measure_on`` the main problem."""
    return measure_on([main_problem(seed, device=device)], seed, suite, device)


def measure_on(
    problems: Sequence[Problem], seed: int, suite: str, device: str, rounding: float = 2.0**-52
) -> list[Verdict]:
    """Return the mean ‖δ_t‖ over whole cycles with the largest ‖δ_t‖/‖θ_t − φ_t‖ visited, and the closed K_φ of tables.

    E[s] is the mean of the lags themselves, G_upd the run's largest ‖u_t‖.
    """
    problem, cycles = problems[0], 1 if suite == "quick" else 10
    objective, theta = problem.objective, problem.theta
    size, length = objective.group_size, objective.policy.length
    tabular = isinstance(objective.policy, TabularSoftmax)
    known = {"closed K_phi": closed(size, length, problem.clip.hi)["K_phi"].value} if tabular else {}
    radius, h = certified_radius(problem.clip).value, norm(surrogate_gradient(objective, theta, theta))
    rows: list[Verdict] = []
    for largest in (1, 4):
        for model in (lag.periodic_sync(largest + 1), lag.sawtooth(largest)):
            steps = (cycles + 1) * (largest + 1)
            run = simulate_within(objective, theta, 0.8 * radius / (largest * h), model, steps, radius)
            lags, bias = run.lag[largest + 1 :], run.bias[largest + 1 :]  # the first cycle is warm-up
            values = {"E_s": float(lags.mean()), "eta": run.eta, "G_upd": float(run.update.max())}
            moved = run.drift > 0.0
            visited = float((run.bias[moved] / run.drift[moved]).max())
            for how, k_phi in {**known, "K_phi of the pairs visited": visited}.items():
                m = Measurement(float(np.mean(bias)), n=len(bias), seed=seed, device=device)
                text = f"mean norm(delta_t), {model.name}, mean lag {lags.mean():g}, {how}"
                rows.append(compare_upper(CLAIM, objective.name, predict(CLAIM, **values, K_phi=k_phi), m, text))
    return rows
