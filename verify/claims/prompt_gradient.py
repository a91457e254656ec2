"""H(θ,θ) of enumerable problems, by autodiff of the surrogate, against (1/L) E_x[w_G(p) ∇p]."""

from __future__ import annotations

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

__all__ = ["measure"]

CLAIM = "prompt-gradient"


def _chances(problem: Problem, theta: Params) -> Tensor:
    """p_θ(x) per prompt, (P,), from the probabilities of all responses."""
    return (log_strings(problem.objective.policy, theta).exp() * problem.objective.rewards).sum(1)


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the largest relative distance of the two gradients over problems, and the two norms on the main one."""
    count = 6 if suite == "quick" else 30
    problems = [main_problem(seed, device=device)]
    problems += [random_problem(seed, i, clip=i % 2 == 0, device=device) for i in range(count)]
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
            text = f"norm of H(theta,theta) on the main problem ({problem.name})"
            rows.append(compare_exact(CLAIM, objective.name, norm(claimed), m, text, 1e-10))
    m = Measurement(max(gaps), n=len(gaps), seed=seed, device=device)
    text = f"largest relative distance of the two gradients over {len(gaps)} problems"
    return [*rows, compare_exact(CLAIM, problems[0].objective.name, 0.0, m, text, 1e-10, scale=1.0)]
