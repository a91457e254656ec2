"""Σ_ℓ p_ℓ A_ℓ = 0 over reward levels, by enumeration of every group of graded rewards."""

from __future__ import annotations

from ..constants import predict
from ..group_laws import random_one_step
from ..verdicts import Measurement, Verdict, compare_exact

__all__ = ["measure"]

CLAIM = "graded-balance"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return, per convention, the balance that deviates most from 0 on the scale Σ p|A|, over random problems."""
    count = 8 if suite == "quick" else 64
    rows: list[Verdict] = []
    for name, correction, std in (("population std", 0, True), ("sample std", 1, True), ("no std", 0, False)):
        found: list[tuple[float, float]] = []
        for i in range(count):
            problem = random_one_step(seed + i, responses=4, size=2 + i % 4, levels=4, device=device)
            own, law = problem.rewards[problem.groups[:, 0]], problem.law(problem.logits)
            parts = problem.advantages(correction, std)[:, 0] * law
            levels = [float(parts[own == level].sum()) for level in range(4)]  # p_l A_l
            found.append((sum(levels), sum(map(abs, levels))))
        balance, scale = max(found, key=lambda pair: abs(pair[0]) / pair[1])
        m = Measurement(balance, n=count, seed=seed, device=device)
        text = f"{name}: furthest sum of p_l A_l over {count} problems, G of 2..5; its terms add up to {scale:.3f}"
        rows.append(
            compare_exact(CLAIM, "advantages of a group (no objective)", predict(CLAIM), m, text, 1e-12, scale=scale)
        )
    return rows
