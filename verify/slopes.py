"""Exponents of deterministic power laws: two-point local slopes on geometric levels, extrapolated to zero.

For y(h) = c hᵖ (1 + c₁ h + c₂ h² + …) the local slope log(y(h)/y(h/r))/log r is p + O(h); Richardson's table removes
one power of h per column. No regression interval: residuals of deterministic data are not noise.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Slope", "extrapolated_slope", "richardson"]

CUT = 1e6  # a level is kept while y exceeds CUT × the rounding of the numbers it was subtracted from
EPS = 2.0**-52


@dataclass(frozen=True)
class Slope:
    """An exponent: ``value`` at h → 0, ``change`` of the last extrapolation, the ``local`` slopes, kept ``levels``."""

    value: float
    change: float
    local: tuple[float, ...]
    levels: tuple[float, ...]


def richardson(values: Sequence[float], ratio: float) -> tuple[float, float]:
    """Extrapolate values at h, h/r, h/r², … with error powers h, h², … to h = 0.

    Args:
        values: at least two, coarsest level first.
        ratio: r > 1.

    Returns:
        (limit, size of the last correction).

    Raises:
        ValueError: fewer than two values or ratio ≤ 1.

    Example:
        >>> richardson([1 + h for h in (0.5, 0.25, 0.125)], ratio=2.0)[0]
        1.0
    """
    if len(values) < 2 or not ratio > 1.0:
        raise ValueError(f"expected at least 2 values and ratio > 1, got {len(values)} and {ratio}")
    column, previous = list(values), values[-1]
    for power in range(1, len(values)):
        previous = column[-1]
        # T_{i,j} = T_{i+1,j−1} + (T_{i+1,j−1} − T_{i,j−1})/(rʲ − 1)
        column = [b + (b - a) / (ratio**power - 1.0) for a, b in itertools.pairwise(column)]
    return column[-1], abs(column[-1] - previous)


def extrapolated_slope(levels: Sequence[float], values: Sequence[float], scale: float, cut: float = CUT) -> Slope:
    """Return the exponent p of y ~ hᵖ as h → 0.

    Args:
        levels: h, strictly decreasing in a constant ratio.
        values: y(h) > 0, same length.
        scale: size of the numbers whose difference y is; levels with y < cut·2⁻⁵²·scale are dropped, a rule fixed
            beforehand.
        cut: 1/cut is the relative rounding that the local slopes may carry.

    Returns:
        ``Slope``.

    Raises:
        ValueError: levels not geometric, values not positive, or fewer than three levels above round-off.
    """
    if len(levels) != len(values) or len(levels) < 3:
        raise ValueError(f"expected at least 3 levels and as many values, got {len(levels)} and {len(values)}")
    ratio = levels[0] / levels[1]
    if not ratio > 1.0 or any(not math.isclose(a / b, ratio, rel_tol=1e-9) for a, b in itertools.pairwise(levels)):
        raise ValueError(f"expected strictly decreasing geometric levels, got {list(levels)}")
    if not all(math.isfinite(y) and y > 0.0 for y in values):
        raise ValueError(f"expected finite positive values, got {list(values)}")
    kept = [(h, y) for h, y in zip(levels, values, strict=True) if y >= cut * EPS * scale]
    if len(kept) < 3 or [h for h, _ in kept] != list(levels[: len(kept)]):
        raise ValueError(f"expected at least 3 leading levels above round-off {cut * EPS * scale:.1e}, got {len(kept)}")
    local = [math.log(y / z) / math.log(ratio) for (_, y), (_, z) in itertools.pairwise(kept)]
    value, change = richardson(local, ratio)
    return Slope(value, change, tuple(local), tuple(h for h, _ in kept))
