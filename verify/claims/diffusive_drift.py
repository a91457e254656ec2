"""Diffusive drift: the mean square over every sequence of signs, and orthogonal updates."""

from __future__ import annotations

from ..constants import predict
from ..problems import generator
from ..verdicts import Measurement, Verdict, compare_exact
from ..walks import WALK, directions, drift, signs

__all__ = ["measure"]

CLAIM = "diffusive-drift"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the mean square of 10 random signs, all sequences taken, and of 30 orthogonal updates; norm 2."""
    enumerated = float((2.0 * signs(10)).sum(1).pow(2).mean())
    orthogonal = float(drift(2.0 * directions(30, 30, generator(seed)), 1.0)[-1] ** 2)
    rows: list[Verdict] = []
    for t, found, text in ((10, enumerated, "1024 sequences of signs"), (30, orthogonal, "orthogonal updates")):
        m = Measurement(found, n=t, seed=seed)
        rows.append(compare_exact(CLAIM, WALK, predict(CLAIM, t=t, G_upd=2.0), m, f"{text}, t={t}", 1e-11))
    return rows
