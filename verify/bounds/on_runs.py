"""A bound against its quantity, measured on random asynchronous runs.

The runs are fixed by the seed before anything is measured: problem i has largest lag ``LAGS[i % 4]``, one of three lag
models, clip on or off, and a learning rate at which its drift reaches a share of the radius inside which no token is
clipped (``inside``) or a multiple of it (``outside``).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cache, partial

import numpy as np

from ..constants import certified_radius
from ..objectives import surrogate_gradient
from ..problems import Problem
from ..runs import lag
from ..runs.training import Run, simulate, simulate_all
from ..slopes import extrapolated_slope
from ..studies.kinds import Kind
from ..trees import norm
from ..verdicts import Measurement, Verdict, compare_exact, compare_lower, compare_order, compare_upper, not_measured
from .own import Bound, check_symbols
from .vocabulary import QUANTITIES, ROUND_OFF, Case

__all__ = ["measure", "measure_all", "moves"]

LAGS = (1, 2, 4, 8)
INSIDE = (0.1, 0.5, 0.95)  # drift in units of the certified radius
OUTSIDE = (2.0, 4.0, 8.0)
RUNS = 3  # per largest lag in the quick suite, one per lag model; eight times as many in the full one
LEVELS = 10
SLOPE_TOLERANCE = 0.01


def measure(bound: Bound, kind: Kind, seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Confront a bound with the runs of a seed: one verdict per largest lag, on the case that breaks it most.

    Raises:
        ValueError: as ``check_symbols``.
    """
    return kind.noted(measure_all([bound], kind, seed, suite, device)[0])


def measure_all(
    bounds: Sequence[Bound], kind: Kind, seed: int, suite: str = "quick", device: str = "cpu"
) -> list[list[Verdict]]:
    """Confront several bounds with the same runs, each of which is made once: the verdicts of every bound.

    Raises:
        ValueError: as ``check_symbols``.
    """
    for bound in bounds:
        check_symbols(bound, kind)
    count = len(LAGS) * RUNS * (1 if suite == "quick" else 8)
    rows: list[list[Verdict]] = [[] for _ in bounds]
    for place, largest in enumerate(LAGS):
        found: list[list[Verdict | str]] = [[] for _ in bounds]
        moving = 0
        for index in range(place, count, len(LAGS)):
            problem = kind.problem(seed, index)
            if not moves(problem, kind):
                continue
            moving += 1
            run = cache(partial(_run, kind=kind, problem=problem, index=index, largest=largest))
            for bound, mine in zip(bounds, found, strict=True):
                if bound.kind == "leading-order":
                    mine.extend(_order(bound, kind, problem, largest, seed, device))
                else:
                    mine.extend(_sides(bound, kind, problem, run(bound.domain), seed, device))
        for bound, mine, out in zip(bounds, found, rows, strict=True):
            out.append(_worst(bound, mine, moving, seed))
    return rows


def _worst(bound: Bound, found: Sequence[Verdict | str], runs: int, seed: int) -> Verdict:
    """The verdict that breaks the bound most, or comes closest to it; texts say why a case has none."""
    measured = [v for v in found if isinstance(v, Verdict)]
    without = Counter(reason for reason in found if isinstance(reason, str))
    reasons = [f"{count} without a number, {reason}" for reason, count in without.items()]
    if not measured:
        what = "; ".join(reasons) or "H is round-off at every start"
        return not_measured(bound.id, f"{what}; {runs} runs that move", seed)

    def rank(v: Verdict) -> tuple[int, float]:
        if bound.kind in ("exact", "leading-order") and v.measured is not None and v.predicted is not None:
            near = abs(v.measured - v.predicted) / (abs(v.predicted) or 1.0)
        else:
            near = v.tightness or 0.0
        return ("holds", "undecided", "violated").index(v.status), 0.0 if math.isnan(near) else near

    far = max(measured, key=rank)
    broken = sum(v.status == "violated" for v in measured)
    what = [f"{bound.quantity} against {bound.formula.text}, {bound.kind}, {bound.domain}: {far.message}"]
    if far.predicted is not None and not math.isfinite(far.predicted):
        what.append(f"the formula has no finite value there ({far.predicted})")
    what += [f"{broken} of {len(measured)} measured break it, {runs} runs", *reasons]
    if bound.costly:
        what.append(f"{', '.join(bound.costly)} estimated from below")
    return replace(far, message="; ".join(what), n=len(measured))


def moves(problem: Problem, kind: Kind) -> bool:
    """Return whether H is more than round-off at the start; where rewards cancel no run leaves it."""
    return norm(surrogate_gradient(problem.objective, problem.theta, problem.theta)) > ROUND_OFF * kind.rounding


def _unclipped(run: Run, problem: Problem, kind: Kind, radius: float) -> bool:
    if kind.tabular:
        return float(run.drift.max()) <= radius
    return float(run.ratio_max.max()) <= 1.0 + problem.clip.hi and float(run.ratio_min.min()) >= 1.0 - problem.clip.lo


def _run(domain: str, kind: Kind, problem: Problem, index: int, largest: int) -> Run:
    """The run of a problem: its lag model, and its learning rate by the domain."""
    turn = index // len(LAGS) % 3
    model = (lag.periodic_sync(largest + 1), lag.constant(largest), lag.sawtooth(largest))[turn]
    radius = (INSIDE if domain == "inside" else OUTSIDE)[turn] * certified_radius(problem.clip).value
    eta = radius / (largest * norm(surrogate_gradient(problem.objective, problem.theta, problem.theta)))
    while True:
        run = simulate(problem.objective, problem.theta, eta, model, 2 * largest + 2)
        if domain == "outside" or _unclipped(run, problem, kind, radius):
            return run
        eta *= 0.8


def _where(case: Case) -> str:
    return f"{case.problem.name}, {case.run.lag_model.name}, t={case.t}, lag {case.s}, eta={case.run.eta:.6g}"


def _sides(bound: Bound, kind: Kind, problem: Problem, run: Run, seed: int, device: str) -> list[Verdict | str]:
    """Upper, lower and exact bounds at every step with a lag; only at the last one where a symbol is costly."""
    found, reading = list[Verdict | str](), QUANTITIES[bound.quantity]
    floor = reading.floor * kind.rounding * float(run.update.max())
    steps = [t for t in range(len(run.lag)) if run.lag[t] > 0]
    for case in (Case(problem, run, t, kind.rounding) for t in (steps[-1:] if bound.costly else steps)):
        read = reading.read(case)
        if read is None:
            found.append(reading.void)
            continue
        measured, predicted = Measurement(read, seed=seed, device=device), bound.predicted(case)
        name, where = problem.objective.name, _where(case)
        if bound.kind == "upper":
            found.append(compare_upper(bound.id, name, predicted + floor, measured, where))
        elif bound.kind == "lower":
            found.append(compare_lower(bound.id, name, predicted - floor, measured, where))
        else:
            rtol = 1e6 * kind.rounding
            scale = max(floor / rtol, float(np.finfo(float).tiny))
            found.append(compare_exact(bound.id, name, predicted, measured, where, rtol, scale))
    return found


def _order(bound: Bound, kind: Kind, problem: Problem, largest: int, seed: int, device: str) -> list[Verdict | str]:
    """Exponent of eta in the quantity against that of the formula, at the last step of a cycle."""
    gradient = norm(surrogate_gradient(problem.objective, problem.theta, problem.theta))
    radius, model = certified_radius(problem.clip).value, lag.periodic_sync(largest + 1)
    first, reading = radius / (2.0 * largest * gradient), QUANTITIES[bound.quantity]
    while not _unclipped(simulate(problem.objective, problem.theta, first, model, largest + 1), problem, kind, radius):
        first *= 0.5  # the radius is that of tabular policies; where a ratio passes the clip, H jumps
    etas = [first / 2.0**i for i in range(LEVELS)]
    runs = simulate_all(problem.objective, problem.theta, etas, model, largest + 1)
    cases = [Case(problem, run, largest, kind.rounding) for run in runs]
    held = bound.values(cases[0], bound.costly)  # of order one: they have a limit, and no exponent
    formula, read = [bound.predicted(case, held) for case in cases], [reading.read(case) for case in cases]
    if any(value <= 0.0 for value in formula):
        return ["the formula is 0 or negative, so that it has no exponent; give one that is positive"]
    values = [value for value in read if value is not None]
    if len(values) < len(read):
        return [reading.void]
    try:
        rounding = reading.floor and gradient * kind.rounding / 2.0**-52
        measured = extrapolated_slope(etas, values, rounding)
    except ValueError:
        return [f"{bound.quantity} is round-off, or not positive"]
    m = Measurement(measured.value, seed=seed, device=device)
    text = f"exponent of eta, {_where(cases[0])} and halves of it"
    lost = [value for value in formula if not math.isfinite(value)]
    if lost:
        return [compare_order(bound.id, problem.objective.name, lost[0], m, text, SLOPE_TOLERANCE)]
    predicted = extrapolated_slope(etas, formula, 0.0)
    verdict = compare_order(bound.id, problem.objective.name, predicted.value, m, text, SLOPE_TOLERANCE)
    if max(measured.change, predicted.change) > SLOPE_TOLERANCE:
        return [replace(verdict, status="undecided", message=f"{text} (the extrapolation has not settled)")]
    return [verdict]
