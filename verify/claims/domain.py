"""Displacement and drift of runs against T η G_upd and S_max η G_upd, at the η that these conditions allow."""

from __future__ import annotations

from ..constants import certified_radius, predict
from ..objectives import surrogate_gradient
from ..problems import main_problem
from ..runs import lag
from ..runs.training import simulate_bounded
from ..trees import norm
from ..verdicts import Measurement, Verdict, compare_upper

__all__ = ["measure"]

CLAIM = "domain"
RHO_0 = 0.05  # small enough that the update hardly turns, so that the bounds are sharp


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the largest ‖θ_t − θ_0‖ and ‖θ_t − φ_t‖ of runs with η = min(ρ₀/(T G_upd), 0.99 R/(S_max G_upd))."""
    problem, rows = main_problem(seed, device=device), list[Verdict]()
    objective, theta, radius = problem.objective, problem.theta, certified_radius(problem.clip).value
    for largest, steps in ((1, 12), (7, 16)) if suite == "quick" else ((1, 50), (7, 50), (15, 100)):

        def rule(g_upd: float, largest: int = largest, steps: int = steps) -> float:
            return min(RHO_0 / (steps * g_upd), 0.99 * radius / (largest * g_upd))

        guess = 1.01 * norm(surrogate_gradient(objective, theta, theta))
        run, g_upd = simulate_bounded(objective, theta, rule, lag.constant(largest), steps, guess)
        for name, value, bound in (("near", run.displacement, RHO_0), ("close", run.drift, radius)):
            limit = predict(CLAIM, name, T=steps, S_max=largest, eta=run.eta, G_upd=g_upd)
            m = Measurement(float(value.max()), n=steps, seed=seed, device=device)
            text = f"largest {'norm(theta_t - theta_0)' if name == 'near' else 'norm(theta_t - phi_t)'},"
            text += f" constant lag {largest}, {steps} steps; U allows {bound:.3g}"
            rows.append(compare_upper(CLAIM, objective.name, min(limit, bound), m, text))
    return rows
