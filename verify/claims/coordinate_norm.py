"""torch's Adam in many coordinates: the norm of an update against its largest coordinate."""

from __future__ import annotations

import torch

from ..constants import predict
from ..problems import generator
from ..runs.optimizers import PROBLEM, adam, extremal, updates
from ..verdicts import Measurement, Verdict, compare_upper

__all__ = ["measure"]

CLAIM = "coordinate-norm"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the last update on drawn gradients, and on proportional ones, where all coordinates are equally large."""
    g, size, steps = generator(seed), 50, 20 if suite == "quick" else 200
    drawn = torch.randn(steps, size, generator=g, dtype=torch.float64)
    proportional = extremal(0.9, 0.99, steps) * drawn[:1]
    rows: list[Verdict] = []
    for text, gradients in (("drawn gradients", drawn), ("proportional gradients", proportional)):
        last = updates(adam(0.9, 0.99), gradients)[0][-1]
        bound = predict(CLAIM, d_par=size, coord_cap=float(last.abs().max()))
        m = Measurement(float(last.pow(2).sum().sqrt()), n=steps, seed=seed, device=device)
        rows.append(compare_upper(CLAIM, PROBLEM, bound, m, f"norm of an update of {size} parameters, {text}"))
    return rows
