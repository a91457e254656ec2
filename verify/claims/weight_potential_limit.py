"""W_G by integrating w_G between two chances, against its limit 2 arcsin sqrt(p) and the bound on the difference."""

from __future__ import annotations

import torch
from torch import Tensor

from ..advantages import advantage
from ..constants import predict
from ..verdicts import Measurement, Verdict, compare_lower, compare_upper, worst

__all__ = ["measure"]

CLAIM = "weight-potential-limit"
OBJECTIVE = "advantages of a group (no objective)"
NODES = 33  # points per cell of an integration rule that is exact for polynomials of degree 33


def _rise(low: float, high: float, size: int, device: str) -> float:
    """``W_G(high) - W_G(low)``: the integral of w_G = A_1 - A_0 by Clenshaw-Curtis, exact for G <= 34."""
    turn = torch.arange(NODES, dtype=torch.float64, device=device) * (torch.pi / (NODES - 1))
    points: Tensor = (high + low) / 2 + (high - low) / 2 * turn.cos()
    even = torch.arange(0, NODES, 2, dtype=torch.float64, device=device)
    moments = 2.0 / (1.0 - even**2)  # integral of the Chebyshev polynomial T_k over [-1, 1]
    modes = (torch.outer(even, turn)).cos()
    ends = torch.ones(NODES, dtype=torch.float64, device=device)
    ends[0] = ends[-1] = 0.5
    halves = torch.ones_like(even)
    halves[0] = halves[-1] = 0.5
    weights = 2.0 / (NODES - 1) * ends * ((halves * moments) @ modes)
    values = advantage(points, 1, size) - advantage(points, 0, size)
    return float((weights * values).sum()) * (high - low) / 2


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return, per side, the pair of chances and the group size at which W_G comes closest to it (or breaks it)."""
    points = 6 if suite == "quick" else 24
    chances = [n / (points + 1) for n in range(1, points + 1)]
    above: list[Verdict] = []
    below: list[Verdict] = []
    pairs = [(low, high) for n, low in enumerate(chances) for high in chances[n + 1 :]]
    for size in (2, 4, 8, 32):
        for low, high in pairs:
            limit, error = (predict(CLAIM, name, p_low=low, p_high=high, G=size) for name in ("limit", "error"))
            m = Measurement(_rise(low, high, size, device), n=4 * len(pairs), seed=seed, device=device)
            text = f"rise of W_G, closest of {4 * len(pairs)}: from {low:.3g} to {high:.3g}, G = {size}"
            above.append(compare_upper(CLAIM, OBJECTIVE, limit, m, f"limit: {text}"))
            below.append(compare_lower(CLAIM, OBJECTIVE, limit - error, m, f"limit less error: {text}"))
    return [worst(above), worst(below)]
