"""The bias on one drawn problem: exponents, constant, ladder and sources in one row.

Nothing is left out: a problem whose bias is null, or starts at second order, or whose run leaves the radius of the clip
is a row like the others and counted by name. Its exponents are predicted from derivatives at θ_0 (``scaling``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from ...theory.surrogates import surrogate
from ...theory.surrogates.table import row as facts_of
from ..constants import certified_radius, closed
from ..ladder import Rungs, rungs
from ..populations.closed import Clip
from ..runs.lag import LagModel
from ..runs.training import Paths, bias_at, follow, norms, row
from ..scaling import Start, bias_with_remainder, rates, start
from ..slopes import EPS, Slope, extrapolated_slope, richardson
from ..sources import losses, split
from ..trees import Params, add, flatten, norm
from .drawn import STEPS, Drawn, draw, reach
from .kinds import KINDS

__all__ = ["LEVELS", "Row", "covered", "measure_problem", "top_step"]

LEVELS = 12
"""Learning rates, halving."""
CUT = 1e4
"""Local slopes may carry a relative rounding of 1e-4: small first or second derivatives show at small rates only."""


@dataclass(frozen=True)
class Row:
    """One problem. Slopes are None where the numbers are round-off, and where there is nothing of that order.

    Args:
        index: number of the problem.
        problem, kind, loss, model: its name, policy kind, loss and lag model.
        objective: population objective.
        dim: parameters.
        order: expected exponent in η, 0 where the bias is null to second order.
        curved: whether the remainder starts at second order.
        gradient: ‖H(θ_0,θ_0)‖.
        lags: lag s_t of every step t of the longer run.
        bias: ‖δ_t‖ of every step at the coarsest η.
        eta: that η.
        reach: how far the clipped ratio went towards its edge there, largest over the steps.
        eta_slope, remainder_slope: exponents in η at the largest lag, with the size of the last correction.
        lag_slope: exponent between the largest lags ``pair`` of two sizes of the lag model, at η → 0.
        coefficient: ‖δ‖/(s η) at η → 0, over ‖∂_φH(θ_0,θ_0) H(θ_0,θ_0)‖; 1 by Theorem 1′.
        round_off: largest ‖δ‖/‖H(θ_0,θ_0)‖ over all steps and learning rates seen.
        ladder: its rungs.
        source_gap: ‖Σ sources − δ‖/‖H‖ for losses that have factors.
    """

    index: int
    problem: str
    kind: str
    loss: str
    model: str
    objective: str
    dim: int
    order: int
    curved: bool
    gradient: float
    lags: list[int]
    bias: list[float]
    eta: float
    reach: float
    pair: list[int]
    eta_slope: list[float] | None
    lag_slope: float | None
    coefficient: float | None
    remainder_slope: list[float] | None
    round_off: float
    ladder: Rungs
    source_gap: float | None

    @property
    def eta_exponent(self) -> float | None:
        """Exponent of ‖δ‖ in η at η → 0."""
        return self.eta_slope[0] if self.eta_slope else None

    @property
    def remainder_exponent(self) -> float | None:
        """Exponent of the remainder in η at η → 0."""
        return self.remainder_slope[0] if self.remainder_slope else None

    @property
    def inside(self) -> bool:
        """Whether no token of the run is clipped at any learning rate."""
        return self.reach < 1.0


def top_step(lags: Sequence[int]) -> int:
    """Return the last step at the largest lag."""
    return max(t for t, s in enumerate(lags) if s == max(lags))


def covered(problem: Drawn) -> bool:
    """Whether the claim ``closed-constants`` speaks of this problem: its loss, tabular, all responses of one length."""
    fixed = problem.population.responses.end is None
    return problem.kind == "tabular" and fixed and "closed-constants" in facts_of(surrogate(problem.loss)).constants


def _slope(etas: Sequence[float], values: np.ndarray, scale: float) -> Slope | None:
    """The exponent, or None where fewer than three levels are above round-off."""
    above = values >= CUT * EPS * scale
    return extrapolated_slope(etas, values.tolist(), scale, CUT) if above[:3].all() else None


@dataclass(frozen=True)
class _Seen:
    """One run with δ at its last step, the last one at the largest lag: stacks over the learning rates."""

    paths: Paths
    delta: Params
    bias: np.ndarray
    remainder: np.ndarray

    @property
    def step(self) -> int:
        return len(self.paths.lag) - 1

    @property
    def lag(self) -> int:
        return int(self.paths.lag[-1])


def _look(problem: Drawn, etas: tuple[float, ...], model: LagModel) -> _Seen:
    t = top_step([model.lag(k) for k in range(STEPS)])
    paths = follow(problem.population, problem.theta, etas, model, t + 1)
    delta, rest = bias_with_remainder(problem.population, paths, t)
    return _Seen(paths, delta, norms(delta), norms(rest))


def _source_gap(problem: Drawn, seen: _Seen) -> float | None:
    """‖Σ sources − δ‖/‖u_t‖ at the coarsest η: the split and the loss itself share no code."""
    loss, reference = problem.population.loss.record, problem.population.reference
    if loss not in losses() or loss.advantage.centre == "critic":
        return None
    theta, phi, u = (row(stack[seen.step], 0) for stack in (seen.paths.theta, seen.paths.phi, seen.paths.update))
    parts = split(loss, problem.sources(theta, phi), reference=reference)
    gap = torch.stack(list(parts.values())).sum(0) - flatten(row(seen.delta, 0))
    return float(gap.pow(2).sum().sqrt()) / norm(u)


def _exponents(begin: Start, etas: Sequence[float], both: Sequence[_Seen]) -> dict[str, Any]:
    """Slopes and coefficient from ‖δ‖ and the remainder at the largest lag of both sizes of the lag model."""
    less, more = both
    slope = _slope(etas, more.bias, begin.gradient) if begin.order else None
    quadratic = _slope(etas, more.remainder, begin.gradient) if begin.curved else None
    found: dict[str, Any] = dict.fromkeys(("eta_slope", "lag_slope", "coefficient", "remainder_slope"))
    if quadratic:
        found["remainder_slope"] = [quadratic.value, quadratic.change]
    if not slope:
        return found
    found["eta_slope"] = [slope.value, slope.change]
    if begin.order == 1:
        kept = len(slope.levels)
        unit = more.bias[:kept] / (more.lag * np.array(etas[:kept]) * begin.first * begin.gradient)
        by_lag = np.log(more.bias[:kept] / less.bias[:kept]) / np.log(more.lag / less.lag)
        found["coefficient"], found["lag_slope"] = (richardson(x.tolist(), 2.0)[0] for x in (unit, by_lag))
    return found


def _ladder(problem: Drawn, seen: _Seen, level: int) -> Rungs:
    """The ladder at one learning rate, with the closed constant where it is a theorem."""
    population, paths, t = problem.population, seen.paths, seen.step
    at = row(paths.theta[t], level), row(paths.phi[t], level)
    clip = Clip(population.loss.numbers["eps_lo"], population.loss.numbers["eps_hi"])
    promised = covered(problem) and norm(add(*at, -1.0)) < certified_radius(clip).value
    k_phi = closed(population.group_size, population.responses.policy.length, clip.hi)["K_phi"].value
    far = float(reach(population, *at))
    return rungs(population, paths, level, t, seen.delta, k_phi=k_phi if promised else None, reach=far)


def measure_problem(seed: int, index: int, device: str = "cpu") -> Row:
    """Return the row of one problem; see ``Row``."""
    problem = draw(seed, index, device)
    population, begin = problem.population, start(problem.population, problem.theta)
    etas = rates(population, problem.theta, max(problem.models[1].lag(k) for k in range(STEPS)), LEVELS)
    both = [_look(problem, etas, model) for model in problem.models]
    seen = both[1]
    paths, steps = seen.paths, range(seen.step + 1)
    every = [norms(bias_at(population, paths, k)) if paths.lag[k] else np.zeros(LEVELS) for k in steps]
    return Row(
        index=index,
        problem=problem.name,
        kind=problem.kind,
        loss=problem.loss,
        model=problem.model,
        objective=population.name,
        dim=flatten(problem.theta).numel(),
        order=begin.order,
        curved=begin.curved,
        gradient=begin.gradient,
        lags=paths.lag.tolist(),
        bias=[float(values[0]) for values in every],
        eta=etas[0],
        reach=max(float(reach(population, row(paths.theta[k], 0), row(paths.phi[k], 0))) for k in steps),
        pair=[each.lag for each in both],
        round_off=max(float(values.max()) for values in every) / begin.gradient,
        ladder=_ladder(problem, seen, index // len(KINDS) % 3),
        source_gap=_source_gap(problem, seen),
        **_exponents(begin, etas, both),
    )
