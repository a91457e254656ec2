"""Growth of the squared drift by one update, of updates that are made with a given Gram matrix."""

from __future__ import annotations

from ..constants import predict
from ..problems import generator
from ..verdicts import Measurement, Verdict, compare_exact
from ..walks import WALK, ar_gram, drift, mean_gram, with_gram

__all__ = ["measure"]

CLAIM = "drift-gram"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the growth at t = 1, 10 and 40 for AR(1) and for a mean part, c = 0.7, norm 2, rtol 1e-10."""
    g, eta, c = generator(seed), 0.05, 0.7
    rows: list[Verdict] = []
    for name, gram in (("", ar_gram(41, c)), ("mean", mean_gram(41, c))):
        square = drift(2.0 * with_gram(gram, g), eta) ** 2
        for t in (1, 10, 40):
            m = Measurement(float(square[t + 1] - square[t]), n=t, seed=seed)
            predicted = predict(CLAIM, name, t=t, eta=eta, G_upd=2.0, corr=c)
            text = f"growth of norm(theta - theta_0)^2 at t={t}, {name or 'AR(1)'}, c={c}"
            rows.append(compare_exact(CLAIM, WALK, predicted, m, text, 1e-10))
    return rows
