"""Three drifts at lag-1 cosine zero: two directions in turn, a square, orthogonal updates."""

from __future__ import annotations

import torch

from ..constants import predict
from ..problems import generator
from ..verdicts import Measurement, Verdict, compare_exact
from ..walks import WALK, directions, drift

__all__ = ["measure"]

CLAIM = "lag-one-cosine"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return squared drifts after 4, 40 and 100 updates of norm 2, and the RMS ratio of the first to the last."""
    x, y = directions(2, 4, generator(seed)) * 2.0
    rows: list[Verdict] = []
    for t in (4, 40, 100):
        alternating = float(drift(_repeat((x, y), t), 1.0)[-1])
        square = float(drift(_repeat((x, y, -x, -y), t), 1.0)[-1])
        white = float(drift(2.0 * directions(t, t, generator(seed)), 1.0)[-1])
        at = {"n_pair": t / 2, "G_upd": 2.0}
        found = (
            (predict(CLAIM, "alternating", **at), alternating**2, "two directions in turn"),
            (predict(CLAIM, "white", **at), white**2, "orthogonal updates"),
            (predict(CLAIM, "rms", **at), alternating / white, "ratio of the two in RMS"),
            (0.0, square, "square"),
        )
        for predicted, value, text in found:
            m = Measurement(value, n=t, seed=seed)
            rows.append(compare_exact(CLAIM, WALK, predicted, m, f"{text}, t={t}", 1e-10, 1.0))
    return rows


def _repeat(turn: tuple[torch.Tensor, ...], steps: int) -> torch.Tensor:
    return torch.stack([turn[k % len(turn)] for k in range(steps)])
