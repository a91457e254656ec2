"""Expected advantages in groups of two with a std: the chance of a lower reward less that of a higher one."""

from __future__ import annotations

from ..constants import predict
from ..group_laws import random_one_step
from ..verdicts import Measurement, Verdict, compare_exact, worst

__all__ = ["measure"]

CLAIM = "graded-pairs"
OBJECTIVE = "advantages of a group (no objective)"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the response and problem that deviate most, over random problems of up to four levels."""
    count, found = 8 if suite == "quick" else 64, list[Verdict]()
    for i in range(count):
        problem = random_one_step(seed + i, responses=4, size=2, levels=4, device=device)
        law, own, chance = problem.law(problem.logits), problem.groups[:, 0], problem.logits.softmax(0)
        weighted = problem.advantages()[:, 0] * law
        for response, reward in enumerate(problem.rewards):
            here = own == response
            m = Measurement(float(weighted[here].sum() / law[here].sum()), n=count, seed=seed, device=device)
            below, above = (float(chance[side].sum()) for side in (problem.rewards < reward, problem.rewards > reward))
            formula = predict(CLAIM, chance_below=below, chance_above=above)
            text = f"furthest of 4 responses in {count} problems of up to 4 levels"
            found.append(compare_exact(CLAIM, OBJECTIVE, formula, m, text, 1e-12, scale=1.0))
    return [worst(found)]
