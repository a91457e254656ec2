"""Which laws are necessary: walks that are ballistic above S·η = a and alive at T, against the max form."""

from __future__ import annotations

from ..boundaries import collapsed, grid, largest
from ..verdicts import Verdict, compare_upper, worst
from ..walks import WALK

__all__ = ["measure"]

CLAIM = "boundary-necessary"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the living run whose η comes closest to η_max from below; above it none lives."""
    found = [
        compare_upper(CLAIM, WALK, *largest(CLAIM, "", run), f"eta of a living run, law max, {run}")
        for run in grid(seed)
        if not collapsed(run, True)
    ]
    return [worst(found)]
