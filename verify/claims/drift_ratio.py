"""Ratio of the drifts of two processes with one lag-1 cosine, AR(1) and a mean part."""

from __future__ import annotations

from ..constants import predict
from ..problems import generator
from ..verdicts import Measurement, Verdict, compare_exact
from ..walks import WALK, ar_gram, drift, mean_gram, with_gram

__all__ = ["measure"]

CLAIM = "drift-ratio"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the RMS ratio after 2, 20 and 100 updates at c = 0.4, rtol 1e-10.

    The lag-1 cosines of both are compared as well: were they different, the ratio would say nothing.
    """
    g, c = generator(seed), 0.4
    rows: list[Verdict] = []
    for t in (2, 20, 100):
        mean, ar = with_gram(mean_gram(t, c), g), with_gram(ar_gram(t, c), g)
        apart = max(float(((u[1:] * u[:-1]).sum(1) - c).abs().max()) for u in (mean, ar))
        same = Measurement(apart, n=t, seed=seed)
        rows.append(compare_exact(CLAIM, WALK, 0.0, same, f"lag-1 cosines less {c}, t={t}", 1e-10, 1.0))
        m = Measurement(float(drift(mean, 1.0)[-1] / drift(ar, 1.0)[-1]), n=t, seed=seed)
        predicted = predict(CLAIM, "rms", t=t, corr=c, G_upd=1.0)
        rows.append(compare_exact(CLAIM, WALK, predicted, m, f"RMS ratio at lag-1 cosine {c}, t={t}", 1e-10))
        floor = predict(CLAIM, t=t, corr=c)
        gap = Measurement(max(floor - m.value**2, 0.0), n=t, seed=seed)
        text = f"what the squared ratio lacks of its floor {floor:.3g}"
        rows.append(compare_exact(CLAIM, WALK, 0.0, gap, text, 1e-12, 1.0))
    return rows
