"""Theorem 1 at the η its domain allows: constants certified on U, no run is looked at before η is chosen."""

from __future__ import annotations

from ..constants import certified_radius, closed, predict
from ..objectives import surrogate_gradient
from ..problems import main_problem
from ..runs import lag
from ..runs.training import simulate_bounded
from ..trees import norm
from ..verdicts import Measurement, Verdict, compare_upper

__all__ = ["measure"]

CLAIM = "bias-on-domain"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the largest ‖δ_t‖ at S_max η G_upd = 0.99 R_cert, K_φ closed; the tabular constants hold for every ρ₀."""
    problem, rows = main_problem(seed, device=device), list[Verdict]()
    objective, theta, radius = problem.objective, problem.theta, certified_radius(problem.clip).value
    constants = {k: c.value for k, c in closed(objective.group_size, objective.policy.length, problem.clip.hi).items()}
    for largest in (1, 4) if suite == "quick" else (1, 4, 15):
        guess = 1.05 * norm(surrogate_gradient(objective, theta, theta))

        def rule(g_upd: float, largest: int = largest) -> float:
            return 0.99 * radius / (largest * g_upd)

        run, g_upd = simulate_bounded(objective, theta, rule, lag.constant(largest), 3 * largest, guess)
        bound = predict(CLAIM, C_bias=constants["K_phi"] * g_upd, S_max=largest, eta=run.eta)
        m = Measurement(float(run.bias.max()), n=len(run.bias), seed=seed, device=device)
        text = f"largest norm(delta_t), constant lag {largest}, eta={run.eta:.3g}"
        text += f", drift {float(run.drift.max()) / radius:.2f} of the certified radius"
        rows.append(compare_upper(CLAIM, objective.name, bound, m, text))
    return rows
