"""Drift of correlated updates: vectors with the stated Gram matrix are made and summed."""

# pyright: reportUnknownMemberType=false
from __future__ import annotations

from typing import cast

import torch

from ..dynamics import answer, compare
from ..problems import generator
from ..verdicts import Verdict, worst

__all__ = ["measure"]

CLAIM = "correlated-drift"


def _drift(gram: torch.Tensor, g: torch.Generator) -> float:
    """Squared norm of the sum of vectors with this Gram matrix, turned by a random rotation."""
    root = cast(torch.Tensor, torch.linalg.cholesky(gram))
    turn, _ = cast(
        tuple[torch.Tensor, torch.Tensor],
        torch.linalg.qr(torch.randn(len(gram), len(gram), generator=g, dtype=torch.float64)),
    )
    return float((root @ turn).sum(0).pow(2).sum())


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the worst number of updates of AR(1), of a mean part, and of both together (1e-10)."""
    g = generator(seed)
    rows: dict[str, list[Verdict]] = {"ar-drift": [], "mean-drift": [], "both-drift": []}
    for steps in (1, 2, 5, 50, 200) if suite == "quick" else range(1, 257):
        c = 0.05 + 0.9 * float(torch.rand((), generator=g, dtype=torch.float64))
        k = torch.arange(steps, dtype=torch.float64)
        ar, share = 4.0 * c ** (k[:, None] - k[None, :]).abs(), 0.25
        grams = {
            "ar-drift": ar,
            "mean-drift": 4.0 * (c + (1.0 - c) * torch.eye(steps, dtype=torch.float64)),
            "both-drift": 4.0 * share + (1.0 - share) * ar,
        }
        for name, gram in grams.items():
            mixed = {"mean_share": share} if name == "both-drift" else {}
            predicted = answer(name, t=steps, corr=c, G_upd=2.0, **mixed)
            text = f"{name} after {steps} updates, c={c:.3g}"
            rows[name].append(compare(CLAIM, predicted, _drift(gram, g), text, seed))
    return [worst(found) for found in rows.values()]
