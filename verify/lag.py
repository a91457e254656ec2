"""Lag models: pure functions learner step -> rollout lag (both in learner steps)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["LagModel", "constant", "periodic_sync"]


@dataclass(frozen=True)
class LagModel:
    """A lag model: ``lag(t)`` with 0 ≤ lag(t) ≤ min(t, largest); ``largest`` is S_max."""

    name: str
    lag: Callable[[int], int]
    largest: int


def periodic_sync(interval: int) -> LagModel:
    """Return lag(t) = t mod S: the behaviour policy is refreshed every S learner steps, so S_max = S − 1.

    Raises:
        ValueError: S < 1.

    Example:
        >>> [periodic_sync(3).lag(t) for t in range(5)]
        [0, 1, 2, 0, 1]
    """
    if interval < 1:
        raise ValueError(f"expected a sync interval S >= 1, got {interval}")
    return LagModel(f"periodic sync, S={interval}, S_max={interval - 1}", lambda t: t % interval, interval - 1)


def constant(largest: int) -> LagModel:
    """Return lag(t) = min(t, S_max): every rollout is S_max learner steps old, once that many steps exist.

    Raises:
        ValueError: S_max < 0.

    Example:
        >>> [constant(2).lag(t) for t in range(5)]
        [0, 1, 2, 2, 2]
    """
    if largest < 0:
        raise ValueError(f"expected a lag S_max >= 0, got {largest}")
    return LagModel(f"constant lag, S_max={largest}", lambda t: min(t, largest), largest)
