"""Two counterexamples to norms, simulated as matrices: small in norm yet unstable, large in norm yet stable."""

# pyright: reportUnknownMemberType=false
from __future__ import annotations

from typing import cast

import torch

from ..dynamics import PROBLEM, answer, compare, lag_radius, spectral_radius
from ..verdicts import Measurement, Verdict, compare_upper

__all__ = ["measure"]

CLAIM = "norm-ratio"


def _cycle(fresh: torch.Tensor, stale: torch.Tensor, eta: float, steps: int) -> torch.Tensor:
    """Matrix of one cycle: every column is a start."""
    x = start = torch.eye(len(fresh), dtype=torch.float64, device=fresh.device)
    for _ in range(steps):
        x = x - eta * (fresh @ x + stale @ start)
    return x


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the multiplier of the diagonal example, its radius at constant lag, and the radius of the nilpotent"
    " one."""
    fresh = torch.diag(torch.tensor([10.0, 0.1], dtype=torch.float64, device=device))
    stale = torch.diag(torch.tensor([0.0, 0.5], dtype=torch.float64, device=device))
    factors = cast(torch.Tensor, torch.linalg.eigvals(_cycle(fresh, stale, 0.19, 32))).real
    text = "second mode of diag(10, .1) and diag(0, .5) over 32 steps"
    rows = [compare(CLAIM, answer("norm-ratio-multiplier", slow_keep=0.981), float(factors.min()), text, seed)]
    size = lag_radius(0.019, 0.095, 32, device)
    rows.append(compare(CLAIM, 1.0, float(size > 1.01), f"zero of modulus {size:.5f} at constant lag 32", seed))
    for k in (1.0, 1e3):
        off = torch.tensor([[0.0, k], [0.0, 0.0]], dtype=torch.float64, device=device)
        matrix = _cycle(torch.eye(2, dtype=torch.float64, device=device), off, 0.3, 8)
        m = Measurement(spectral_radius(matrix), seed=seed, device=device)
        rows.append(compare_upper(CLAIM, PROBLEM, 0.7**8, m, f"nilpotent stale part of norm {k:g}, S=8"))
    return rows
