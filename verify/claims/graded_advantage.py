"""Expected advantages of graded rewards without a std, by enumeration of every group, against (1 − 1/G)(r − R̄)."""

from __future__ import annotations

from ..constants import predict
from ..group_laws import random_one_step
from ..verdicts import Measurement, Verdict, compare_exact, worst

__all__ = ["measure"]

CLAIM = "graded-advantage"
OBJECTIVE = "advantages of a group (no objective)"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return, per advantage, the response and problem that deviate most from the closed form."""
    count = 8 if suite == "quick" else 64
    found: dict[str, list[Verdict]] = {"plain": [], "RLOO": []}
    for i in range(count):
        size = 2 + i % 4
        problem = random_one_step(seed + i, responses=4, size=size, levels=4, device=device)
        law, own = problem.law(problem.logits), problem.groups[:, 0]
        mean = float((problem.logits.softmax(0) * problem.rewards).sum())
        rewards = problem.rewards[problem.groups]
        mates = (rewards.sum(1) - rewards[:, 0]) / (size - 1)
        for name, advantage in (("plain", problem.advantages(std=False)[:, 0]), ("RLOO", rewards[:, 0] - mates)):
            for response, reward in enumerate(problem.rewards):
                here = own == response
                value = float((advantage * law)[here].sum() / law[here].sum())
                formula = predict(CLAIM, name, r_first=float(reward), mean_value=mean, G=size)
                m = Measurement(value, n=count, seed=seed, device=device)
                text = f"{name}: furthest of 4 responses in {count} problems of up to 4 levels, G of 2..5"
                found[name].append(compare_exact(CLAIM, OBJECTIVE, formula, m, text, 1e-12, scale=3.0))
    return [worst(rows) for rows in found.values()]
