"""Which laws are sufficient: random walks that collapse by (N), with and without (OFF), against the laws' η_max."""

from __future__ import annotations

from ..boundaries import collapsed, grid, largest
from ..verdicts import Verdict, compare_lower, worst
from ..walks import WALK

__all__ = ["measure"]

CLAIM = "boundary-sufficient"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return, per law, the collapsed run whose η comes closest to η_max from above; below it none collapses."""
    rows: list[Verdict] = []
    for name, off in (("horizon", False), ("min", False), ("staleness", True), ("", True)):
        found = [
            compare_lower(
                CLAIM, WALK, *largest(CLAIM, name, run), f"eta of a collapsed run, law {name or 'max'}, {run}"
            )
            for run in grid(seed)
            if collapsed(run, off)
        ]
        rows.append(worst(found))
    return rows
