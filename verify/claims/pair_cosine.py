"""Worst-case drift at a given lag-1 cosine: random pairs, and two directions in turn, which attain it."""

from __future__ import annotations

import math

import torch

from ..constants import predict
from ..problems import generator
from ..verdicts import Measurement, Verdict, compare_upper
from ..walks import WALK, directions, drift

__all__ = ["measure"]

CLAIM = "pair-cosine"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the drift of 20 pairs at lag-1 cosine 0.28 against the bound: in random planes, and in one plane."""
    g, cosine, pairs = generator(seed), 0.28, 20
    half = math.sqrt((1.0 + cosine) / 2.0)
    rows: list[Verdict] = []
    for text, planes in (("random planes", pairs), ("one plane", 1)):
        frames = [directions(2, 6, g) for _ in range(planes)]
        turned = [frames[k % planes] for k in range(pairs)]
        side = math.sqrt(1.0 - half**2)
        updates = torch.stack([half * e + s * side * f for e, f in turned for s in (1.0, -1.0)])
        m = Measurement(float(drift(updates, 0.5)[-1]), n=pairs, seed=seed)
        bound = predict(CLAIM, n_pair=pairs, eta=0.5, G_upd=1.0, cos_half=half)
        rows.append(compare_upper(CLAIM, WALK, bound, m, f"norm(theta_t - theta_0) after {2 * pairs} updates, {text}"))
    return rows
