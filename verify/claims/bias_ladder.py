"""The bias ladder: closed constant ≥ supremum over the segment ≥ measured bias, inside the certified radius."""

from __future__ import annotations

from ..ladder import Rungs, inside, outside, summary
from ..verdicts import Measurement, Verdict, compare_upper, worst

__all__ = ["measure"]

CLAIM = "bias-ladder"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return, per rung, the problem nearest to breaking it, and in words how many break outside the radius."""
    rows = inside(seed, 12 if suite == "quick" else 100, device)
    beyond = summary(outside(seed, 12 if suite == "quick" else 100, device))
    null = sum(row.null for row in rows)
    tail = (
        f"{len(rows)} problems inside the certified radius, {null} of them null; outside it (2 to 16 radii, clip on), "
        f"where nothing is claimed, {beyond['bottom_broken']} of {beyond['problems']} break the lower rung, "
        f"{beyond['whole_broken']} the closed constant"
    )

    def rung(row: Rungs, upper: float, lower: float, what: str) -> Verdict:
        objective = f"F-diagonal J, ratio form, {'clip' if row.clip else 'no clip'}, {row.problem}"
        m = Measurement(lower, n=len(rows), seed=seed, device=device)
        return compare_upper(CLAIM, objective, upper + row.floor, m, f"{what}; closest: lag {row.lag}; {tail}")

    live = [row for row in rows if not row.null]
    return [
        worst([rung(row, row.closed, row.segment, "closed constant against sup over the segment") for row in live]),
        worst([rung(row, row.segment, row.bias, "sup over the segment against norm(delta)/(s eta)") for row in live]),
        worst([rung(row, row.closed, row.bias, "closed constant against norm(delta)/(s eta)") for row in live]),
    ]
