"""TV of one token ≤ tanh(√2 d/4) ≤ √2 d/4 for softmax rows at distance d."""

from __future__ import annotations

from ..constants import predict
from ..verdicts import Measurement, Verdict, compare_upper, worst
from .ratio_variation import OBJECTIVE, random_pairs, variation

__all__ = ["measure"]

CLAIM = "token-variation"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return, per vocabulary size and bound, the pair of rows that comes closest to it."""
    draws, rows = 50 if suite == "quick" else 500, list[Verdict]()
    for vocab in (2, 4, 8):
        first, second = random_pairs(seed, vocab, draws, device)
        values = variation(first.softmax(1), second.softmax(1))
        for name in ("sharp", ""):
            found: list[Verdict] = []
            for distance, value in zip((first - second).pow(2).sum(1).sqrt(), values, strict=True):
                m = Measurement(float(value), n=draws, seed=seed, device=device)
                text = f"{name or 'linear'} bound: total variation of the closest of {draws} pairs of rows, V={vocab}"
                found.append(compare_upper(CLAIM, OBJECTIVE, predict(CLAIM, name, d_row=float(distance)), m, text))
            rows.append(worst(found))
    return rows
