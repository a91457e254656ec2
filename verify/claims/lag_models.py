"""Lemma L2 per lag model: largest and mean ‖θ_t − φ_t‖ over whole cycles of runs against their bounds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..constants import predict
from ..problems import Problem, main_problem
from ..runs import lag
from ..runs.training import simulate
from ..verdicts import Measurement, Verdict, compare_upper

__all__ = ["measure", "measure_on"]

CLAIM = "lag-models"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return ``measure_on`` the main problem."""
    return measure_on([main_problem(seed, device=device)], seed, suite, device)


def measure_on(
    problems: Sequence[Problem], seed: int, suite: str, device: str, rounding: float = 2.0**-52
) -> list[Verdict]:
    """Return the largest and the mean drift per model after its warm-up; G_upd is the largest ‖u_t‖ of the run."""
    cycles, interval, eta = 3 if suite == "quick" else 20, 5, 0.05
    problem, rows = problems[0], list[Verdict]()
    models = {
        "constant": (lag.constant(interval), interval),
        "sync": (lag.periodic_sync(interval), 0),
        "ahead": (lag.one_cycle_ahead(interval), interval),
        "uniform": (lag.sawtooth(interval), interval + 1),
    }
    for name, (model, warm_up) in models.items():
        period = interval + 1 if name == "uniform" else interval
        run = simulate(problem.objective, problem.theta, eta, model, warm_up + cycles * period)
        drift = run.drift[warm_up:]
        values = {"eta": eta, "G_upd": float(run.update.max()), "S_int": interval, "s_const": interval}
        forms = {"": drift.max()} if name == "constant" else {"-largest": drift.max(), "-mean": np.mean(drift)}
        for form, found in forms.items():
            bound = predict(CLAIM, name + form, **values, m_lag=interval)
            m = Measurement(float(found), n=len(drift), seed=seed, device=device)
            text = f"{form.strip('-') or 'largest'} norm(theta_t - phi_t), {model.name}"
            rows.append(compare_upper(CLAIM, problem.objective.name, bound, m, text))
    return rows
