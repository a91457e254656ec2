"""J when long responses are masked out of the loss but not out of the mean, against the covariance of each group."""

from __future__ import annotations

import torch

from ..constants import predict
from ..group_laws import random_one_step
from ..groups_enumerated import numbers
from ..verdicts import Measurement, Verdict, compare_exact

__all__ = ["measure"]

CLAIM = "truncation-mask"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the J that deviates most from the claim over random problems that mask responses above some length."""
    count = 8 if suite == "quick" else 64
    pairs: list[tuple[float, float]] = []
    for i in range(count):
        problem = random_one_step(seed + i, device=device)
        law, advantages = problem.law(problem.logits), problem.advantages()
        mask = torch.where(problem.lengths <= problem.lengths.median(), 1.0, 0.0).to(law)[problem.groups]
        total = float((law * (mask * advantages).mean(1)).sum())
        inside = ((mask - mask.mean(1, keepdim=True)) * advantages).mean(1)
        shares = zip(numbers(law), numbers(inside), strict=True)
        pairs.append((total, sum(share * predict(CLAIM, cov_mask=cov) for share, cov in shares)))
    measured, predicted = max(pairs, key=lambda pair: abs(pair[0] - pair[1]))
    m = Measurement(measured, n=count, seed=seed, device=device)
    largest = max((value for value, _ in pairs), key=abs)
    text = f"J: furthest from the claim of {count} problems; the largest is {largest:.3f}"
    return [compare_exact(CLAIM, "F-diagonal J, ratio form, masked", predicted, m, text, 1e-12, scale=0.01)]
