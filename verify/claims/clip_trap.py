"""The mean over the mates and the clip do not commute for graded rewards; the gap has a closed form."""

from __future__ import annotations

import itertools

import torch

from ..constants import predict
from ..problems import generator
from ..verdicts import Measurement, Verdict, compare_exact

__all__ = ["measure"]

CLAIM = "clip-trap"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the clipped surrogate of one response in groups of three, and the gap of clipping its mean advantage."""
    rows, g = list[Verdict](), generator(seed, 5)
    levels = torch.arange(4, dtype=torch.float64)
    mates = torch.tensor(list(itertools.product(range(4), repeat=2)))
    for index in range(4 if suite == "quick" else 40):
        law = torch.rand(4, generator=g, dtype=torch.float64).softmax(0)
        group = torch.cat([levels[1 + index % 2].expand(len(mates), 1), levels[mates]], dim=1)
        spread = group.std(-1, correction=0)
        a = torch.where(spread > 0, (group[:, 0] - group.mean(-1)) / torch.where(spread > 0, spread, 1.0), 0.0)
        weight = law[mates].prod(-1)
        for ratio in (0.5, 0.9, 1.1, 1.6):
            rho = torch.tensor(ratio, dtype=torch.float64)
            clipped = rho.clamp(0.8, 1.2)
            exact = float((weight * torch.minimum(rho * a, clipped * a)).sum())
            mean = float((weight * a).sum())
            trap = min(ratio * mean, float(clipped) * mean)
            gain, lack = float((weight * a.clamp(min=0)).sum()), float((weight * (-a).clamp(min=0)).sum())
            values = {"rho": ratio, "eps_hi": 0.2, "clip_lo": 0.8, "E_gain": gain, "E_lack": lack}
            for name, found in (("surrogate", exact), ("gap", trap - exact)):
                m = Measurement(found, n=len(mates), seed=seed, device=device)
                text = f"{name} at ratio {ratio}: mates enumerated; E[A+]={gain:.3f}, E[A-]={lack:.3f}"
                predicted = predict(CLAIM, name, **values)
                rows.append(compare_exact(CLAIM, "one response, std", predicted, m, text, rtol=1e-12, scale=1.0))
    return rows
