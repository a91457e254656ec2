"""The exact set of planning constants (a, b) under which a boundary law reproduces every outcome.

A run compares ``a`` with its staleness load p = eta S and ``b`` with its horizon load q = eta T. Between two
consecutive values of p the truth of ``p <= a`` is the same for every run, so there the set is one interval of b: the
set is a finite union of half-open slabs, found without a grid and in rational arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations
from typing import Literal

__all__ = ["Combiner", "Observation", "Slab", "conflict", "exact", "feasible", "projection", "time_fits", "vertices"]

Load = Fraction | float
Combiner = Literal["all", "any"]


@dataclass(frozen=True)
class Observation:
    """One run as the law sees it.

    Args:
        file: for witnesses.
        p: staleness load eta*S in learning rate x steps; None where the law has no staleness constraint.
        q: horizon load eta*T, same unit; None where the law has no horizon constraint.
        stable: the outcome to reproduce.
        low: with ``high``, for a collapsed run: its collapse time asks ``low <= b < high`` wherever the law lets the
            horizon decide it, under ``all`` if its staleness constraint holds, under ``any`` always.
        high: see ``low``.
        under: whether eta is below the ceiling of the law; above it a run is unstable whatever a and b.
    """

    file: str
    p: Load | None
    q: Load | None
    stable: bool
    low: Load | None = None
    high: Load | None = None
    under: bool = True


@dataclass(frozen=True)
class Slab:
    """``a_low <= a < a_high`` and ``b_low <= b < b_high``; 0 means open at zero, None unbounded above."""

    a_low: Load
    a_high: Load | None
    b_low: Load
    b_high: Load | None

    @property
    def empty(self) -> bool:
        """Whether no b is left."""
        return self.b_high is not None and self.b_low >= self.b_high


def exact(value: float) -> Fraction:
    """The rational number a log prints: 0.1 becomes 1/10, so that 0.1 * 3 and 0.3 * 1 are the same load."""
    return Fraction(repr(value))


def feasible(runs: Sequence[Observation], combiner: Combiner) -> list[Slab]:
    """Return the set as slabs in increasing a, equal neighbours merged; an empty list is the empty set.

    Args:
        runs: observations; a missing load means the law has no such constraint.
        combiner: ``all`` (stable iff every constraint holds) or ``any``.
    """
    starts: list[Load] = [Fraction(0), *sorted({run.p for run in runs if run.p is not None})]
    slabs: list[Slab] = []
    for index, start in enumerate(starts):
        stop = starts[index + 1] if index + 1 < len(starts) else None
        slab = _slab(runs, combiner, start, stop)
        if slab is None:
            continue
        last = slabs[-1] if slabs else None
        if last and (last.a_high, last.b_low, last.b_high) == (slab.a_low, slab.b_low, slab.b_high):
            slabs[-1] = replace(last, a_high=slab.a_high)
        else:
            slabs.append(slab)
    return slabs


def _slab(runs: Sequence[Observation], combiner: Combiner, start: Load, stop: Load | None) -> Slab | None:
    combine: Callable[[Iterable[bool]], bool] = all if combiner == "all" else any
    b_low: Load = Fraction(0)
    b_high: Load | None = None
    for run in runs:
        first = [run.p <= start] if run.p is not None else []
        if run.q is None:
            if (run.under and combine(first)) != run.stable:
                return None
            continue
        if_held, if_not = ((run.under and combine([*first, held])) == run.stable for held in (True, False))
        if not if_held and not if_not:
            return None
        if not if_not:  # only b >= q reproduces the outcome
            b_low = max(b_low, run.q)
        if not if_held:  # only b < q does
            b_high = run.q if b_high is None else min(b_high, run.q)
        if run.under and run.low is not None and run.high is not None and (combine(first) or combiner == "any"):
            b_low = max(b_low, run.low)
            b_high = run.high if b_high is None else min(b_high, run.high)
    slab = Slab(start, stop, b_low, b_high)
    return None if slab.empty else slab


def time_fits(slabs: Sequence[Slab], run: Observation, combiner: Combiner) -> bool:
    """Whether some (a, b) of a set found without collapse times also fits the collapse time of one of its runs.

    Same answer as ``feasible`` with that run's ``low`` and ``high`` kept, without computing the set again.
    """
    if run.low is None or run.high is None or not run.under:
        return bool(slabs)
    for slab in slabs:
        if combiner == "all" and run.p is not None and run.p > slab.a_low:
            return True  # there the staleness constraint explains the collapse
        if run.low < run.high and slab.b_low < run.high and (slab.b_high is None or run.low < slab.b_high):
            return True
    return False


def projection(slabs: Sequence[Slab], axis: Literal["a", "b"]) -> tuple[Load | None, Load | None]:
    """Return (low, high) of the set on one axis; None where that side is unbounded (or zero)."""
    if not slabs:
        return None, None
    lows = [slab.a_low if axis == "a" else slab.b_low for slab in slabs]
    highs = [slab.a_high if axis == "a" else slab.b_high for slab in slabs]
    bounded = [high for high in highs if high is not None]
    return (min(lows) or None), (max(bounded) if len(bounded) == len(highs) else None)


def vertices(slabs: Sequence[Slab]) -> list[tuple[Load | None, Load | None]]:
    """Corners (a, b) of the staircase, counter-clockwise from the lower left; None stands for unbounded."""
    lower = [corner for s in slabs for corner in ((s.a_low, s.b_low), (s.a_high, s.b_low))]
    upper = [corner for s in reversed(slabs) for corner in ((s.a_high, s.b_high), (s.a_low, s.b_high))]
    ring: list[tuple[Load | None, Load | None]] = []
    for corner in [*lower, *upper]:
        if not ring or ring[-1] != corner:
            ring.append(corner)
    return _without_straight(ring)


def _without_straight(ring: list[tuple[Load | None, Load | None]]) -> list[tuple[Load | None, Load | None]]:
    kept: list[tuple[Load | None, Load | None]] = []
    for index, corner in enumerate(ring):
        before, after = ring[index - 1], ring[(index + 1) % len(ring)]
        if not (before[0] == corner[0] == after[0] or before[1] == corner[1] == after[1]):
            kept.append(corner)
    return kept


def conflict(runs: Sequence[Observation], combiner: Combiner) -> list[Observation]:
    """Return a minimal set of runs that no (a, b) fits together, in the order given; empty when everything fits.

    A pair is returned where one exists. It need not: under ``all`` one unstable run can be refuted by two stable runs,
    one for each load, and under ``any`` one stable run by two unstable ones.
    """
    if feasible(runs, combiner):
        return []
    core: list[Observation] = []
    pool = list(runs)
    while feasible(core, combiner):  # each round adds the run that completes the shortest conflicting prefix
        low, high = 0, len(pool)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if feasible([*core, *pool[:middle]], combiner) else (low, middle)
        core.append(pool[high - 1])
        pool = pool[: high - 1]
    if len(core) > 2:
        for one, other in combinations(runs, 2):
            if not feasible([one, other], combiner):
                core = [one, other]
                break
    return [run for run in runs if any(run is member for member in core)]
