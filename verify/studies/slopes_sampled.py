r"""Exponents of a bias that is only estimated: \|δ(h)\| ∝ h^p from independent parts, with an interval for p.

‖δ(h)‖² is a U-statistic of the parts at each level, p the least-squares slope of ½ log of it against log h, and the
interval comes from leaving out one part at all levels together, so that common random numbers count as what they are.
One look at a number of parts fixed beforehand. Source: theory 6; B. Efron, C. Stein, Ann. Statist. 9 (1981) 586-596.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from scipy import stats as _stats  # pyright: ignore[reportMissingTypeStubs]
from torch import Tensor

__all__ = ["CONFIDENCE", "SampledSlope", "plug_in_slope", "sampled_slope"]

CONFIDENCE = 0.95
stats: Any = _stats


@dataclass(frozen=True)
class SampledSlope:
    """An exponent with its interval: from n parts at the levels; ``squares`` are the estimates of ‖δ‖².

    Where an estimate of a square is not positive there is no logarithm: the value is NaN, the interval everything.
    """

    value: float
    low: float
    high: float
    n: int
    levels: tuple[float, ...]
    squares: tuple[float, ...]

    @property
    def width(self) -> float:
        """Length of the interval."""
        return self.high - self.low

    @property
    def stderr(self) -> float:
        """Standard error of the value, that of the jackknife."""
        return self.width / 2.0 / _quantile(self.n)

    def excludes(self, exponent: float) -> bool:
        """Whether the exponent lies outside the interval."""
        return not self.low <= exponent <= self.high


def _quantile(n: int) -> float:
    """Half the interval, in standard errors, for n parts."""
    return float(stats.t.ppf(0.5 + CONFIDENCE / 2, n - 1))


def _weights(levels: Sequence[float]) -> Tensor:
    """Coefficients of the least-squares slope against log h."""
    if len(levels) < 2 or not all(h > 0.0 and math.isfinite(h) for h in levels) or len({*levels}) < len(levels):
        raise ValueError(f"expected at least two different positive levels, got {list(levels)}")
    x = torch.tensor(levels, dtype=torch.float64).log()
    x = x - x.mean()
    return x / x.pow(2).sum()


def sampled_slope(levels: Sequence[float], parts: Tensor) -> SampledSlope:
    """Return the exponent of ‖E part‖ in the level.

    Args:
        levels: h > 0, at least two; a part has the same random numbers at all of them.
        parts: (levels, K, dim), K >= 4 independent unbiased parts of δ(h) at every level.

    Raises:
        ValueError: misshapen or non-finite parts, or levels that are not positive and different.
    """
    weights, k = _weights(levels).to(parts.device), parts.shape[1]
    if parts.ndim != 3 or len(parts) != len(levels) or k < 4:
        raise ValueError(f"expected ({len(levels)}, K, dim) with K >= 4 parts, got {tuple(parts.shape)}")
    if not bool(torch.isfinite(parts).all()):
        raise ValueError(f"expected finite parts, got {int((~torch.isfinite(parts)).sum())} other numbers")
    gram = parts.double() @ parts.double().mT  # (levels, K, K)
    off = gram - torch.diag_embed(gram.diagonal(dim1=1, dim2=2))
    rows = off.sum(2)
    whole = rows.sum(1)
    squares = whole / (k * (k - 1))
    without = (whole[:, None] - 2 * rows) / ((k - 1) * (k - 2))  # (levels, K): the U-statistics of the others
    tried = tuple(float(h) for h in levels), tuple(float(y) for y in squares)
    if min(float(squares.min()), float(without.min())) <= 0.0:
        return SampledSlope(math.nan, -math.inf, math.inf, k, *tried)
    value, left_out = float(weights @ squares.log()) / 2, weights @ without.log() / 2
    stderr = math.sqrt((k - 1) / k * float((left_out - left_out.mean()).pow(2).sum()))
    reach = _quantile(k) * stderr
    return SampledSlope(value, value - reach, value + reach, k, *tried)


def plug_in_slope(levels: Sequence[float], parts: Tensor) -> float:
    """Return the slope of log ‖mean part‖: what an experimenter gets who forgets that noise has a length too.

    Kept to be shown wrong next to ``sampled_slope``: with batches of its own at every level the noise does not shrink
    with h and the slope tends to 0.
    """
    return float(_weights(levels).to(parts.device) @ parts.double().mean(1).pow(2).sum(1).log()) / 2
