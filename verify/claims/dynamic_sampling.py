"""The surrogate gradient over kept groups against that over all groups divided by the chance to be kept."""

from __future__ import annotations

import torch

from ..constants import predict
from ..group_laws import OneStep, length_of, random_one_step
from ..transforms import gradient
from ..verdicts import Measurement, Verdict, compare_exact

__all__ = ["measure"]

CLAIM = "dynamic-sampling"


def _surrogate_gradient(problem: OneStep, law: torch.Tensor) -> torch.Tensor:
    """∇_θ of E_z[(1/G) Σ_i ρ_i A_i] at θ = φ for a given law of the groups."""
    start, advantages = torch.log_softmax(problem.logits, 0), problem.advantages()

    def surrogate(logits: torch.Tensor) -> torch.Tensor:
        ratios = (torch.log_softmax(logits, 0) - start).exp()[problem.groups]
        return (law * (ratios * advantages).mean(1)).sum()

    return gradient(lambda at: surrogate(at["logits"]), {"logits": problem.logits})["logits"]


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the norm over kept groups that deviates most from the claim, and the largest |J| over kept groups."""
    count = 8 if suite == "quick" else 64
    pairs: list[tuple[float, float]] = []
    objectives: list[float] = []
    for i in range(count):
        problem = random_one_step(seed + i, size=2 + i % 4, device=device)
        law = problem.law(problem.logits)
        p = float((torch.softmax(problem.logits, 0) * problem.rewards).sum())
        size = problem.groups.shape[1]
        chance = predict("mixed-groups", p_suc=p, q_fail=1.0 - p, G=size)
        rewards = problem.rewards[problem.groups].sum(1)
        kept = torch.where((rewards > 0) & (rewards < size), law, 0.0)
        kept = kept / kept.sum()
        h = length_of(_surrogate_gradient(problem, law))
        pairs.append((length_of(_surrogate_gradient(problem, kept)), predict(CLAIM, H_w=h, mixed=chance)))
        objectives.append(float((kept * problem.advantages().mean(1)).sum()))
    name = "F-diagonal J, ratio form, kept groups"
    measured, predicted = max(pairs, key=lambda pair: abs(pair[0] / pair[1] - 1.0))
    m = Measurement(measured, n=count, seed=seed, device=device)
    text = f"norm of the surrogate gradient over kept groups: furthest from the claim of {count} problems"
    rows = [compare_exact(CLAIM, name, predicted, m, text, 1e-10)]
    m = Measurement(max(objectives, key=abs), n=count, seed=seed, device=device)
    text = "largest |J| over kept groups (their mean absolute advantage is at most 1)"
    return [*rows, compare_exact(CLAIM, name, 0.0, m, text, 1e-12, scale=1.0)]
