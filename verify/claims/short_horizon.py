"""Theorem 2 with min(S, T): a sync interval longer than the run is no stricter than the run."""

from __future__ import annotations

from collections.abc import Sequence

from ..constants import certified_radius, predict
from ..objectives import surrogate_gradient
from ..problems import Problem, main_problem
from ..runs import lag
from ..runs.training import simulate_bounded
from ..trees import norm
from ..verdicts import Measurement, Verdict, compare_upper

__all__ = ["measure", "measure_on"]

CLAIM = "short-horizon"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return ``measure_on`` the main problem."""
    return measure_on([main_problem(seed, device=device)], seed, suite, device)


def measure_on(
    problems: Sequence[Problem], seed: int, suite: str, device: str, rounding: float = 2.0**-52
) -> list[Verdict]:
    """Return lag drift and displacement of 8 steps with S_max = 31 at the largest η of the rule, in both regimes."""
    problem = problems[0]
    objective, radius, steps = problem.objective, certified_radius(problem.clip).value, 8
    guess = 1.25 * norm(surrogate_gradient(objective, problem.theta, problem.theta))
    rows: list[Verdict] = []
    for critical in (10.0 * radius, 0.5 * radius):

        def rule(g_upd: float, r: float = critical) -> float:
            return predict(CLAIM, R_batch=radius, R_crit=r, S_max=31, T=steps, G_upd=g_upd) * (1.0 - 1e-9)

        run, _ = simulate_bounded(objective, problem.theta, rule, lag.periodic_sync(32), steps, guess)
        end = norm({k: run.theta[-1][k] - v for k, v in problem.theta.items()})
        found = ((radius, float(run.drift.max()), "norm(theta_t - phi_t)"), (critical, end, "norm(theta_T - theta_0)"))
        for bound, value, text in found:
            m = Measurement(value, n=steps, seed=seed, device=device)
            rows.append(compare_upper(CLAIM, objective.name, bound, m, f"largest {text}, S_max=31, T={steps}"))
    return rows
