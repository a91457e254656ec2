"""Points of the segment from θ_t to φ_t: their distance from θ_t and from the start, at the η the domain allows."""

from __future__ import annotations

from collections.abc import Sequence

from ..constants import certified_radius, predict
from ..objectives import surrogate_gradient
from ..problems import Problem, main_problem
from ..runs import lag
from ..runs.training import simulate_bounded
from ..trees import add, combine, norm
from ..verdicts import Measurement, Verdict, compare_upper

__all__ = ["measure", "measure_on"]

CLAIM = "domain-segment"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return ``measure_on`` the main problem."""
    return measure_on([main_problem(seed, device=device)], seed, suite, device)


def measure_on(
    problems: Sequence[Problem], seed: int, suite: str, device: str, rounding: float = 2.0**-52
) -> list[Verdict]:
    """Return the largest ‖θ_t − ξ‖ over the run and five points per segment, η = 0.995 R_cert/(S_max G_upd)."""
    problem, largest = problems[0], 4
    objective, theta, radius = problem.objective, problem.theta, certified_radius(problem.clip).value
    guess = 1.01 * norm(surrogate_gradient(objective, theta, theta))

    def rule(g_upd: float) -> float:
        return 0.995 * radius / (largest * g_upd)

    steps = 10 if suite == "quick" else 100
    run, _ = simulate_bounded(objective, theta, rule, lag.constant(largest), steps, guess)
    pairs = list(zip(run.theta, run.phi, strict=False))
    gaps = [norm(add(now, combine(now, old, tau / 4.0), -1.0)) for now, old in pairs for tau in range(5)]
    m = Measurement(max(gaps), n=len(gaps), seed=seed, device=device)
    text = (
        f"largest norm(theta_t - xi) over {len(pairs)} segments, constant lag {largest}, eta by R_batch = {radius:.3g}"
    )
    return [compare_upper(CLAIM, objective.name, predict(CLAIM, R_batch=radius), m, text)]
