"""Drift and bias under a schedule of learning rates against G_upd Σ_t and C Σ_t, Σ_t the rates of the lag window."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..constants import certified_radius, closed, predict
from ..objectives import surrogate_gradient
from ..policies import TabularSoftmax
from ..problems import Problem, main_problem
from ..trees import Params, add, norm
from ..verdicts import Measurement, Verdict, compare_upper, worst

__all__ = ["measure", "measure_on"]

CLAIM = "scheduled-rate"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return ``measure_on`` the main problem."""
    return measure_on([main_problem(seed, device=device)], seed, suite, device)


def measure_on(
    problems: Sequence[Problem], seed: int, suite: str, device: str, rounding: float = 2.0**-52
) -> list[Verdict]:
    """Return the tightest learner step for drift and for bias: warm-up, cosine decay and a jump, constant lag 4.

    The bias is compared with the closed K_φ on tables, and with the largest ‖δ_t‖/‖θ_t − φ_t‖ visited.
    """
    problem, lag, steps = problems[0], 4, 16 if suite == "quick" else 100
    objective, theta = problem.objective, problem.theta
    size, length = objective.group_size, objective.policy.length
    tabular = isinstance(objective.policy, TabularSoftmax)
    known = {"closed K_phi": closed(size, length, problem.clip.hi)["K_phi"].value} if tabular else {}
    radius, h = certified_radius(problem.clip).value, norm(surrogate_gradient(objective, theta, theta))
    top = 0.4 * radius / (lag * h)
    schedules = {
        "linear warm-up": [top * min(1.0, (t + 1) / steps) for t in range(steps)],
        "cosine decay": [0.5 * top * (1.0 + math.cos(math.pi * t / steps)) for t in range(steps)],
        "jump by 10": [top if t < steps // 2 else 0.1 * top for t in range(steps)],
    }
    found: dict[str, list[Verdict]] = {}
    for name, rates in schedules.items():
        points, largest, rows = [theta], 0.0, list[tuple[float, float, float]]()
        for t, rate in enumerate(rates):
            old: Params = points[max(0, t - lag)]
            u, fresh = (surrogate_gradient(objective, points[t], point) for point in (old, points[t]))
            window = sum(rates[max(0, t - lag) : t])
            rows.append((window, norm(add(points[t], old, -1.0)), norm(add(u, fresh, -1.0))))
            largest = max(largest, norm(u))
            points.append(add(points[t], u, rate))
        visited = max(bias / drift for _, drift, bias in rows[1:])
        for window, drift, bias in rows[1:]:
            for text, form, value, k_phi in (
                ("norm(theta_t - phi_t)", "distance", drift, visited),
                *((f"norm(delta_t) with the {how}", "", bias, k) for how, k in known.items()),
                ("norm(delta_t) with the K_phi of the pairs visited", "", bias, visited),
            ):
                bound = predict(CLAIM, form, K_phi=k_phi, G_upd=largest, E_way=window)
                m = Measurement(value, n=steps, seed=seed, device=device)
                row = compare_upper(CLAIM, objective.name, bound, m, f"{text}, {name}, constant lag {lag}")
                found.setdefault(text, []).append(row)
    return [worst(rows) for rows in found.values()]
