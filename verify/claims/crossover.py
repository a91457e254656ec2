"""The crossover staleness T·a/b against the S at which the two limits on η, computed apart, are equal."""

from __future__ import annotations

import torch

from ..constants import predict
from ..problems import generator
from ..verdicts import Measurement, Verdict, compare_exact

__all__ = ["measure"]

CLAIM = "crossover"


def _crossing(horizon: float, a: float, b: float) -> float:
    """Bisect the S at which a rule with an unbinding horizon and a rule with an unbinding lag give the same η.

    Theorem 2's formula is read with R_batch = a, R_crit = b, G_upd = 1, once per constraint.
    """
    huge = 1e300

    def gap(s: float) -> float:
        by_staleness = predict("two-constraints", R_batch=a, R_crit=huge, S_max=s, T=horizon, G_upd=1.0)
        by_horizon = predict("two-constraints", R_batch=huge, R_crit=b, S_max=s, T=horizon, G_upd=1.0)
        return by_staleness - by_horizon  # falls with s

    low, high = 1e-9, 1e9
    for _ in range(120):
        middle = (low * high) ** 0.5
        low, high = (middle, high) if gap(middle) > 0.0 else (low, middle)
    return (low * high) ** 0.5


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return predicted and bisected crossover for the published reading (a, b, T) and for random constants."""
    g, cases = generator(seed), [(320.0, 1.6e-6, 3.2e-5)]
    for _ in range(2):
        u = [10.0 ** (4.0 * float(x) - 2.0) for x in torch.rand(3, generator=g, dtype=torch.float64)]
        cases.append((1000.0 * u[0], u[1], u[2]))
    rows: list[Verdict] = []
    for horizon, a, b in cases:
        m = Measurement(_crossing(horizon, a, b), n=1, seed=seed, device="cpu")
        text = f"S where a/S = b/T, by bisection; T={horizon:.4g}, a={a:.3g}, b={b:.3g}"
        rows.append(
            compare_exact(CLAIM, "planning rule (no objective)", predict(CLAIM, T=horizon, a=a, b=b), m, text, 1e-9)
        )
    return rows
