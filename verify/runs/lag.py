"""Lag models: pure functions learner step -> rollout lag (both in learner steps)."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["LagModel", "bounded_queue", "constant", "one_cycle_ahead", "periodic_sync", "sawtooth"]


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


def one_cycle_ahead(interval: int) -> LagModel:
    """Return lag(t) = S + t mod S, at most t: rollouts are begun one cycle before they are used, so S_max = 2S − 1.

    Raises:
        ValueError: S < 1.

    Example:
        >>> [one_cycle_ahead(2).lag(t) for t in range(6)]
        [0, 1, 2, 3, 2, 3]
    """
    if interval < 1:
        raise ValueError(f"expected a sync interval S >= 1, got {interval}")
    largest = 2 * interval - 1
    return LagModel(
        f"one cycle ahead, S={interval}, S_max={largest}", lambda t: min(t, interval + t % interval), largest
    )


def sawtooth(largest: int) -> LagModel:
    """Return the lags S_max, S_max−1, ..., 0 in turn, at most t: each of 0..S_max equally often.

    Raises:
        ValueError: S_max < 0.

    Example:
        >>> [sawtooth(2).lag(t) for t in range(3, 9)]
        [2, 1, 0, 2, 1, 0]
    """
    if largest < 0:
        raise ValueError(f"expected a lag S_max >= 0, got {largest}")
    return LagModel(f"uniform lags 0..{largest}", lambda t: min(t, largest - t % (largest + 1)), largest)


def bounded_queue(workers: int, places: int, steps: int, seed: int, fast: bool) -> LagModel:
    """Return the lags of a simulated queue: W workers, Q places, one learner that uses batches in order of their start.

    A worker starts a batch with the newest parameters, and hands it over when a place is free; a batch that is ready
    before an earlier one waits for it (in its worker's hands). Learner steps take time 1.

    Args:
        workers: W ≥ 1.
        places: Q ≥ 0.
        steps: learner steps to simulate.
        seed: of the durations.
        fast: batches take time 1e-3 each, else exponential with mean W (as fast as the learner on average).

    Raises:
        ValueError: W < 1 or Q < 0.
    """
    if workers < 1 or places < 0:
        raise ValueError(f"expected W >= 1 and Q >= 0, got {workers} and {places}")
    lags = _queue_lags(workers, places, steps, random.Random(seed), fast)
    pace = "fast workers" if fast else "random durations"
    return LagModel(f"queue W={workers}, Q={places}, {pace}", lambda t: lags[t], workers + places)


def _queue_lags(workers: int, places: int, steps: int, rng: random.Random, fast: bool) -> list[int]:
    """Simulate events (time, kind, batch): kind 0, a batch is ready; kind 1, the learner has finished a step."""
    started, queue = list[int](), list[int]()  # learner steps done when batch b was started; batches in places
    ready, events, lags = set[int](), list[tuple[float, int, int]](), list[int]()
    handed, done, busy = 0, 0, False

    def start(now: float) -> None:
        duration = 1e-3 if fast else rng.expovariate(1.0 / workers)
        heapq.heappush(events, (now + duration, 0, len(started)))
        started.append(done)

    for _ in range(workers):
        start(0.0)
    while len(lags) < steps:
        now, kind, batch = heapq.heappop(events)
        if kind == 0:
            ready.add(batch)
        else:
            busy, done = False, done + 1
        moved = True
        while moved:
            moved = False
            if not busy and queue:
                lags.append(done - started[queue.pop(0)])
                busy = moved = True
                heapq.heappush(events, (now + 1.0, 1, -1))
            if handed in ready and (len(queue) < places or (places == 0 and not busy and not queue)):
                ready.remove(handed)
                queue.append(handed)
                handed, moved = handed + 1, True
                start(now)
    return lags
