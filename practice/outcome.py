"""What became of a run, judged by its reward series alone: collapsed, degraded, stable or undecided.

A run whose smoothed reward is never positive (all zero, all negative) is undecided by choice: fractions of such a best
mean nothing, and a run that never learned shows no collapse.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

__all__ = ["Outcome", "OutcomeName", "Thresholds", "classify", "trailing_mean"]

_TIE = 1 - 1e-12  # a mean that equals a fraction of the best up to rounding is not below it
OutcomeName = Literal["collapsed", "degraded", "stable", "undecided"]


@dataclass(frozen=True)
class Thresholds:
    """Where the lines are drawn; all are fractions or counts of logged rewards.

    Args:
        collapsed_below: fraction of the running best.
        degraded_below: fraction of the best for the mean of the last quarter.
        window: trailing mean, at least this many logged rewards.
        window_fraction: trailing mean, at least this fraction of the logged rewards.
        minimum_rewards: fewer logged or finite rewards leave the outcome undecided.
    """

    collapsed_below: float = 0.15
    degraded_below: float = 0.8
    window: int = 3
    window_fraction: float = 0.05
    minimum_rewards: int = 4


@dataclass(frozen=True)
class Outcome:
    """The verdict on one run.

    Args:
        name: collapsed, degraded, stable or undecided.
        collapse_step: first logged step of the collapsed tail, in learner steps.
        collapse_interval: previous step that logged a reward, and ``collapse_step``.
        onset_floor: last logged step before the trailing mean that first fell below; the reward itself may have fallen
            at any time after it. Equal to ``collapse_interval[0]`` where no mean was needed (non-finite rewards).
        window: number of logged rewards in the trailing mean.
        best: best smoothed reward.
        final: mean of the last quarter of the smoothed reward.
        warnings: what was odd and what was done about it.
    """

    name: OutcomeName
    collapse_step: int | None
    collapse_interval: tuple[int, int] | None
    onset_floor: int | None
    window: int
    best: float | None
    final: float | None
    warnings: tuple[str, ...]


def trailing_mean(values: Sequence[float], window: int) -> np.ndarray:
    """Mean over the last ``window`` values, fewer at the start: ``r_k = mean(values[max(0, k-window+1) .. k])``."""
    array = np.asarray(values, dtype=np.float64)
    counts = np.minimum(np.arange(1, len(array) + 1), window)
    return np.convolve(array, np.ones(min(window, len(array))))[: len(array)] / counts


def classify(steps: Sequence[int], rewards: Sequence[float], thresholds: Thresholds | None = None) -> Outcome:
    """Judge a run by its logged rewards r, smoothed by a trailing mean.

    collapsed: ``r_k < 0.15 max_{j<=k} r_j`` from some step to the end; degraded: mean of the last quarter of r below
    ``0.8 max r``; else stable. A trailing run of non-finite rewards counts as collapsed there; non-finite rewards
    before the last finite one are left out. Fewer logged rewards than the minimum are undecided, and so are fewer
    finite ones, unless the run ends in non-finite rewards. Both criteria are fractions of the best reward: where that
    is not positive (all zero, all negative) the outcome is undecided by choice. They assume that zero means failure,
    so a negative reward is pointed out.

    Args:
        steps: learner steps of the rewards, increasing.
        rewards: logged rewards, at least one finite.
        thresholds: defaults as above.

    Example:
        >>> classify(range(1, 9), [0.5, 0.6, 0.7, 0, 0, 0, 0, 0]).collapse_interval
        (5, 6)
    """
    limits = thresholds or Thresholds()
    window = max(limits.window, math.ceil(limits.window_fraction * len(rewards) - 1e-9))
    if len(rewards) < limits.minimum_rewards:
        why = f"{len(rewards)} logged reward(s), fewer than {limits.minimum_rewards}: outcome undecided"
        return Outcome("undecided", None, None, None, window, None, None, (why,))
    warnings: list[str] = []
    finite = np.isfinite(np.asarray(rewards, dtype=np.float64))
    end = int(np.flatnonzero(finite)[-1]) + 1
    if end < len(rewards):
        warnings.append(f"key 'reward' is non-finite from step {steps[end]} to the end: counted as collapsed there")
    holes = [steps[k] for k in range(end) if not finite[k]]
    if holes:
        count = f"key 'reward' is non-finite at {len(holes)} step(s), first {holes[0]}"
        warnings.append(f"{count}, and finite again later: left out")
    kept_steps = [steps[k] for k in range(end) if finite[k]]
    if len(kept_steps) < limits.minimum_rewards:
        if end < len(rewards):
            interval = (steps[end - 1], steps[end])
            return Outcome("collapsed", interval[1], interval, interval[0], window, None, None, tuple(warnings))
        count = f"{len(kept_steps)} finite reward(s) out of {len(rewards)} logged"
        warnings.append(f"{count}, fewer than {limits.minimum_rewards}: outcome undecided")
        return Outcome("undecided", None, None, None, window, None, None, tuple(warnings))
    raw = np.array([rewards[k] for k in range(end) if finite[k]])
    if raw.min() < 0:
        warnings.append("some rewards are negative; the criteria are fractions of the best and take zero as failure")
    # Both criteria are scale invariant; dividing by a power of two is exact and keeps the sums finite.
    scale = math.frexp(float(np.abs(raw).max()))[1]
    r = trailing_mean([math.ldexp(float(x), -scale) for x in raw], window)
    best, quarter = float(r.max()), r[-math.ceil(len(r) / 4) :]
    shown = (_unscaled(best, scale), _unscaled(float(quarter.mean()), scale))

    running = np.maximum.accumulate(r)
    above = np.flatnonzero(~((running > 0) & (r < _TIE * limits.collapsed_below * running)))
    tail = int(above[-1]) + 1 if len(above) else 0  # the first reward is its own best, so tail >= 1
    if tail < len(r):
        interval = (kept_steps[tail - 1], kept_steps[tail])
        floor = kept_steps[max(0, tail - window)]
        return Outcome("collapsed", interval[1], interval, floor, window, *shown, tuple(warnings))
    if end < len(rewards):
        interval = (steps[end - 1], steps[end])
        return Outcome("collapsed", interval[1], interval, interval[0], window, *shown, tuple(warnings))
    if best <= 0:
        warnings.append("the smoothed reward is never positive: fractions of the best mean nothing, outcome undecided")
        return Outcome("undecided", None, None, None, window, *shown, tuple(warnings))
    name = "degraded" if quarter.mean() < _TIE * limits.degraded_below * best else "stable"
    return Outcome(name, None, None, None, window, *shown, tuple(warnings))


def _unscaled(value: float, scale: int) -> float:
    return math.ldexp(value, scale)
