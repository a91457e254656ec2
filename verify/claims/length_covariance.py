"""J of Dr. GRPO and of the token mean with variable lengths, token by token, against the covariance of each group."""

from __future__ import annotations

import torch
from torch import Tensor

from ..constants import predict
from ..group_laws import random_one_step
from ..groups_enumerated import numbers
from ..verdicts import Measurement, Verdict, compare_exact

__all__ = ["measure"]

CLAIM = "length-covariance"
LONGEST = 8.0  # constant divisor of Dr. GRPO


def _tokens(lengths: Tensor, advantages: Tensor) -> Tensor:
    """Sum over the tokens of every response of ratio 1 times its advantage, (groups,)."""
    position = torch.arange(int(lengths.max()), dtype=lengths.dtype, device=lengths.device)
    return torch.where(position < lengths[..., None], advantages[..., None], 0.0).sum((1, 2))


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return J of both losses where it deviates most from the claim, over random problems, every group enumerated."""
    count = 4 if suite == "quick" else 32
    found: dict[str, list[tuple[float, float]]] = {"Dr. GRPO": [], "DAPO": []}
    for i in range(count):
        problem = random_one_step(seed + i, device=device)
        law, lengths = problem.law(problem.logits), problem.lengths[problem.groups]
        for name, pairs in found.items():
            advantages = problem.advantages(std=name == "DAPO")
            divisor = lengths.sum(1) if name == "DAPO" else LONGEST * lengths.shape[1]
            total = float((law * _tokens(lengths, advantages) / divisor).sum())
            means = lengths.mean(1)
            inside = ((lengths - means[:, None]) * (advantages - advantages.mean(1, keepdim=True))).mean(1)
            claimed = sum(
                share * predict(CLAIM, name, cov_len=cov, L_fix=LONGEST, mean_len=mean)
                for share, cov, mean in zip(numbers(law), numbers(inside), numbers(means), strict=True)
            )
            pairs.append((total, claimed))
    rows: list[Verdict] = []
    for name, pairs in found.items():
        measured, predicted = max(pairs, key=lambda pair: abs(pair[0] - pair[1]))
        m = Measurement(measured, n=count, seed=seed, device=device)
        values = ", ".join(f"{value:.3f}" for value, _ in pairs[:4])
        text = f"J of {name}: furthest from the claim of {count} problems; the first values are {values}"
        rows.append(
            compare_exact(CLAIM, f"F-diagonal J, {name}, variable lengths", predicted, m, text, 1e-12, scale=0.01)
        )
    return rows
