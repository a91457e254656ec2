"""The measured half of ``verdicts.json``: verdicts per claim, growth and sources of the bias, constants, the ladder,
the study on all policy kinds, what happens beyond the radius of the clip, and the spectra of three policies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from .effort import Effort

__all__ = ["measure", "stages"]

EXTRA = ("growth of the bias", "ladder", "study of the bias", "beyond the radius", "sources of the bias", "spectra")
LENGTHS, SIZES, EPS_HI = (1, 2, 4, 8, 16, 32, 64, 128, 256), (2, 3, 4, 8, 16, 32, 64), 0.2


def stages(effort: Effort) -> int:
    """How many times ``measure`` reports progress."""
    from ...theory.claims import all_claims

    return (len(effort.claims) if effort.claims else len(all_claims())) + len(EXTRA)


def measure(effort: Effort, seed: int, device: str, notify: Callable[[str], None]) -> dict[str, Any]:
    """Return the parts ``check``, ``scaling``, ``ladder``, ``study``, ``beyond``, ``sources``, ``spectra`` and
    ``constants``.

    Plain data without NaN.

    Args:
        effort: how much is measured.
        seed: replays everything.
        device: torch device.
        notify: called with the name of each stage before it starts.
    """
    from ...verify import check

    verdicts = check.run(effort.claims, effort.suite, seed, device, notify)
    notify(EXTRA[0])
    growth = _scaling(seed, device)
    return {
        "check": {"suite": effort.suite, "seed": seed, "device": device, "verdicts": check.rows(verdicts)},
        "scaling": growth,
        "ladder": _ladder(effort, seed, device, notify),
        "study": _study(effort, seed, device, notify),
        "beyond": _beyond(effort, seed, device, notify),
        "sources": _sources(seed, device, notify),
        "spectra": _spectra(seed, device, notify),
        "constants": _constants(),
    }


def _scaling(seed: int, device: str) -> dict[str, Any]:
    """‖δ‖ on the grid with what theory says of it: first order at η → 0, and the bound C S_max η with closed C."""
    from ...verify import scaling
    from ...verify.constants import closed, predict
    from ...verify.objectives import behaviour_jvp, surrogate_gradient
    from ...verify.problems import main_problem
    from ...verify.runs import lag
    from ...verify.runs.training import simulate
    from ...verify.trees import norm

    problem = main_problem(seed, device=device)
    objective, theta = problem.objective, problem.theta
    grid = scaling.bias_grid(problem)
    first = norm(behaviour_jvp(objective, theta, theta, surrogate_gradient(objective, theta, theta)))
    steps = max(grid.lags) + 1
    runs = [simulate(objective, theta, eta, lag.periodic_sync(steps), steps) for eta in grid.etas]
    update = max(float(run.update.max()) for run in runs)
    constants = closed(objective.group_size, objective.policy.length, problem.clip.hi)
    # C at S_max η = 1 is the bound per unit of S_max η
    values = {name: constant.value for name, constant in constants.items()} | {"G_upd": update}
    per_unit = predict("staleness-bias", **values, S_max=1.0, eta=1.0)
    eta, remainder = scaling.eta_slopes(grid), scaling.remainder_slopes(grid)
    by_lag = [{"value": value, "change": change} for value, change in scaling.lag_slopes(grid)]
    return {
        "problem": problem.name,
        "objective": objective.name,
        "grid": grid.as_dict(),
        "first_order": first,
        "K_phi": values["K_phi"],
        "G_upd": update,
        "C": per_unit,
        "eta_slopes": [asdict(slope) for slope in eta],
        "lag_slopes": by_lag,
        "remainder_slopes": [asdict(slope) for slope in remainder],
        "derivatives": scaling.derivative_table(seed, device),
        "worst": {
            "eta_slope": max(abs(slope.value - 1) for slope in eta),
            "lag_slope": max(abs(slope["value"] - 1) for slope in by_lag),
            "remainder_slope": max(abs(slope.value - 2) for slope in remainder),
            "bound_over_bias": per_unit / max(map(max, grid.per_step.tolist())),
            "first_order_miss": max(abs(value / first - 1) for value in grid.per_step[:, -1].tolist()),
        },
    }


def _ladder(effort: Effort, seed: int, device: str, notify: Callable[[str], None]) -> dict[str, Any]:
    """Where the whole ladder is a theorem."""
    from ...verify import ladder

    notify(EXTRA[1])
    rows = ladder.inside(seed, effort.problems, device)
    found = [
        {"problem": row.problem, "drift_over_radius": row.drift_over_radius, "null": row.ladder.null}
        | {f"{rung}_tightness": value for rung, value in row.ladder.tightness.items()}
        for row in rows
    ]
    return {"inside": {"summary": ladder.summary([row.ladder for row in rows]), "rows": found}}


def _study(effort: Effort, seed: int, device: str, notify: Callable[[str], None]) -> dict[str, Any]:
    """Every drawn problem, policy kinds × losses × lag models."""
    from ...verify.studies import study

    notify(EXTRA[2])
    rows = study.rows(seed, effort.stride, device)
    kept = ("problem", "kind", "loss", "model", "order", "coefficient", "lag_slope", "round_off", "reach", "source_gap")
    found = [
        {name: getattr(row, name) for name in kept}
        | {"eta_slope": row.eta_exponent, "remainder_slope": row.remainder_exponent, "null": row.ladder.null}
        | {"tightness": row.ladder.tightness.get("bottom")}
        for row in rows
    ]
    return {"drawn": study.COUNT, "problems": len(rows), **study.summary(rows), "rows": found}


def _beyond(effort: Effort, seed: int, device: str, notify: Callable[[str], None]) -> dict[str, Any]:
    """The second table, and the bias along one line across the edge of the clip."""
    from ...verify.studies import beyond

    notify(EXTRA[3])
    rows = beyond.rows(seed, effort.stride, device)
    found = [
        {"problem": row.problem, "loss": row.loss, "clip": row.clip, "jump": row.jump, "reach": row.ladder.reach}
        | {"holds": row.ladder.bottom_holds, "null": row.ladder.null, "tightness": row.ladder.tightness.get("bottom")}
        for row in rows
    ]
    return {"losses": beyond.summary(rows), "rows": found, "across": beyond.across(seed, device=device)}


def _sources(seed: int, device: str, notify: Callable[[str], None]) -> dict[str, Any]:
    """The bias of each loss on one problem as the length of its sources along it; they add up to the bias."""
    from ...verify.constants import certified_radius
    from ...verify.source_groups import source_problem
    from ...verify.sources import bars, losses
    from ...verify.trees import add, norm

    notify(EXTRA[4])
    problem = source_problem(seed, stop=1, distance=0.2, device=device)
    reference = source_problem(seed, 1, device=device).theta  # of the KL term
    radius = certified_radius(problem.clip).value
    found = bars(problem, losses(), reference)
    rows = [{"loss": name, "bias": sum(parts.values()), "parts": parts} for name, parts in found.items()]
    return {
        "group_size": problem.group_size,
        "vocab": problem.policy.vocab,
        "longest": problem.policy.length,
        "drift_over_radius": norm(add(problem.phi, problem.theta, -1.0)) / radius,
        "losses": rows,
    }


def _spectra(seed: int, device: str, notify: Callable[[str], None]) -> dict[str, Any]:
    """Constants and eigenvalues of one policy of each kind; one row per constant, one cell per policy."""
    from ...verify.studies.points import points

    notify(EXTRA[5])
    found = points(seed, device)
    rows: dict[tuple[str, int], list[dict[str, Any] | None]] = {}
    for place, point in enumerate(found):
        names = [c.name for c in point.constants]
        for i, constant in enumerate(point.constants):  # a constant may come twice, from above and from below
            cells = rows.setdefault((constant.name, names[:i].count(constant.name)), [None] * len(found))
            cells[place] = constant.as_dict()
    kept = ("kind", "objective", "parameters", "asymmetry", "commutator")
    return {
        "points": [
            {name: getattr(point, name) for name in kept}
            | {slot: sorted(getattr(point, slot).real.tolist()) for slot in ("learner", "behaviour")}
            | {"imaginary": float(max(abs(point.learner.imag).max(), abs(point.behaviour.imag).max()))}
            for point in found
        ],
        "constants": [{"name": name, "cells": cells} for (name, _), cells in rows.items()],
    }


def _constants() -> dict[str, Any]:
    """K_φ by groups and by responses against response length and group size: formulas and enclosures, no sampling."""
    from ...verify.representations import constants_table

    return {"eps_hi": EPS_HI, "rows": [asdict(row) for row in constants_table(LENGTHS, SIZES, EPS_HI)]}
