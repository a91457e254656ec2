"""Local exponent of the RMS collapse time of AR(1) updates, from walks of neighbouring lengths."""

from __future__ import annotations

import math

from ..constants import predict
from ..problems import generator
from ..verdicts import Measurement, Verdict, compare_exact, compare_lower, compare_upper
from ..walks import WALK, ar_gram, drift, with_gram

__all__ = ["measure"]

CLAIM = "collapse-exponent"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return d log t / d log η between t - 1 and t + 1 steps, and its distance from -2 and -1, at c = 0.5 and 0.9.

    The learning rate at which t steps reach a given distance is that distance over the drift at η = 1. A central
    difference in log t has an error of the order 1/t²: rtol 1e-3 at t >= 30.
    """
    g, rows = generator(seed), list[Verdict]()
    for c, t in ((0.5, 30), (0.9, 30), (0.9, 120)):
        distances = drift(with_gram(ar_gram(t + 1, c), g), 1.0)
        rate = math.log(float(distances[t - 1] / distances[t + 1]))  # log eta falls as the time grows
        m = Measurement(math.log((t + 1) / (t - 1)) / rate, n=t, seed=seed)
        text = f"d log t / d log eta at t={t}, c={c}"
        rows.append(compare_exact(CLAIM, WALK, predict(CLAIM, corr=c, t_real=t), m, text, 1e-3))
        size = Measurement(abs(m.value), n=t, seed=seed)
        rows.append(compare_lower(CLAIM, WALK, 1.0, size, f"size of {text}: at least the ballistic one"))
        rows.append(compare_upper(CLAIM, WALK, 2.0, size, f"size of {text}: at most the diffusive one"))
    return rows
