"""Expected advantages of reward levels: over all mates of one response, and from the counts of the levels."""

from __future__ import annotations

from torch import Tensor

from ..group_laws import random_one_step
from ..verdicts import Measurement, Verdict, compare_exact, worst

__all__ = ["by_counts", "measure"]

CLAIM = "graded-counts"
OBJECTIVE = "advantages of a group (no objective)"


def by_counts(rewards: Tensor, own: float, correction: int, std: bool) -> Tensor:
    """Return n (r - m) / (G sigma) in every group, (groups,), for n responses of reward r = ``own``; 0 if uniform.

    ``rewards`` are those of all responses, (groups, G); sigma is 1 without ``std``.
    """
    size, mean = rewards.shape[1], rewards.mean(1)
    count, deviation = (rewards == own).sum(1), own - mean
    if not std:
        return count * deviation / size
    variance = (rewards - mean[:, None]).pow(2).sum(1) / (size - correction)
    return (count * deviation / size / variance.sqrt()).nan_to_num(nan=0.0)


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return, per convention, the level and problem that deviate most, over random problems of up to four levels."""
    count, rows = 8 if suite == "quick" else 64, list[Verdict]()
    for name, correction, std in (("population std", 0, True), ("sample std", 1, True), ("no std", 0, False)):
        found: list[Verdict] = []
        for i in range(count):
            problem = random_one_step(seed + i, responses=4, size=2 + i % 4, levels=4, device=device)
            law, rewards = problem.law(problem.logits), problem.rewards[problem.groups]
            first = problem.advantages(correction, std)[:, 0] * law
            for own in {float(r) for r in problem.rewards}:
                here = rewards[:, 0] == own
                chance = float(law[here].sum())
                formula = float((by_counts(rewards, own, correction, std) * law).sum()) / chance
                m = Measurement(float(first[here].sum()) / chance, n=count, seed=seed, device=device)
                text = f"{name}: furthest level of {count} problems, G of 2..5"
                found.append(compare_exact(CLAIM, OBJECTIVE, formula, m, text, 1e-12, scale=3.0))
        rows.append(worst(found))
    return rows
