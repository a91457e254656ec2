"""Norms of what is only estimated: without the upward bias of a plug-in, and with a standard error.

The norm of an estimate is too long by its noise: ‖x̂‖² has mean ‖x‖² + the variance. Products of independent parts have
not (a U-statistic). Source: theory 6; W. Hoeffding, Ann. Math. Statist. 19 (1948) 293-325.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

__all__ = ["Estimate", "mean", "norm_squared", "split_half_norm"]


@dataclass(frozen=True)
class Estimate:
    """A number with its standard error, from n independent parts."""

    value: float
    stderr: float
    n: int

    @property
    def root(self) -> float:
        """Square root of a squared norm; 0 where the estimate came out negative, as an unbiased one near 0 may."""
        return math.sqrt(max(self.value, 0.0))


def mean(values: Tensor) -> Estimate:
    """Return the mean of independent values (n,), n >= 2, with its standard error."""
    return Estimate(float(values.mean()), float(values.std()) / math.sqrt(len(values)), len(values))


def norm_squared(parts: Tensor) -> Estimate:
    """Return ‖E x‖² from independent unbiased parts of x: the mean product of two different ones, jackknifed.

    Args:
        parts: (K, dim), K >= 3.

    Returns:
        Unbiased value; the standard error from leaving out one part at a time, which on the mean is not too small
        (B. Efron, C. Stein, Ann. Statist. 9 (1981) 586-596) and up to a factor 1.4 too large where noise dominates.

    Raises:
        ValueError: fewer than three parts, or non-finite ones.
    """
    k = parts.shape[0]
    if parts.ndim != 2 or k < 3:
        raise ValueError(f"expected (K, dim) with K >= 3 independent parts, got {tuple(parts.shape)}")
    if not bool(torch.isfinite(parts).all()):
        raise ValueError(f"expected finite parts, got {int((~torch.isfinite(parts)).sum())} other numbers")
    gram = parts.double() @ parts.double().T
    off = gram - gram.diag().diag()
    rows = off.sum(1)
    whole = rows.sum()
    without = (whole - 2 * rows) / ((k - 1) * (k - 2))
    variance = (k - 1) / k * (without - without.mean()).pow(2).sum()
    return Estimate(float(whole / (k * (k - 1))), math.sqrt(float(variance)), k)


def split_half_norm(first: Tensor, second: Tensor) -> float:
    """Return a lower-leaning estimate of ‖E M‖₂ from two independent estimates of a matrix: directions from one half,
    value from the other, both ways.

    For fixed directions u, v the mean of uᵀ M v is at most ‖E M‖₂, so the estimate does not lean up as ‖M̂‖₂ does.

    Args:
        first: (rows, columns), a mean over one half.
        second: the same of the other half.
    """
    linalg: Any = torch.linalg
    values = list[float]()
    for directions, other in ((first, second), (second, first)):
        u, _, vh = linalg.svd(directions)
        values.append(float(u[:, 0] @ other @ vh[0]))
    return sum(values) / 2
