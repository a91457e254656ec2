r"""Exponents of a bias that is only estimated: \|δ(h)\| ∝ h^p from independent parts, with an interval for p.

‖δ(h)‖² is a U-statistic u(h) of the parts at each level. An exponent p is kept where

.. math::
    T_p = \sum_h w_h\, u(h)\, h^{-2p}, \qquad w = \text{the weights of a slope against } \log h,

whose mean is 0 at the true p, is no further from 0 than its standard error allows (E. C. Fieller, J. R. Statist. Soc. B
16 (1954) 175-185). T_p needs no logarithm, so that a square may come out negative; and where the squares do not stand
out of their noise every p is kept, however well common random numbers fix the slope of the noise itself. The standard
error comes from leaving out one part at all levels together. One look at a number of parts fixed beforehand. Source:
theory 6; B. Efron, C. Stein, Ann. Statist. 9 (1981) 586-596.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

import torch
from scipy import optimize as _optimize  # pyright: ignore[reportMissingTypeStubs]
from scipy import stats as _stats  # pyright: ignore[reportMissingTypeStubs]
from torch import Tensor

from ..verdicts import reach

__all__ = ["CONFIDENCE", "SampledSlope", "plug_in_slope", "sampled_slope"]

CONFIDENCE = 0.95
EXTREME = 100.0
"""An exponent so large that one level alone is left in T_p: kept where that level's square is lost in noise."""
stats: Any = _stats
optimize: Any = _optimize
_Test: TypeAlias = Callable[[Tensor], tuple[Tensor, Tensor]]


@dataclass(frozen=True)
class SampledSlope:
    """An exponent with its intervals: from n parts at the levels; ``squares`` are the estimates of ‖δ‖².

    Args:
        value: where T_p is 0; NaN where it is nowhere, since a square is not positive.
        low, high: interval of ``CONFIDENCE``; infinite on a side where the square is lost in noise.
        sure: the interval outside which a verdict may speak of a violation (``verdicts.reach``).
        n: parts.
        levels: h.
        squares: one per level, in their order.
        noise: standard error of each square.
    """

    value: float
    low: float
    high: float
    sure: tuple[float, float]
    n: int
    levels: tuple[float, ...]
    squares: tuple[float, ...]
    noise: tuple[float, ...]

    @property
    def width(self) -> float:
        """Length of the interval."""
        return self.high - self.low

    @property
    def stderr(self) -> float:
        """The farther end of ``sure``, in units of ``verdicts.reach``: infinite where nothing can be decided."""
        ends = math.inf if math.isnan(self.value) else max(self.value - self.sure[0], self.sure[1] - self.value)
        return ends / reach(self.n)

    @property
    def signal(self) -> float:
        """The smallest of the squares in its standard errors."""
        return min((u / s if s > 0.0 else math.inf) for u, s in zip(self.squares, self.noise, strict=True))

    def excludes(self, exponent: float) -> bool:
        """Whether the exponent lies outside the interval."""
        return not self.low <= exponent <= self.high


@functools.cache
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
    weights, k = _weights(levels), parts.shape[1]
    if parts.ndim != 3 or len(parts) != len(levels) or k < 4:
        raise ValueError(f"expected ({len(levels)}, K, dim) with K >= 4 parts, got {tuple(parts.shape)}")
    if not bool(torch.isfinite(parts).all()):
        raise ValueError(f"expected finite parts, got {int((~torch.isfinite(parts)).sum())} other numbers")
    gram = (parts.double() @ parts.double().mT).cpu()  # (levels, K, K)
    off = gram - torch.diag_embed(gram.diagonal(dim1=1, dim2=2))
    rows = off.sum(2)
    whole = rows.sum(1)
    squares = whole / (k * (k - 1))
    without = (whole[:, None] - 2 * rows) / ((k - 1) * (k - 2))  # (levels, K): the U-statistics of the others
    spread = without - without.mean(1, keepdim=True)
    covariance = (k - 1) / k * spread @ spread.T
    log_h = torch.tensor(levels, dtype=torch.float64).log()
    log_h = log_h - log_h.mean()

    def tested(p: Tensor) -> tuple[Tensor, Tensor]:
        """T_p and its standard error, both in the same positive unit."""
        v = weights * torch.softmax(-2.0 * p[:, None] * log_h, 1)
        return v @ squares, ((v @ covariance) * v).sum(1).clamp(min=0.0).sqrt()

    value = _root(tested) if float(squares.min()) > 0.0 else math.nan
    kept, sure = (_kept(tested, value, t) for t in (_quantile(k), reach(k)))
    noise = tuple(float(x) for x in covariance.diagonal().clamp(min=0.0).sqrt())
    return SampledSlope(value, *kept, sure, k, tuple(map(float, levels)), tuple(map(float, squares)), noise)


def _root(tested: _Test) -> float:
    """The p with T_p = 0. Squares > 0 with the sign change of the weights give exactly one (Descartes' rule)."""

    def at(p: float) -> float:
        return float(tested(torch.tensor([p], dtype=torch.float64))[0])

    return cast(float, optimize.brentq(at, -EXTREME, EXTREME))


def _kept(tested: _Test, value: float, t: float) -> tuple[float, float]:
    """The hull of the p with |T_p| at most t standard errors, widened to the next p that was tried."""
    around = torch.logspace(-9.0, 1.0, 1001, dtype=torch.float64)
    tried = [torch.linspace(-8.0, 8.0, 1601, dtype=torch.float64), torch.tensor([-EXTREME, EXTREME])]
    if math.isfinite(value):
        tried += [value - around, value + around, torch.tensor([value], dtype=torch.float64)]
    p = torch.cat(tried).sort().values
    found, noise = tested(p)
    inside = torch.arange(len(p))[found.abs() <= t * noise]
    if inside.numel() == 0:
        return (value, value) if math.isfinite(value) else (-math.inf, math.inf)
    first, last = int(inside[0]) - 1, int(inside[-1]) + 1
    return (-math.inf if first < 0 else float(p[first])), (math.inf if last == len(p) else float(p[last]))


def plug_in_slope(levels: Sequence[float], parts: Tensor) -> float:
    """Return the slope of log ‖mean part‖: what an experimenter gets who forgets that noise has a length too.

    Kept to be shown wrong next to ``sampled_slope``: with batches of its own at every level the noise does not shrink
    with h and the slope tends to 0.
    """
    return float(_weights(levels).to(parts.device) @ parts.double().mean(1).pow(2).sum(1).log()) / 2
