"""w_G = A_1 − A_0 and the balance p A_1 + (1−p) A_0 = 0 against the mean over every group; W_G against quadrature."""

from __future__ import annotations

import numpy as np
import torch

from ..advantages import advantage
from ..constants import predict
from ..groups_enumerated import enumerated_advantage, numbers
from ..problems import generator
from ..verdicts import Measurement, Verdict, compare_exact

__all__ = ["measure"]

CLAIM = "group-weight"


def _potential(chance: float, size: int) -> float:
    """W_G(p) − W_G(0) from the Bernstein coefficients of the claim: running sums of 1/√((k+1)(G−1−k))."""
    k = torch.arange(size - 1, dtype=torch.float64)
    points = torch.cat([torch.zeros(1, dtype=torch.float64), ((k + 1) * (size - 1 - k)).rsqrt().cumsum(0)])
    while points.numel() > 1:
        points = (1.0 - chance) * points[:-1] + chance * points[1:]
    return float(points[0])


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return w_G, the balance, and W_G(p) − W_G(0) against its integral, each where it deviates most."""
    sizes = (2, 3, 4, 8) if suite == "quick" else (2, 3, 4, 8, 12, 16)
    chances = torch.rand(4, generator=generator(seed), dtype=torch.float64).to(device)
    weights: list[tuple[float, float]] = []
    balances: list[tuple[float, float]] = []
    areas: list[tuple[float, float]] = []
    rule = np.polynomial.legendre.leggauss(max(sizes))
    nodes, shares = (torch.tensor(x, dtype=torch.float64, device=device) for x in rule)
    for size in sizes:
        one, zero = (enumerated_advantage(chances, reward, size) for reward in (1, 0))
        balances += [(value, 0.0) for value in numbers(chances * one + (1.0 - chances) * zero)]
        for p, value in zip(numbers(chances), numbers(one - zero), strict=True):
            weights.append((value, predict(CLAIM, p_suc=p, q_fail=1.0 - p, G=size)))
            inside = p * (nodes + 1.0) / 2.0  # Gauss-Legendre is exact for this degree
            height = advantage(inside, 1, size) - advantage(inside, 0, size)
            areas.append((float((shares * height).sum()) * p / 2.0, _potential(p, size)))
    rows: list[Verdict] = []
    for name, pairs in (("w_G", weights), ("p A_1 + q A_0", balances), ("integral of w_G from 0 to p", areas)):
        measured, predicted = max(pairs, key=lambda pair: abs(pair[0] - pair[1]))
        m = Measurement(measured, n=len(pairs), seed=seed, device=device)
        text = f"{name}: furthest from the claim over {len(pairs)} pairs (p, G), G of {sizes}"
        rows.append(compare_exact(CLAIM, "advantages of a group (no objective)", predicted, m, text, 1e-12, scale=1.0))
    return rows
