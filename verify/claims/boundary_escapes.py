"""Two escapes: how long a diffusive walk lives where a ballistic one has collapsed, and the hazard that is off."""

from __future__ import annotations

import math

from ..boundaries import A, B, collapsed, grid, largest
from ..constants import predict
from ..problems import generator
from ..verdicts import Measurement, Verdict, compare_exact, compare_upper, worst
from ..walks import WALK, directions, drift, first_step

__all__ = ["measure"]

CLAIM = "boundary-escapes"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the collapse steps of both walks at b = η·√n, and the living run closest to the max form below S·η = a."""
    eta, rows = 0.1, list[Verdict]()
    white = drift(directions(100, 100, generator(seed)), eta)
    straight = drift(directions(1, 3, generator(seed)).expand(100, 3), eta)
    for n in (16, 100):
        b = eta * math.sqrt(n)
        for name, walk in (("", white), ("ballistic", straight)):
            step = first_step(walk, lambda d, b=b: d >= b * (1.0 - 1e-9))
            m = Measurement(float(step or 0), n=n, seed=seed)
            predicted = predict(CLAIM, name, b=b, eta=eta)
            text = f"t_c at b={b:.3g}, {name or 'diffusive'} drift"
            rows.append(compare_exact(CLAIM, WALK, predicted, m, text, 1e-12))
    below = [run for run in grid(seed) if run.eta * run.S <= A]
    dead = Measurement(float(sum(collapsed(run, True) for run in below)), n=len(below), seed=seed)
    rows.append(compare_exact(CLAIM, WALK, 0.0, dead, f"runs below S eta = a={A} that collapse", 1e-12, 1.0))
    text = f"eta of a run below S eta = a={A}, b={B}"
    rows.append(worst([compare_upper(CLAIM, WALK, *largest(CLAIM, "off", run), text) for run in below]))
    return rows
