"""Ballistic drift: equal updates along a random direction, by SGD, against t·η·G."""

from __future__ import annotations

from ..constants import predict
from ..problems import generator
from ..verdicts import Measurement, Verdict, compare_exact
from ..walks import WALK, directions, drift

__all__ = ["measure"]

CLAIM = "ballistic-drift"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the drift after 1, 7 and 100 aligned updates of norm 3 in 5 dimensions, rtol 1e-12."""
    line = directions(1, 5, generator(seed))
    found = drift(3.0 * line.expand(100, 5), 0.01)
    rows: list[Verdict] = []
    for t in (1, 7, 100):
        m = Measurement(float(found[t]), n=t, seed=seed)
        predicted = predict(CLAIM, t=t, eta=0.01, G_upd=3.0)
        rows.append(compare_exact(CLAIM, WALK, predicted, m, f"norm(theta_t - theta_0) at t={t}", 1e-12))
    return rows
