"""RMS and worst case over every sequence of ten signs: the chance of a far run, and the farthest one."""

from __future__ import annotations

from ..constants import predict
from ..verdicts import Measurement, Verdict, compare_upper
from ..walks import WALK, signs

__all__ = ["measure"]

CLAIM = "rms-drift"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the share of runs beyond R_crit against Chebyshev's bound, and the mean square against the worst case.

    The last row has one run only, which goes the whole way: there the bound is reached.
    """
    steps, eta = 10, 0.1
    away = eta * signs(steps).sum(1).abs()
    square = float(away.pow(2).mean())
    rows: list[Verdict] = []
    for critical in (0.4, 0.6, 1.0):
        m = Measurement(float((away >= critical - 1e-12).double().mean()), n=len(away), seed=seed)
        bound = predict(CLAIM, mean_away=square, R_crit=critical)
        rows.append(compare_upper(CLAIM, WALK, bound, m, f"chance of a drift of at least {critical}, t={steps}"))
    worst = predict(CLAIM, "worst", t=steps, eta=eta, G_upd=1.0)
    for value, text in ((square, "random signs"), (float(away.max()) ** 2, "the farthest run alone")):
        m = Measurement(value, n=len(away), seed=seed)
        rows.append(compare_upper(CLAIM, WALK, worst, m, f"mean square of the drift, {text}"))
    one = Measurement(1.0, n=1, seed=seed)
    reached = predict(CLAIM, mean_away=float(away.max()) ** 2, R_crit=float(away.max()))
    rows.append(compare_upper(CLAIM, WALK, reached, one, "chance that the farthest run alone is as far as it is"))
    return rows
