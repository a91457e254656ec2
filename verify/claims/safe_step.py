"""Safe step: run at the largest η the claim allows for a tolerance b_max, and look at the bias."""

from __future__ import annotations

import numpy as np

from ..constants import certified_radius, closed, predict
from ..objectives import surrogate_gradient
from ..problems import main_problem
from ..runs import lag
from ..runs.training import simulate_bounded
from ..trees import norm
from ..verdicts import Measurement, Verdict, compare_upper

__all__ = ["measure"]

CLAIM = "safe-step"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the largest ‖δ_t‖ against b_max = 10 % of ‖H(θ_0,θ_0)‖, for S_max ∈ {1, 3, 7} under periodic sync."""
    problem = main_problem(seed, device=device)
    objective, theta = problem.objective, problem.theta
    h = norm(surrogate_gradient(objective, theta, theta))
    k_phi = closed(objective.group_size, objective.policy.length, problem.clip.hi)["K_phi"].value
    b_max, rows = 0.1 * h, list[Verdict]()
    for largest in (1, 3, 7):

        def rule(g_upd: float, largest: int = largest) -> float:
            return predict(CLAIM, b_max=b_max, C_bias=k_phi * g_upd, S_max=largest)

        run, _ = simulate_bounded(objective, theta, rule, lag.periodic_sync(largest + 1), 3 * (largest + 1), 1.25 * h)
        inside = float(run.drift.max()) < certified_radius(problem.clip).value
        m = Measurement(float(np.max(run.bias)), n=len(run.bias), seed=seed, device=device)
        text = f"largest norm(delta_t) at the safe step eta={run.eta:.3g}, S_max={largest}, sync interval {largest + 1}"
        text += ", inside the certified radius" if inside else ", OUTSIDE the certified radius: not the claim's domain"
        rows.append(compare_upper(CLAIM, objective.name, b_max, m, text))
    return rows
