"""Theorem 2: at the largest η of the two constraints, no token is clipped and the drift stays below R_crit."""

from __future__ import annotations

from ..constants import certified_radius, closed, predict
from ..objectives import surrogate_gradient
from ..problems import main_problem
from ..runs import lag
from ..runs.training import simulate_bounded
from ..trees import norm
from ..verdicts import Measurement, Verdict, compare_upper

__all__ = ["measure"]

CLAIM = "two-constraints"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return bias, lag drift, displacement and ratios against their bounds, in both regimes.

    η is the claim's largest, reduced by 1e-9 because the first constraint is strict. R_batch is the certified radius.
    """
    problem = main_problem(seed, device=device)
    objective, clip = problem.objective, problem.clip
    radius = certified_radius(clip).value
    guess = 1.25 * norm(surrogate_gradient(objective, problem.theta, problem.theta))
    steps, rows = 24 if suite == "quick" else 240, list[Verdict]()
    for largest, critical in ((7, 10.0 * radius), (3, 1.5 * radius)):  # staleness-limited, horizon-limited

        def rule(g_upd: float, s: int = largest, r: float = critical) -> float:
            return predict(CLAIM, R_batch=radius, R_crit=r, S_max=s, T=steps, G_upd=g_upd) * (1.0 - 1e-9)

        run, g_upd = simulate_bounded(objective, problem.theta, rule, lag.periodic_sync(largest + 1), steps, guess)
        end = norm({k: run.theta[-1][k] - v for k, v in problem.theta.items()})
        where = f"S_max={largest} (sync interval {largest + 1}), T={steps}, eta={run.eta:.3g}"
        k_phi = closed(objective.group_size, objective.policy.length, clip.hi)["K_phi"].value
        by_theorem_1 = predict("staleness-bias", K_phi=k_phi, G_upd=g_upd, S_max=largest, eta=run.eta)
        found = (
            (by_theorem_1, float(run.bias.max()), "largest norm(delta_t) against Theorem 1"),
            (radius, float(run.drift.max()), "largest norm(theta_t - phi_t) against R_batch"),
            (critical, max(end, float(run.displacement.max())), "largest norm(theta_t - theta_0) against R_crit"),
            (1.0 + clip.hi, float(run.ratio_max.max()), "largest token ratio against the clip"),
            (1.0 / (1.0 - clip.lo), 1.0 / float(run.ratio_min.min()), "inverse of the smallest ratio against the clip"),
        )
        for bound, value, text in found:
            m = Measurement(value, n=steps, seed=seed, device=device)
            rows.append(compare_upper(CLAIM, objective.name, bound, m, f"{text}; {where}"))
    return rows
