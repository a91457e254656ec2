"""Shared definitions of solvable dynamics: cycles on frozen rollouts, mean products of updates, sums of updates."""

from __future__ import annotations

from typing import Any

import sympy

from . import symbols as sy
from .proof.records import Definition, Rel
from .stability_objects import STABILITY

__all__ = [
    "AR_DRIFT",
    "AR_DRIFT_START",
    "AR_ROW",
    "AR_ROW_START",
    "BOTH_DRIFT",
    "BOTH_DRIFT_START",
    "CYCLE",
    "CYCLE_STALE",
    "CYCLE_START",
    "DYNAMICS",
    "MEAN_DRIFT",
    "MEAN_DRIFT_START",
    "UPDATE_LAG",
    "UPDATE_SQUARE",
]


def _cycle(j: Any) -> Rel:
    return Rel(sy.x_cyc(j + 1), "=", sy.cyc_r * sy.x_cyc(j) - (1 - sy.cyc_r) * (1 + sy.fb_excess) * sy.x_sync)


def _cycle_stale(j: Any) -> Rel:
    return Rel(sy.x_cyc(j + 1), "=", sy.x_cyc(j) - sy.gain_stale * sy.x_sync)


def _update_square(s: Any) -> Rel:
    return Rel(sy.upd_sq(s), "=", sy.fb_cov(s, 0) + sy.noise_sq)


def _update_lag(s: Any) -> Rel:
    if s != 0 and not sympy.sympify(s).is_positive:
        raise ValueError(f"expected no delay or evidently one, got {s}")
    return Rel(sy.upd_lag(s), "=", sy.fb_cov(s, 1) - (sy.fb_gain * sy.noise_sq if s == 0 else 0))


def _row(j: Any) -> Rel:
    return Rel(sy.ar_row(j + 1), "=", sy.corr * (1 + sy.ar_row(j)))


def _ar_drift(j: Any) -> Rel:
    return Rel(sy.ar_drift(j + 1), "=", sy.ar_drift(j) + sy.G_upd**2 * (1 + 2 * sy.ar_row(j)))


def _mean_drift(j: Any) -> Rel:
    return Rel(sy.mean_drift(j + 1), "=", sy.mean_drift(j) + sy.G_upd**2 * (1 + 2 * sy.corr * j))


def _both_drift(j: Any) -> Rel:
    correlations = sy.mean_share * j + (1 - sy.mean_share) * sy.ar_row(j)
    return Rel(sy.both_drift(j + 1), "=", sy.both_drift(j) + sy.G_upd**2 * (1 + 2 * correlations))


CYCLE = Definition("cycle", "one learner step on frozen rollouts", _cycle)
CYCLE_START = Definition("cycle-start", "the cycle starts at the sync", lambda: Rel(sy.x_cyc(0), "=", sy.x_sync))
CYCLE_STALE = Definition("cycle-stale", "one learner step on frozen rollouts without a fresh part", _cycle_stale)
UPDATE_SQUARE = Definition("update-square", "mean square of the stale deviation plus independent noise", _update_square)
UPDATE_LAG = Definition(
    "update-lag",
    "mean product of two successive ones; only without delay does the next one see the noise of the last",
    _update_lag,
)
AR_ROW = Definition("ar-row", "a geometric sum", _row)
AR_ROW_START = Definition("ar-row-start", "an empty sum", lambda: Rel(sy.ar_row(0), "=", 0))
AR_DRIFT = Definition(
    "ar-drift", "one more update of mean square G^2, with correlation c^|i-j| to the earlier ones", _ar_drift
)
AR_DRIFT_START = Definition("ar-drift-start", "no update yet", lambda: Rel(sy.ar_drift(0), "=", 0))
MEAN_DRIFT = Definition(
    "mean-drift", "one more update of mean square G^2, with correlation c to every earlier one", _mean_drift
)
MEAN_DRIFT_START = Definition("mean-drift-start", "no update yet", lambda: Rel(sy.mean_drift(0), "=", 0))
BOTH_DRIFT = Definition(
    "both-drift",
    "one more update of mean square G^2, a share c_mu of it the mean and the rest AR(1)",
    _both_drift,
)
BOTH_DRIFT_START = Definition("both-drift-start", "no update yet", lambda: Rel(sy.both_drift(0), "=", 0))

DYNAMICS = (
    *(CYCLE, CYCLE_START, CYCLE_STALE, UPDATE_SQUARE, UPDATE_LAG),
    *(AR_ROW, AR_ROW_START, AR_DRIFT, AR_DRIFT_START, MEAN_DRIFT, MEAN_DRIFT_START, BOTH_DRIFT, BOTH_DRIFT_START),
    *STABILITY,
)
