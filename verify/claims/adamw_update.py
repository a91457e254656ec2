"""torch's AdamW on gradients made for Adam's bound: the largest displacement, from near and from far."""

from __future__ import annotations

import torch

from ...theory.optimizers import update_bound
from ..constants import predict
from ..runs.optimizers import PROBLEM, adamw, extremal, norms, updates
from ..verdicts import Measurement, Verdict, compare_upper

__all__ = ["measure"]

CLAIM = "adamw-update"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the largest update of a run whose last gradients and decay pull the same way; 99 % of it from outside."""
    steps, size, decay = (60, 4, 0.5) if suite == "quick" else (400, 64, 0.5)
    one = float(update_bound("adam-coordinate")(beta1=0.9, beta2=0.95))
    make = adamw(lr=1e-9, betas=(0.9, 0.95), eps=0.0, weight_decay=decay)
    gradients = extremal(0.9, 0.95, steps).expand(steps, size)
    rows: list[Verdict] = []
    for share in (0.5, 2.0):
        start = torch.full((size,), -share * one / decay, dtype=torch.float64)
        moved = updates(make, gradients, start)[0]
        values = {"coord_cap": one, "d_par": size, "wd_rate": decay, "R_start": float(norms(start[None]))}
        m = Measurement(float(norms(moved).max()), n=steps, seed=seed, device=device)
        text = f"largest norm of an update, start at {share} times the radius"
        rows.append(compare_upper(CLAIM, PROBLEM, predict(CLAIM, **values), m, text))
    return rows
