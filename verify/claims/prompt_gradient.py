"""H(θ,θ) of enumerable problems, by autodiff of the surrogate, against (1/L) E_x[w_G(p) ∇p]."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from ..constants import predict
from ..groups_enumerated import numbers
from ..objectives import surrogate_gradient
from ..populations.responses import log_strings
from ..problems import Problem, main_problem, random_problem
from ..transforms import gradient
from ..trees import Params, add, norm
from ..verdicts import Measurement, Verdict, compare_exact

__all__ = ["measure", "measure_on"]

CLAIM = "prompt-gradient"


def _chances(problem: Problem, theta: Params) -> Tensor:
    """p_θ(x) per prompt, (P,), from the probabilities of all responses."""
    return (log_strings(problem.objective.policy, theta).exp() * problem.objective.rewards).sum(1)


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return ``measure_on`` the main problem and random ones."""
    count = 6 if suite == "quick" else 30
    problems = [main_problem(seed, device=device)]
    problems += [random_problem(seed, i, clip=i % 2 == 0, device=device) for i in range(count)]
    return measure_on(problems, seed, suite, device)


def measure_on(
    problems: Sequence[Problem], seed: int, suite: str, device: str, rounding: float = 2.0**-52
) -> list[Verdict]:
    """Return the largest relative distance of the two gradients over problems, and the two norms on the first one."""
    rtol = 1e-10 * rounding * 2.0**52
    gaps: list[float] = []
    rows: list[Verdict] = []
    for problem in problems:
        objective, theta = problem.objective, problem.theta
        found = surrogate_gradient(objective, theta, theta)
        chances = numbers(_chances(problem, theta))
        shares = [
            predict(CLAIM, p_suc=p, q_fail=1.0 - p, G=objective.group_size, L=objective.policy.length) for p in chances
        ]
        weights = torch.tensor(shares, dtype=torch.float64, device=device) / len(shares)
        claimed = gradient(lambda at, p=problem, w=weights: (w * _chances(p, at)).sum(), theta)
        gaps.append(norm(add(found, claimed, -1.0)) / norm(found))
        if not rows:
            size = norm(found)
            m = Measurement(size, n=1, seed=seed, device=device)
            text = f"norm of H(theta,theta) on the first problem ({problem.name})"
            rows.append(compare_exact(CLAIM, objective.name, norm(claimed), m, text, rtol))
    m = Measurement(max(gaps), n=len(gaps), seed=seed, device=device)
    text = f"largest relative distance of the two gradients over {len(gaps)} problems"
    return [*rows, compare_exact(CLAIM, problems[0].objective.name, 0.0, m, text, rtol, scale=1.0)]
