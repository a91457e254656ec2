"""The bias ladder on many random problems, inside the certified radius and, as a second table, outside it.

closed constant · max‖u‖ ≥ sup over the segment of ‖∂_φH‖ · max‖u‖ ≥ ‖δ_t‖/(s_t η), claim ``bias-ladder``.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from . import lag
from .constants import certified_radius, closed, predict, segment_sup
from .problems import Problem, random_problem
from .training import Run, simulate
from .verdicts import ROUNDING

__all__ = ["LAGS", "Rungs", "inside", "outside", "run_to_drift", "rungs", "summary"]

LAGS = (1, 2, 4, 8)
INSIDE = (0.1, 0.5, 0.95)  # drift as a fraction of the certified radius
OUTSIDE = (2.0, 4.0, 8.0, 16.0)


@dataclass(frozen=True)
class Rungs:
    """One problem's ladder at the end of a sync cycle; lag s_t in learner steps, drift in units of the radius.

    ``floor`` is the round-off of ‖δ_t‖/(s_t η), a difference of two gradients: 64 · 2⁻⁵² · max‖u‖/(s_t η).
    """

    problem: str
    clip: bool
    lag: int
    eta: float
    drift_over_radius: float
    ratio_min: float
    ratio_max: float
    closed: float
    segment: float
    bias: float
    floor: float

    @property
    def null(self) -> bool:
        """Both lower rungs are round-off: δ ≡ 0, as for one token and G ≤ 3, where the advantage gap is constant."""
        return max(self.bias, self.segment) <= self.floor

    @property
    def top_holds(self) -> bool:
        """Closed constant ≥ supremum over the segment (both times max‖u‖)."""
        return self.segment <= self.closed * (1.0 + ROUNDING)

    @property
    def bottom_holds(self) -> bool:
        """Supremum over the segment × max‖u‖ ≥ ‖δ_t‖/(s_t η)."""
        return self.bias <= self.segment * (1.0 + ROUNDING) + self.floor

    @property
    def whole_holds(self) -> bool:
        """Closed constant × max‖u‖ ≥ ‖δ_t‖/(s_t η)."""
        return self.bias <= self.closed * (1.0 + ROUNDING) + self.floor

    def as_dict(self) -> dict[str, Any]:
        """Return the row for a table, with the tightness of each rung (smaller side over larger side)."""
        return asdict(self) | {
            "top_tightness": self.segment / self.closed,
            "bottom_tightness": self.bias / self.segment if self.segment else None,
            "whole_tightness": self.bias / self.closed,
            "top_holds": self.top_holds,
            "bottom_holds": self.bottom_holds,
            "whole_holds": self.whole_holds,
            "null": self.null,
        }


def run_to_drift(problem: Problem, steps: int, drift: float, keep_below: bool) -> Run:
    """Run ``steps``+1 learner steps under one behaviour policy, η chosen so that ‖θ_s − φ_s‖ ≈ ``drift`` at the last.

    η starts at drift/(s‖H(θ_0,θ_0)‖) and, with ``keep_below``, shrinks by 0.8 until the drift is at most ``drift``.
    """
    model = lag.periodic_sync(steps + 1)
    first = simulate(problem.objective, problem.theta, 1e-9, model, 1).update[0]
    eta = drift / (steps * float(first))
    while True:
        run = simulate(problem.objective, problem.theta, eta, model, steps + 1)
        if not keep_below or float(run.drift.max()) <= drift:
            return run
        eta *= 0.8


def rungs(problem: Problem, run: Run, points: int = 9) -> Rungs:
    """Return the three rungs at the last step of a run (its lag must be ≥ 1)."""
    s, objective = int(run.lag[-1]), problem.objective
    if s < 1:
        raise ValueError(f"expected a lag >= 1 at the last step, got {s}")
    largest_update = float(run.update[-1 - s : -1].max())  # the window t−s..t−1 that moved θ away from φ
    k_phi = closed(objective.group_size, objective.policy.length, problem.clip.hi)["K_phi"]
    sup = segment_sup(objective, run.theta[-2], run.phi[-1], points)
    local = predict("bias-ladder", Lambda=sup.value, U=largest_update, s_t=s, eta=run.eta)
    return Rungs(
        problem=problem.name,
        clip=objective.clip is not None,
        lag=s,
        eta=run.eta,
        drift_over_radius=float(run.drift[-1]) / certified_radius(problem.clip).value,
        ratio_min=float(run.ratio_min[-1]),
        ratio_max=float(run.ratio_max[-1]),
        closed=k_phi.value * largest_update,
        segment=local / (s * run.eta),
        bias=float(run.bias[-1]) / (s * run.eta),
        floor=64.0 * 2.0**-52 * largest_update / (s * run.eta),
    )


def _table(
    seed: int, count: int, fractions: tuple[float, ...], clips: tuple[bool, ...], below: bool, device: str
) -> list[Rungs]:
    rows: list[Rungs] = []
    for index in range(count):
        steps, fraction = LAGS[index % len(LAGS)], fractions[index % len(fractions)]
        for clip in clips:
            problem = random_problem(seed, index, clip, device)
            radius = certified_radius(problem.clip).value
            rows.append(rungs(problem, run_to_drift(problem, steps, fraction * radius, below)))
    return rows


def inside(seed: int, count: int = 24, device: str = "cpu") -> list[Rungs]:
    """Return the ladder of ``count`` random problems inside the certified radius, each with the clip on and off."""
    return _table(seed, count, INSIDE, (True, False), True, device)


def outside(seed: int, count: int = 24, device: str = "cpu") -> list[Rungs]:
    """Return the ladder of ``count`` random problems run to 2..16 certified radii with the clip on.

    Nothing is promised there: the rows that break are the measurement.
    """
    return _table(seed, count, OUTSIDE, (True,), False, device)


def summary(rows: list[Rungs]) -> dict[str, Any]:
    """Return counts of broken rungs and worst and median tightness per rung (worst = largest; above 1 is broken).

    Null problems (δ ≡ 0) are counted apart and left out of the tightness, where they are 0/0.
    """
    live = [row for row in rows if not row.null]

    def spread(values: list[float]) -> dict[str, float]:
        return {"worst": max(values), "median": median(values), "loosest": min(values)}

    return {
        "problems": len(rows),
        "top_broken": sum(not row.top_holds for row in rows),
        "bottom_broken": sum(not row.bottom_holds for row in rows),
        "whole_broken": sum(not row.whole_holds for row in rows),
        "any_broken": sum(not (row.top_holds and row.bottom_holds) for row in rows),
        "null": len(rows) - len(live),
        "top": spread([row.segment / row.closed for row in live]),
        "bottom": spread([row.bias / row.segment for row in live if row.segment]),
        "whole": spread([row.bias / row.closed for row in live]),
        "largest_drift_over_radius": max(row.drift_over_radius for row in rows),
    }
