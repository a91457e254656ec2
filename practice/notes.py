"""What a calibration's data cannot determine, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from ..theory.laws import Law
from .calibration import CollapseTimes, Limits, Run

__all__ = ["determination_notes"]


def determination_notes(
    runs: Sequence[Run],
    horizons: Sequence[int],
    law: Law,
    degraded: Literal["unstable", "stable", "ignored"],
    a: Limits,
    b: Limits,
    times: CollapseTimes,
    nonempty: bool,
    shape: Mapping[str, float],
) -> list[str]:
    """Return sentences on limits that are missing, on what was not varied, and on the conventions used."""
    late = any(horizon > run.steps for run, horizon in zip(runs, horizons, strict=True))
    judged = "every run at T = its global step" + (" or its last logged reward, whichever is later" if late else "")
    notes = [
        f"Law {law.id!r}, read as stable if and only if: eta <= {law.eta_max}; {judged}.",
        "Limits mean low <= constant < high: the boundary itself counts as stable.",
    ]
    notes += [f"{name} = {value:g} was given, not calibrated." for name, value in shape.items()]
    decided = [run for run in runs if run.outcome != "undecided"]
    if not nonempty:
        notes.append("The set of (a, b) is empty, so neither constant has limits.")
    else:
        for name, constraint, limits in (("a", "staleness", a), ("b", "horizon", b)):
            if law.constraint(constraint) is None:
                notes.append(f"The law {law.id!r} has no constant {name}.")
                continue
            if limits.low is None:
                notes.append(f"No lower limit on {name}: the outcomes fit however small {name} is.")
            if limits.high is None:
                notes.append(f"No upper limit on {name}: the outcomes fit however large {name} is.")
    kinds = {run.outcome for run in decided}
    if len({run.staleness for run in decided}) == 1:
        notes.append(f"All runs have S = {decided[0].staleness}: how the limit depends on S is not tested.")
    lengths = {horizon for run, horizon in zip(runs, horizons, strict=True) if run.outcome != "undecided"}
    if len(lengths) == 1:
        notes.append(f"All runs have T = {min(lengths)}: how the limit depends on T is not tested by outcomes.")
    if "degraded" in kinds:
        notes.append(f"Degraded runs count as {degraded} (--degraded changes that).")
    on_policy = [run.file for run in decided if run.staleness == 1 and run.outcome != "stable"]
    if on_policy:
        cause = "no stale rollout is involved, and only a ceiling on the learning rate speaks of that"
        notes.append(f"Not stable on-policy (S = 1): {', '.join(on_policy)}; {cause}.")
    left_out = [run.file for run in runs if run.outcome == "undecided"]
    if left_out:
        notes.append(f"Undecided runs take no part: {', '.join(left_out)}.")
    if any(run.eta_min is not None for run in runs):
        notes.append("Where the learning rate varies, loads use its median over the logged rows.")
    if times.constant is False:
        notes.append("t_c * eta is not constant over these runs: no single b fits all collapse times and survivals.")
    return notes
