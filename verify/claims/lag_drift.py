"""Lemma L2: ‖θ_t − φ_t‖ against S_max η G_upd along asynchronous runs."""

from __future__ import annotations

import numpy as np

from ..constants import predict
from ..problems import main_problem
from ..runs import lag
from ..runs.training import simulate
from ..verdicts import Measurement, Verdict, compare_upper

__all__ = ["measure"]

CLAIM = "lag-drift"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the largest drift per lag model and learning rate; G_upd is the largest ‖u_t‖ of the run itself."""
    steps = 24 if suite == "quick" else 200
    problem = main_problem(seed, device=device)
    rows: list[Verdict] = []
    for model in (lag.periodic_sync(8), lag.constant(7)):
        for eta in (0.1, 10.0):
            run = simulate(problem.objective, problem.theta, eta, model, steps)
            bound = predict(CLAIM, S_max=model.largest, s_t=model.largest, eta=eta, G_upd=float(run.update.max()))
            m = Measurement(float(np.max(run.drift)), n=steps, seed=seed, device=device)
            text = f"largest norm(theta_t - phi_t) over {steps} steps, {model.name}, eta={eta:g}"
            rows.append(compare_upper(CLAIM, problem.objective.name, bound, m, text))
    return rows
