"""Theorem 3 under diffusive drift: the step at which orthogonal updates have gone as far as R_crit."""

from __future__ import annotations

import math

from ..constants import predict
from ..problems import generator
from ..verdicts import Measurement, Verdict, compare_exact
from ..walks import WALK, directions, drift, first_step

__all__ = ["measure"]

CLAIM = "diffusive-collapse"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the step at which the drift is R_crit = η·G·√n, for n = 5, 40 and 100."""
    distances, eta = drift(directions(100, 100, generator(seed)) * 2.0, 0.1), 0.1
    rows: list[Verdict] = []
    for n in (5, 40, 100):
        critical = 2.0 * eta * math.sqrt(n)
        step = first_step(distances, lambda d, r=critical: d >= r * (1.0 - 1e-9))
        m = Measurement(float(step or 0), n=n, seed=seed)
        predicted = predict(CLAIM, R_crit=critical, eta=eta, G_upd=2.0)
        rows.append(compare_exact(CLAIM, WALK, predicted, m, f"t_c at R_crit={critical:.3g}", 1e-12))
    return rows
