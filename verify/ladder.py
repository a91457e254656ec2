"""The bias ladder at one step of a run, for any enumerated population, and its summary over many of them.

closed constant · max‖u‖ ≥ sup over the segment of ‖∂_φH‖ · max‖u‖ ≥ ‖δ_t‖/(s_t η), claim ``bias-ladder``. The lower
rung is a theorem wherever H has a derivative on the segment, so inside the radius of the clip, for every policy; the
upper one where the closed constants are: tabular, fixed length, losses of the claim, inside the certified radius.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from .constants import certified_radius, closed, predict, segment_sup
from .objectives import Population, surrogate_gradient
from .problems import random_problem
from .runs import lag
from .runs.training import Paths, bias_at, follow, norms, row
from .trees import Params, add, norm
from .verdicts import ROUNDING

__all__ = ["Promised", "Rungs", "inside", "rungs", "summary"]

LAGS = (1, 2, 4, 8)
INSIDE = (0.1, 0.5, 0.95)
"""Drift as a fraction of the certified radius."""


@dataclass(frozen=True)
class Rungs:
    """The ladder at one step: lag s_t in learner steps, every rung per s_t η, in the unit of ‖δ‖/(s η).

    Args:
        lag: s_t.
        eta: η.
        reach: how far the clipped ratio went towards its edge; outside the radius of the clip from 1 on.
        k_phi: closed K_φ; None where it is no theorem.
        sup: estimate from below of sup‖∂_φH‖ over the segment.
        update: max‖u‖ over the window t−s..t−1 that moved θ away from φ.
        bias: ‖δ_t‖/(s_t η).
    """

    lag: int
    eta: float
    reach: float
    k_phi: float | None
    sup: float
    update: float
    bias: float

    @property
    def closed(self) -> float | None:
        """Closed constant times max‖u‖."""
        return None if self.k_phi is None else self.k_phi * self.update

    @property
    def segment(self) -> float:
        """The local rung of the claim."""
        local = predict("bias-ladder", Lambda=self.sup, U=self.update, s_t=self.lag, eta=self.eta)
        return local / (self.lag * self.eta)

    @property
    def floor(self) -> float:
        """Round-off of ``bias``, a difference of two gradients: 64 · 2⁻⁵² · max‖u‖/(s_t η)."""
        return 64.0 * 2.0**-52 * self.update / (self.lag * self.eta)

    @property
    def null(self) -> bool:
        """Both lower rungs are round-off: δ ≡ 0, as for one token and G ≤ 3, where the advantage gap is constant."""
        return max(self.bias, self.segment) <= self.floor

    @property
    def top_holds(self) -> bool:
        """Closed constant ≥ supremum over the segment, or no closed constant."""
        return self.closed is None or self.segment <= self.closed * (1.0 + ROUNDING)

    @property
    def bottom_holds(self) -> bool:
        """Supremum over the segment × max‖u‖ ≥ ‖δ_t‖/(s_t η)."""
        return self.bias <= self.segment * (1.0 + ROUNDING) + self.floor

    @property
    def whole_holds(self) -> bool:
        """Closed constant × max‖u‖ ≥ ‖δ_t‖/(s_t η), or no closed constant."""
        return self.closed is None or self.bias <= self.closed * (1.0 + ROUNDING) + self.floor

    @property
    def tightness(self) -> dict[str, float]:
        """Smaller side over larger side, per rung that there is; above 1 it is broken; none over a round-off."""
        found = {"bottom": self.bias / self.segment} if self.segment > self.floor else {}
        if self.closed:
            found |= {"top": self.segment / self.closed, "whole": self.bias / self.closed}
        return found


def rungs(
    objective: Population,
    paths: Paths,
    level: int,
    t: int,
    bias: Params,
    *,
    k_phi: float | None,
    reach: float,
    points: int = 5,
) -> Rungs:
    """Return the rungs at step t and learning rate ``level`` of a run.

    Args:
        objective: the population.
        paths: its run.
        level: which learning rate.
        t: which step; its lag must be ≥ 1.
        bias: δ_t of all learning rates, a stack.
        k_phi: closed K_φ where it is a theorem.
        reach: how far the clipped ratio went, for the table.
        points: grid of the segment, both ends included.

    Raises:
        ValueError: the lag is 0.
    """
    s, eta = int(paths.lag[t]), paths.etas[level]
    if s < 1:
        raise ValueError(f"expected a lag >= 1 at step {t}, got {s}")
    largest = max(float(norms(paths.update[k])[level]) for k in range(t - s, t))
    sup = segment_sup(objective, row(paths.theta[t], level), row(paths.phi[t], level), points)
    return Rungs(s, eta, reach, k_phi, sup.value, largest, float(norms(bias)[level]) / (s * eta))


@dataclass(frozen=True)
class Promised:
    """A random tabular GRPO problem, where the whole ladder is a theorem; drift in units of the certified radius."""

    problem: str
    objective: str
    clip: bool
    drift_over_radius: float
    ladder: Rungs


def inside(seed: int, count: int = 24, device: str = "cpu") -> list[Promised]:
    """Return the ladder of ``count`` random problems inside the certified radius, each with the clip on and off.

    The last step of a sync cycle; η is the first of η_0·0.8^j at which the drift is at most a tenth, half or 0.95 of
    the radius, η_0 a straight run's.
    """
    return [_promised(seed, i, clip, device) for i in range(count) for clip in (True, False)]


def _promised(seed: int, index: int, clip: bool, device: str) -> Promised:
    problem = random_problem(seed, index, clip, device)
    objective, radius = problem.objective, certified_radius(problem.clip).value
    steps, target = LAGS[index % len(LAGS)], INSIDE[index % len(INSIDE)] * radius
    first = target / (steps * norm(surrogate_gradient(objective, problem.theta, problem.theta)))
    etas = [first * 0.8**j for j in range(12)]
    paths = follow(objective, problem.theta, etas, lag.periodic_sync(steps + 1), steps + 1)
    drift = norms(add(paths.theta[steps], paths.phi[steps], -1.0))
    level = int((drift <= target).argmax())
    k_phi = closed(objective.group_size, objective.policy.length, problem.clip.hi)["K_phi"].value
    bias, far = bias_at(objective, paths, steps), float(drift[level]) / radius
    found = rungs(objective, paths, level, steps, bias, k_phi=k_phi, reach=far, points=9)
    return Promised(problem.name, objective.name, clip, far, found)


def summary(rows: Sequence[Rungs]) -> dict[str, Any]:
    """Return counts of broken rungs and worst and median tightness per rung (worst = largest; above 1 is broken).

    Null problems (δ ≡ 0) are counted apart and left out of the tightness, where they are 0/0. A rung without problems
    has no tightness: null.
    """
    live = [row for row in rows if not row.null]

    def spread(rung: str) -> dict[str, Any]:
        values = [row.tightness[rung] for row in live if rung in row.tightness]
        if not values:
            return {"problems": 0, "worst": None, "median": None, "loosest": None}
        return {"problems": len(values), "worst": max(values), "median": median(values), "loosest": min(values)}

    return {
        "problems": len(rows),
        "null": len(rows) - len(live),
        "top_broken": sum(not row.top_holds for row in live),
        "bottom_broken": sum(not row.bottom_holds for row in rows),
        "whole_broken": sum(not row.whole_holds for row in rows),
        "any_broken": sum(not (row.top_holds and row.bottom_holds) for row in live),
        **{rung: spread(rung) for rung in ("top", "bottom", "whole")},
    }
