"""The bias ladder: closed constant ≥ supremum over the segment ≥ measured bias, on every problem of the study.

The lower rung on all policy kinds, losses and lag models inside the radius of the clip; the rungs of the closed
constant where it is a theorem: random tabular GRPO problems, and those of the study it covers. What happens outside is
counted in words.
"""

from __future__ import annotations

from .. import ladder
from ..ladder import Promised, Rungs
from ..studies import beyond, study
from ..verdicts import Measurement, Verdict, compare_upper, worst

__all__ = ["measure"]

CLAIM = "bias-ladder"
WORDS = {
    "closed": "closed constant",
    "segment": "sup over the segment (a grid, from below)",
    "bias": "norm(delta)/(s eta)",
}


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return, per rung, the problem nearest to breaking it, and in words how many break outside the radius."""
    rows = study.rows(seed, study.STRIDES[suite], device)
    inside = [row for row in rows if row.inside]
    live = [row for row in inside if not row.ladder.null]
    out = [each for each in beyond.rows(seed, study.STRIDES[suite], device) if each.outside]
    closed = ladder.inside(seed, 8 if suite == "quick" else 100, device)
    closed += [Promised(r.problem, r.objective, True, r.reach, r.ladder) for r in inside if r.ladder.k_phi is not None]
    tail = (
        f"{len(inside)} problems inside the radius of the clip, {len(inside) - len(live)} of them null, "
        f"{len(rows) - len(inside)} outside; of {len(out)} run beyond it, where nothing is claimed, "
        f"{sum(not each.ladder.bottom_holds for each in out)} break the lower rung"
    )

    def rung(at: Rungs, objective: str, sides: tuple[str, str], where: str, n: int) -> Verdict:
        upper, lower = (getattr(at, side) for side in sides)
        m = Measurement(lower, n=n, seed=seed, device=device)
        text = f"{WORDS[sides[0]]} against {WORDS[sides[1]]}; closest of {n}: {where}, lag {at.lag}; {tail}"
        return compare_upper(CLAIM, objective, upper + at.floor, m, text)

    local = ("segment", "bias")
    lower = [rung(row.ladder, row.objective, local, f"{row.problem}, {row.model}", len(live)) for row in live]
    found, promised = [worst(lower)], [each for each in closed if not each.ladder.null]
    for sides in (("closed", "segment"), local, ("closed", "bias")):
        n = len(promised)
        found.append(worst([rung(each.ladder, each.objective, sides, each.problem, n) for each in promised]))
    return found
