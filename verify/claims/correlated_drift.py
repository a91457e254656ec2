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
    """Return the worst number of updates of AR(1) and of a mean part (1e-10), and how far apart they are at equal c."""
    g = generator(seed)
    rows: dict[str, list[Verdict]] = {"ar-drift": [], "mean-drift": []}
    for steps in (1, 2, 5, 50, 200) if suite == "quick" else range(1, 257):
        c = 0.05 + 0.9 * float(torch.rand((), generator=g, dtype=torch.float64))
        k = torch.arange(steps, dtype=torch.float64)
        grams = {
            "ar-drift": 4.0 * c ** (k[:, None] - k[None, :]).abs(),
            "mean-drift": 4.0 * (c + (1.0 - c) * torch.eye(steps, dtype=torch.float64)),
        }
        for name, gram in grams.items():
            predicted = answer(name, t=steps, corr=c, G_upd=2.0)
            text = f"{name} after {steps} updates, c={c:.3g}"
            rows[name].append(compare(CLAIM, predicted, _drift(gram, g), text, seed))
    return [worst(found) for found in rows.values()]
