"""Theorem 1: ‖δ_t‖ against K_φ G_upd S_max η with the closed K_φ, along runs inside the certified radius.

Its exponents in S_max and in η, read off the formula, are also those of the bias itself on every problem of the study.
"""

from __future__ import annotations

import math

import numpy as np

from ..constants import certified_radius, closed, predict
from ..objectives import surrogate_gradient
from ..problems import main_problem
from ..runs import lag
from ..runs.training import simulate_within
from ..studies import study
from ..trees import norm
from ..verdicts import Measurement, Verdict, compare_order, compare_upper

__all__ = ["measure"]

CLAIM = "staleness-bias"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the largest ‖δ_t‖ per lag model, S_max ∈ {1, 3, 7, 15}; G_upd is the run's largest ‖u_t‖."""
    problem = main_problem(seed, device=device)
    objective, theta = problem.objective, problem.theta
    constants = {k: c.value for k, c in closed(objective.group_size, objective.policy.length, problem.clip.hi).items()}
    radius, h = certified_radius(problem.clip).value, norm(surrogate_gradient(objective, theta, theta))
    rows: list[Verdict] = []
    for largest in (1, 3, 7, 15):
        for model in (lag.periodic_sync(largest + 1), lag.constant(largest)):
            run = simulate_within(objective, theta, 0.8 * radius / (largest * h), model, 2 * largest + 2, radius)
            bound = predict(CLAIM, S_max=largest, eta=run.eta, G_upd=float(run.update.max()), **constants)
            m = Measurement(float(np.max(run.bias)), n=len(run.bias), seed=seed, device=device)
            share = float(run.drift.max()) / radius
            text = f"largest norm(delta_t), {model.name}, eta={run.eta:.3g}, drift {share:.2f} of the certified radius"
            rows.append(compare_upper(CLAIM, objective.name, bound, m, text))
    return rows + _exponents(seed, suite, device, constants)


def _exponents(seed: int, suite: str, device: str, constants: dict[str, float]) -> list[Verdict]:
    """Compare the exponents of the formula with those of the bias at η → 0, where it is of first order."""
    values = constants | {"G_upd": 1.0, "S_max": 1.0, "eta": 1.0}
    inside = [row for row in study.rows(seed, study.STRIDES[suite], device) if row.inside]
    first = [row for row in inside if row.order == 1]
    slopes = {"eta": [row.eta_exponent for row in first], "S_max": [row.lag_slope for row in first]}
    found: list[Verdict] = []
    for symbol, measured in slopes.items():
        order = math.log2(predict(CLAIM, **values | {symbol: 2.0}) / predict(CLAIM, **values))
        m = Measurement(study.farthest(measured, order), n=len(measured), seed=seed, device=device)
        text = (
            f"exponent of norm(delta) in {symbol}, farthest, {len(first)} of {len(inside)} drawn problems; others null"
        )
        found.append(compare_order(CLAIM, "F-diagonal J of every loss and policy kind", order, m, text, 0.01))
    return found
