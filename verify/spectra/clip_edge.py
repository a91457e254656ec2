"""Where a policy that moves along a ray first leaves the clip: R_batch in one direction, and an upper bound of R_batch.

R_batch is the radius within which no token is clipped, so any distance at which one is clipped bounds it from above;
the certified radius bounds it from below (claim ``certified-radius``). Source: arXiv 2607.01083, R_batch.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize as _optimize  # pyright: ignore[reportMissingTypeStubs]
from torch import Tensor

from ..constants import Constant
from ..objectives import Enumeration
from ..policies import TabularSoftmax
from ..populations.closed import Clip
from ..trees import Params, add, norm

__all__ = ["exit_along", "first_exit", "tabular_exit"]

optimize: Any = _optimize  # typed once, here
POINTS = 64  # distances that are scanned


def first_exit(logs: Callable[[float], Tensor], clip: Clip, reach: float, rounds: int = 50) -> float | None:
    """Return a distance r ≤ ``reach`` at which some log ratio ``logs(r)`` is outside the clip, or None.

    A scan of 64 distances, then bisection of the first bracket: an upper estimate of the first exit.
    """
    low, high = math.log(1.0 - clip.lo), math.log(1.0 + clip.hi)

    def outside(r: float) -> bool:
        found = logs(r)
        return float(found.min()) < low or float(found.max()) > high

    grid = [reach * (i + 1) / POINTS for i in range(POINTS)]
    first = next((r for r in grid if outside(r)), None)
    if first is None:
        return None
    inner, outer = first - grid[0], first
    for _ in range(rounds):
        middle = 0.5 * (inner + outer)
        inner, outer = (inner, middle) if outside(middle) else (middle, outer)
    return outer


def exit_along(population: Enumeration, phi: Params, ray: Params, clip: Clip, reach: float) -> Constant | None:
    """Return a distance at which a token ratio of φ + r·ray against φ is outside the clip, or None within ``reach``.

    Any policy; an upper bound of R_batch, and of the first exit on this ray.

    Raises:
        ValueError: bad parameters or a ray that is no unit vector.
    """
    population.validate(phi=phi, ray=ray)
    _check(ray)
    found = first_exit(lambda r: population.log_ratios(add(phi, ray, r), phi), clip, reach)
    if found is None:
        return None
    return Constant("R_batch", found, "upper", f"a clipped token along one ray, scan of {POINTS} and bisection")


def _check(ray: Params) -> None:
    if not abs(norm(ray) - 1.0) <= 1e-9:
        raise ValueError(f"expected a ray of norm 1, got {norm(ray)}")


def tabular_exit(policy: TabularSoftmax, phi: Params, ray: Params, clip: Clip, reach: float) -> Constant | None:
    """Return the distance of the first exit along a ray from φ, or None within ``reach``: exact for this ray.

    The log ratio of a token is concave in r and 0 at r = 0, so it crosses log(1−ε_lo) at most once, and log(1+ε_hi)
    first before its maximum: each crossing is bracketed, none can be missed.

    Raises:
        ValueError: bad parameters or a ray that is no unit vector.
    """
    policy.validate(phi, "phi")
    policy.validate(ray, "ray")
    _check(ray)
    z, d = (x["logits"].numpy(force=True).reshape(-1, policy.vocab) for x in (phi, ray))
    found = [
        crossing
        for row, token in itertools.product(range(len(z)), range(policy.vocab))
        if (crossing := _crossing(z[row], d[row], token, clip, reach)) is not None
    ]
    if not found:
        return None
    return Constant("R_batch along a ray", min(found), "exact", "root of every concave log ratio")


def _root(f: Callable[[float], float], end: float) -> float:
    """The root of f in [0, end], at whose ends it has different signs."""
    return float(optimize.brentq(f, 0.0, end, xtol=1e-14))


def _crossing(z: NDArray[np.float64], d: NDArray[np.float64], token: int, clip: Clip, reach: float) -> float | None:
    """First r at which one token's ratio leaves the clip."""
    top, start = float(z.max()), float(np.logaddexp.reduce(z))

    def log_ratio(r: float) -> float:
        return float(r * d[token] - np.logaddexp.reduce(z + r * d) + start)

    def slope(r: float) -> float:
        weights = np.exp(z + r * d - max(top, float((z + r * d).max())))
        return float(d[token] - weights @ d / weights.sum())

    low, high, found = math.log(1.0 - clip.lo), math.log(1.0 + clip.hi), list[float]()
    if log_ratio(reach) < low:
        found.append(_root(lambda r: log_ratio(r) - low, reach))
    peak = reach if slope(reach) >= 0.0 else 0.0
    if slope(0.0) > 0.0 > slope(reach):
        peak = _root(slope, reach)
    if log_ratio(peak) > high:
        found.append(_root(lambda r: log_ratio(r) - high, peak))
    return min(found, default=None)
