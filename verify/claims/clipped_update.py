"""torch's clip_grad_norm_ and SGD: no update is longer than the threshold or the gradient."""

from __future__ import annotations

import torch

from ..constants import predict
from ..problems import generator
from ..runs.optimizers import PROBLEM, norms, sgd, updates
from ..verdicts import Measurement, Verdict, compare_upper, worst

__all__ = ["measure"]

CLAIM = "clipped-update"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the tightest step with thresholds below and above the norms of drawn gradients."""
    gradients = torch.randn(8, 5, generator=generator(seed), dtype=torch.float64)
    top = float(norms(gradients).max())
    rows: list[Verdict] = []
    for threshold in (0.1, 1.0, 2.0 * top):
        sizes = norms(updates(sgd(lr=0.5), gradients, max_norm=threshold)[0])
        bound = predict(CLAIM, max_norm=threshold, G_grad=top)
        m = Measurement(float(sizes.max()), n=len(gradients), seed=seed, device=device)
        rows.append(compare_upper(CLAIM, PROBLEM, bound, m, f"largest update, clipped to {threshold:.3g}"))
    return [worst(rows[:2]), rows[2]]
