"""Theorem 3 under ballistic drift: the step at which an aligned walk passes R_crit, for several η and S."""

from __future__ import annotations

from ..constants import predict
from ..problems import generator
from ..verdicts import Measurement, Verdict, compare_exact
from ..walks import WALK, directions, drift, first_step

__all__ = ["measure"]

CLAIM = "collapse-time"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return t_c against the ceiling, t_c·η against R_crit/G within η, and M_c·S·η within one cycle."""
    line, critical = directions(1, 5, generator(seed)).expand(200, 5), 2.37
    product = predict(CLAIM, "product", R_crit=critical, G_upd=1.0)
    rows: list[Verdict] = []
    for eta in (0.02, 0.05, 0.3):
        step = first_step(drift(line, eta), lambda d: d > critical) or 0
        ceiling = predict(CLAIM, "steps", R_crit=critical, eta=eta, G_upd=1.0)
        found = [(ceiling, float(step), "t_c", 1e-12), (product + eta / 2, step * eta, "t_c eta", eta / 2)]
        for interval in (4, 16):
            width, cycles = interval * eta, -(-step // interval)
            found.append((product + width / 2, cycles * width, f"M_c S eta at S={interval}", width / 2))
        found.append((predict(CLAIM, R_crit=critical, eta=eta, G_upd=1.0) + 0.5, float(step), "t_c, unrounded", 0.5))
        for predicted, value, text, room in found:
            m = Measurement(value, n=step, seed=seed)
            rtol = room / predicted * (1.0 + 1e-12)
            rows.append(compare_exact(CLAIM, WALK, predicted, m, f"{text} within {room:.3g}, eta={eta}", rtol))
    return rows
