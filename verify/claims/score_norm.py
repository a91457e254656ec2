"""‖∇ log π(a)‖ ≤ √2 for a softmax row, and how close rows come to it."""

from __future__ import annotations

import torch
from torch import Tensor

from ..constants import predict
from ..policies import TabularSoftmax
from ..problems import generator
from ..transforms import gradient, over_rows
from ..verdicts import Measurement, Verdict, compare_upper

__all__ = ["measure"]

CLAIM = "score-norm"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the largest score norm, by autodiff, over random rows of growing concentration: one verdict per V."""
    bound, draws = predict(CLAIM), 200 if suite == "quick" else 2000
    rows: list[Verdict] = []
    for vocab in (2, 4, 8):
        policy = TabularSoftmax(prompts=1, vocab=vocab, length=1)

        def score_norm(row: Tensor, policy: TabularSoftmax = policy) -> Tensor:
            def score(a: int) -> Tensor:
                return gradient(lambda x: policy.levels(x)[0][0, 0, a], {"logits": row[None, None]})["logits"]

            return torch.stack([score(a).pow(2).sum().sqrt() for a in range(policy.vocab)]).max()

        scales = torch.logspace(-1, 1, draws, dtype=torch.float64)[:, None]  # from near-uniform to near-deterministic
        logits = scales * torch.randn(draws, vocab, generator=generator(seed, vocab), dtype=torch.float64)
        m = Measurement(float(over_rows(score_norm, logits.to(device)).max()), n=draws, seed=seed, device=device)
        text = (
            f"largest norm of a token's score over {draws} random rows, V={vocab}; approached as pi(a) -> 0, pi(b) -> 1"
        )
        rows.append(compare_upper(CLAIM, "policy score (no objective)", bound, m, text))
    return rows
