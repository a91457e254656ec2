"""E‖∇ log π(a)‖ ≤ √(1 − ‖π‖²) for a softmax row, scores by autodiff."""

from __future__ import annotations

import torch
from torch import Tensor

from ..constants import predict
from ..policies import TabularSoftmax
from ..problems import generator
from ..transforms import gradient, over_rows
from ..verdicts import Measurement, Verdict, compare_upper, worst

__all__ = ["measure"]

CLAIM = "mean-score-norm"
OBJECTIVE = "policy score (no objective)"


def _mean_norm(logits: Tensor) -> Tensor:
    """Mean norm of the token's score in one row."""
    policy = TabularSoftmax(prompts=1, vocab=len(logits), length=1)

    def score(token: int) -> Tensor:
        return gradient(lambda x: policy.levels(x)[0][0, 0, token], {"logits": logits[None, None]})["logits"]

    norms = torch.stack([score(token).pow(2).sum().sqrt() for token in range(len(logits))])
    return (logits.softmax(0) * norms).sum()


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return, per vocabulary size, the row that comes closest to its own bound, and the uniform row."""
    draws = 50 if suite == "quick" else 500
    rows: list[Verdict] = []
    for vocab in (2, 4, 8):
        noise = torch.randn(draws, vocab, generator=generator(seed, vocab), dtype=torch.float64)
        logits = (noise * torch.logspace(-1, 1, draws, dtype=torch.float64)[:, None]).to(device)
        logits[-1] = 0.0  # the uniform row
        means, squares = over_rows(_mean_norm, logits), logits.softmax(1).pow(2).sum(1)
        found: list[Verdict] = []
        for mean, square in zip(means, squares, strict=True):
            m = Measurement(float(mean), n=draws, seed=seed, device=device)
            text = f"mean norm of a token's score in the closest of {draws} rows, V={vocab}"
            found.append(compare_upper(CLAIM, OBJECTIVE, predict(CLAIM, collision=float(square)), m, text))
        top = Measurement(float(means.max()), n=draws, seed=seed, device=device)
        text = f"largest mean norm over {draws} rows, V={vocab}; reached by the uniform one"
        rows += [worst(found), compare_upper(CLAIM, OBJECTIVE, predict(CLAIM, "largest", n=vocab), top, text)]
    return rows
