"""Drift after s learner steps: ‖θ_t − φ_t‖ against s_t η G_upd at every step of asynchronous runs."""

from __future__ import annotations

from ..constants import predict
from ..problems import main_problem
from ..runs import lag
from ..runs.training import simulate
from ..verdicts import Measurement, Verdict, compare_upper, worst

__all__ = ["measure"]

CLAIM = "drift"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return, per lag model, the step t that comes closest to its own bound; G_upd is the run's largest ‖u_t‖."""
    steps = 24 if suite == "quick" else 200
    problem = main_problem(seed, device=device)
    rows: list[Verdict] = []
    for model in (lag.periodic_sync(8), lag.constant(7)):
        run = simulate(problem.objective, problem.theta, 10.0, model, steps)
        found: list[Verdict] = []
        for t in range(1, steps):
            s = float(run.lag[t])
            if s == 0.0:
                continue  # θ_t = φ_t
            bound = predict(CLAIM, s_t=s, eta=run.eta, G_upd=float(run.update.max()))
            m = Measurement(float(run.drift[t]), n=steps, seed=seed, device=device)
            text = f"norm(theta_t - phi_t) at t={t}, lag {s:g}, {model.name}, eta={run.eta:g}, closest step of {steps}"
            found.append(compare_upper(CLAIM, problem.objective.name, bound, m, text))
        rows.append(worst(found))
    return rows
