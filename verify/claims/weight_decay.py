"""torch's AdamW and SGD with weight decay: the whole displacement, and the ball that is not left."""

from __future__ import annotations

import torch

from ...theory.optimizers import update_bound
from ..constants import predict
from ..problems import generator
from ..runs.optimizers import PROBLEM, adamw, norms, sgd, updates
from ..verdicts import Measurement, Verdict, compare_upper

__all__ = ["measure"]

CLAIM = "weight-decay"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the largest update and parameter norm of AdamW on drawn gradients, and of SGD pulled back and forth."""
    g, steps, decay = generator(seed), 40 if suite == "quick" else 400, 0.5
    drawn = torch.randn(steps, 4, generator=g, dtype=torch.float64) ** 3
    away = torch.ones(steps, 1, dtype=torch.float64)
    turned = torch.cat([away, -away])  # at the edge of the ball the pull and the gradient agree
    pull = float(update_bound("adam")(beta1=0.9, beta2=0.95, d_par=4))
    runs = (
        ("AdamW", drawn, 2.0, pull, adamw(lr=0.2, betas=(0.9, 0.95), weight_decay=decay)),
        ("SGD", turned, 0.1, 1.0, sgd(lr=1.0, weight_decay=decay)),
    )
    rows: list[Verdict] = []
    for name, gradients, start, raw, make in runs:
        direction = torch.zeros_like(gradients[0])
        direction[0] = start
        moved, visited, _ = updates(make, gradients, direction)
        values = {"G_raw": raw, "wd_rate": decay, "R_start": start}
        for form, found in (("", moved), ("radius", visited)):
            m = Measurement(float(norms(found).max()), n=len(gradients), seed=seed, device=device)
            text = f"largest norm of {'the parameters' if form else 'an update'}, {name}"
            rows.append(compare_upper(CLAIM, PROBLEM, predict(CLAIM, form, **values), m, text))
    return rows
