"""Theorem 1′ at the η its domain allows: the remainder of the first-order form, curvature bounded on the segment."""

from __future__ import annotations

from ..constants import certified_radius, predict, segment_curvature
from ..objectives import behaviour_jvp, surrogate_gradient
from ..problems import main_problem
from ..runs import lag
from ..runs.training import simulate_bounded
from ..trees import add, norm
from ..verdicts import Measurement, Verdict, compare_upper, worst

__all__ = ["measure"]

CLAIM = "first-order-on-domain"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the learner step that comes closest to its bound (quick: the last one), S_max η G_upd = 0.99 R_cert."""
    problem, largest = main_problem(seed, device=device), 3
    objective, theta, radius = problem.objective, problem.theta, certified_radius(problem.clip).value
    guess = 1.01 * norm(surrogate_gradient(objective, theta, theta))

    def rule(g_upd: float) -> float:
        return 0.99 * radius / (largest * g_upd)

    steps, found = largest + 2 if suite == "quick" else 30, list[Verdict]()
    run, g_upd = simulate_bounded(objective, theta, rule, lag.constant(largest), steps, guess)
    for t in range(steps - 1, steps) if suite == "quick" else range(largest, steps):
        now, old = run.theta[t], run.phi[t]
        bias = add(surrogate_gradient(objective, now, old), surrogate_gradient(objective, now, now), -1.0)
        rest = norm(add(bias, behaviour_jvp(objective, now, now, add(old, now, -1.0)), -1.0))
        curvature = segment_curvature(objective, now, old, 5 if suite == "quick" else 33)
        bound = predict(CLAIM, M=curvature.value, S_max=largest, eta=run.eta, G_upd=g_upd)
        m = Measurement(rest, n=steps, seed=seed, device=device)
        text = f"remainder at step {t}, constant lag {largest}; M on the segment is a {curvature.label} bound"
        found.append(compare_upper(CLAIM, objective.name, bound, m, text))
    return [worst(found)]
