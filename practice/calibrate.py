"""From trainer logs to the planning constants a and b: the exact set that reproduces the outcomes, and a 2nd route.

Every run is judged at the horizon T = its global step, or at its last logged reward where the global step lies before
that: a stable run is stable at (eta, S, T), a collapsed or degraded one unstable there. When it collapsed is left to
the second route, in which t_c * eta limits b.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Literal

from stalelaw import __version__

from ..theory.laws import LAWS, Constraint, Law, law
from .calibration import Calibration, CollapseTimes, Limits, Region, Run, SlabBox, TimeLimit
from .errors import BadInput
from .notes import determination_notes
from .outcome import Outcome, Thresholds, classify
from .region import Combiner, Load, Observation, Slab, conflict, exact, feasible, projection, time_fits, vertices
from .shape import checked_shape
from .staleness import StalenessSet
from .trainers import RunLog

__all__ = ["DegradedAs", "calibrate"]

DegradedAs = Literal["unstable", "stable", "ignored"]


def calibrate(
    logs: Sequence[RunLog],
    staleness: StalenessSet,
    law_id: str = "min",
    thresholds: Thresholds | None = None,
    degraded: DegradedAs = "unstable",
    shape: Mapping[str, float] | None = None,
) -> Calibration:
    """Return the set of (a, b), in learning rate x steps, that reproduces all outcomes under a boundary law.

    Args:
        logs: at least one run.
        staleness: sync interval S per run, in learner steps.
        law_id: key of ``theory.laws.LAWS``, read as *stable if and only if*.
        thresholds: of the outcome; the defaults are the contract's.
        degraded: how a degraded run counts.
        shape: the law's constants other than a and b, by name (``Law.shape``); they are given, not calibrated.

    Returns:
        Calibration: ``consistent`` is false, with a witness, when the set is empty or when the collapse time of a run
        fits no (a, b) of the set. Collapse times that merely scatter among themselves are reported, not refused.

    Raises:
        KeyError: unknown law.
        BadInput: the set of (a, b) of this law is not bounded by single loads, or a constant of the law is missing.
    """
    chosen, limits = law(law_id), thresholds or Thresholds()
    combiner, fixed = _combiner(chosen), checked_shape(chosen, shape or {})
    outcomes = [classify(log.reward_steps, log.rewards, limits) for log in logs]
    runs = [_run(*triple, staleness.source) for triple in zip(logs, staleness.values, outcomes, strict=True)]
    horizons = [max(log.steps, log.reward_steps[-1]) for log in logs]
    triples = list(zip(runs, outcomes, horizons, strict=True))
    seen = [o for triple in triples if (o := _observation(*triple, chosen, fixed, degraded)) is not None]
    plain = [replace(o, low=None, high=None) for o in seen]

    slabs = feasible(plain, combiner)
    clash, reason = conflict(plain, combiner), None
    if clash:
        reason = f"no (a, b) reproduces all outcomes under the law {chosen.id!r}: see conflict"
    elif late := next((o for o in seen if not time_fits(slabs, o, combiner)), None):
        clash = conflict([o if o is late else replace(o, low=None, high=None) for o in seen], combiner)
        fit = f"no (a, b) that reproduces all outcomes under the law {chosen.id!r}"
        reason = f"routes disagree: {fit} also fits the collapse time of {late.file}"
    a, b = (Limits.between(*map(_number, projection(slabs, axis))) for axis in ("a", "b"))
    times = _collapse_times(triples, chosen, fixed, degraded)
    notes = determination_notes(runs, horizons, chosen, degraded, a, b, times, bool(slabs), fixed)
    if len(clash) > 2:
        notes.append(f"The smallest conflict needs {len(clash)} runs; witness names two of them, conflict all.")
    odd = [f"{log.file}: {text}" for log, o in zip(logs, outcomes, strict=True) for text in o.warnings]
    return Calibration(
        stalelaw_version=__version__,
        law=chosen.id,
        shape=fixed,
        staleness_source=staleness.source,
        degraded_counts_as=degraded,
        thresholds={name: float(value) for name, value in asdict(limits).items()},
        runs=runs,
        a=a,
        b=b,
        region=_region(slabs),
        collapse_times=times,
        consistent=not clash,
        reason=reason,
        witness=_witness(clash),
        conflict=[o.file for o in clash],
        notes=notes,
        warnings=[*(text for log in logs for text in log.warnings), *_repeated(logs), *staleness.warnings, *odd],
    )


def _repeated(logs: Sequence[RunLog]) -> list[str]:
    """Point out logs of identical content: one run given twice is still one observation."""
    first: dict[str, str] = {}
    warnings: list[str] = []
    for log in logs:
        if log.digest in first:
            before = first[log.digest]
            warnings.append(f"{log.file}: same content as {before}, given before; a run given twice adds nothing")
        elif log.digest:
            first[log.digest] = log.file
    return warnings


def _run(log: RunLog, staleness: int, outcome: Outcome, source: Literal["given", "inferred"]) -> Run:
    varies = log.eta_max > log.eta_min
    return Run(
        file=log.file,
        trainer=log.trainer,
        eta=log.eta,
        eta_min=log.eta_min if varies else None,
        eta_max=log.eta_max if varies else None,
        staleness=staleness,
        max_lag=staleness - 1,  # periodic sync: lags 0..S-1
        lag_convention="periodic-sync",
        staleness_source=source,
        steps=log.steps,
        outcome=outcome.name,
        collapse_step=outcome.collapse_step,
        collapse_interval=list(outcome.collapse_interval) if outcome.collapse_interval else None,
    )


def _combiner(chosen: Law) -> Combiner:
    """How the law combines its bounds on a and b.

    Raises:
        BadInput: it has no a and b, or they bound eta together, not each for itself.
    """
    if chosen.combiner == "blend" or not chosen.constraints:
        fitted = ", ".join(entry.id for entry in LAWS.values() if entry.constraints and entry.combiner != "blend")
        raise BadInput(f"a law with separate bounds on a and b ({fitted})", repr(chosen.id), "see --help")
    return chosen.combiner


def _load(constraint: Constraint | None, run: Run, horizon: int, shape: Mapping[str, float]) -> Load | None:
    """Load of one constraint in learning rate x steps, exact in the decimals of the logged learning rate."""
    return None if constraint is None else constraint.exact_load(**shape)(exact(run.eta), run.staleness, horizon)


def _under(run: Run, chosen: Law, shape: Mapping[str, float]) -> bool:
    """Whether a run lies below the ceiling of the law, which is an exact decimal as well."""
    load = _load(chosen.ceiling, run, 1, shape)
    return load is None or chosen.ceiling is None or load <= exact(shape[str(chosen.ceiling.constant)])


def _observation(
    run: Run, outcome: Outcome, steps: int, chosen: Law, shape: Mapping[str, float], degraded: DegradedAs
) -> Observation | None:
    if run.outcome == "undecided" or (run.outcome == "degraded" and degraded == "ignored"):
        return None
    horizon = chosen.constraint("horizon")
    stable = run.outcome == "stable" or (run.outcome == "degraded" and degraded == "stable")
    low = high = None
    if run.collapse_step is not None and outcome.onset_floor is not None:
        low, high = (_load(horizon, run, step, shape) for step in (outcome.onset_floor, run.collapse_step))
    return Observation(
        file=run.file,
        p=_load(chosen.constraint("staleness"), run, steps, shape),
        q=_load(horizon, run, steps, shape),
        stable=stable,
        low=low,
        high=high,
        under=_under(run, chosen, shape),
    )


def _witness(clash: Sequence[Observation]) -> list[str] | None:
    """Two files of the conflict, one stable and one unstable where it has both; a run alone is named twice.

    Collapse times can set unstable runs against each other: one that collapsed late against one with a smaller load.
    """
    if not clash:
        return None
    kinds = [[o.file for o in clash if o.stable is stable] for stable in (True, False)]
    if all(kinds):
        return [kinds[0][0], kinds[1][0]]
    return [clash[0].file, clash[min(1, len(clash) - 1)].file]


def _collapse_times(
    triples: Sequence[tuple[Run, Outcome, int]], chosen: Law, shape: Mapping[str, float], degraded: DegradedAs
) -> CollapseTimes:
    """Second route: a collapse in (t_1, t_2] says ``eta t_1 <= b < eta t_2``; none up to T says ``b >= eta T``.

    t_1 is the last step before the trailing mean that first fell below its threshold, because the mean lags the reward.
    A run above the ceiling of the law says nothing on b.
    """
    limits: list[TimeLimit] = []
    ids, conjunctive = {c.name for c in chosen.constraints}, chosen.combiner == "all"
    on_interval = on_survival = "always" if "horizon" in ids else "never: the law has no b"
    if ids == {"staleness", "horizon"}:  # all: the horizon decides below eta S = a only; any: above it only
        on_interval, on_survival = ("if eta*S <= a", "always") if conjunctive else ("always", "if eta*S > a")
    for run, outcome, steps in triples:
        if not _under(run, chosen, shape):
            continue
        eta = exact(run.eta)
        if run.collapse_step is not None and outcome.onset_floor is not None:
            low, high = (float(eta * step) for step in (outcome.onset_floor, run.collapse_step))
            limits.append(TimeLimit(file=run.file, kind="interval", low=low, high=high, applies=on_interval))
        elif run.outcome == "stable" or (run.outcome == "degraded" and degraded == "stable"):
            low = float(eta * steps)
            limits.append(TimeLimit(file=run.file, kind="right-censored", low=low, high=None, applies=on_survival))
    if "horizon" not in ids:
        return CollapseTimes(b=Limits(), constant=None, limits=limits)
    bearing = [x for x in limits if x.kind == "interval" or conjunctive]
    low = max((x.low for x in bearing), default=0.0) or None
    high = min((x.high for x in bearing if x.high is not None), default=None)
    fits = low is None or high is None or low < high
    constant = fits if len(bearing) > 1 and high is not None else None
    return CollapseTimes(b=Limits.between(low, high) if fits else Limits(), constant=constant, limits=limits)


def _number(load: Load | None) -> float | None:
    return None if load is None else float(load)


def _region(slabs: Sequence[Slab]) -> Region:
    boxes = [
        SlabBox(a_low=float(s.a_low), a_high=_number(s.a_high), b_low=float(s.b_low), b_high=_number(s.b_high))
        for s in slabs
    ]
    return Region(slabs=boxes, vertices=[[_number(x), _number(y)] for x, y in vertices(slabs)])
