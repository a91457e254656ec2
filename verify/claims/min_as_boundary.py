"""The min form read as the boundary: what a collapse between two steps lets other runs survive, at random a and b."""

from __future__ import annotations

import torch

from ..constants import predict
from ..problems import generator
from ..verdicts import Measurement, Verdict, compare_upper, worst

__all__ = ["measure"]

CLAIM = "min-as-boundary"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the largest η·T of the surviving runs of random worlds, in which stable means both conditions.

    A world counts once its fast run dies of the horizon, alive at t_2 - 1 and collapsed at t_2.
    """
    g = generator(seed)
    rows: list[Verdict] = []
    for _ in range(20):
        a, b = (float(x) for x in torch.exp(torch.rand(2, generator=g, dtype=torch.float64) * 3.0))
        fast, interval = min(a / 4.0, b / 6.0), 4
        dead = next(t for t in range(1, 10**6) if fast * t > b)
        etas = [fast * float(x) for x in torch.rand(200, generator=g, dtype=torch.float64)]
        alive = [eta * t for eta in etas if eta * interval <= a for t in [int(b / eta)] if eta * t <= b]
        m = Measurement(max(alive), n=len(alive), seed=seed)
        bound = predict(CLAIM, eta_c=fast, t_dead=dead)
        text = f"largest eta*T alive, a={a:.3g}, b={b:.3g}, collapse at {dead}"
        rows.append(compare_upper(CLAIM, "planning rule (no objective)", bound, m, text))
    return [worst(rows)]
