"""Everything the report says, as one document: the proofs, the measurements, the shipped runs, the plan, provenance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .background import Measuring
from .effort import Effort
from .planned import plan_part
from .provenance import provenance
from .shipped import calibration_part, read_shipped
from .trained import trained_part

__all__ = ["Collected", "Notify", "collect"]

Notify = Callable[[str, str, int], None]
"""Called with a track (``proofs``, ``mutants``, ``measurements``), what comes next, and how many there are in all."""


@dataclass(frozen=True)
class Collected:
    """``document`` is verdicts.json without its stamps; ``derivation`` the printable proofs of theory.render."""

    document: dict[str, Any]
    derivation: Any


def collect(effort: Effort, seed: int, device: str, command: str, notify: Notify) -> Collected:
    """Prove in this process, measure in a second one, and calibrate the shipped runs.

    Args:
        effort: how much.
        seed: of the measured problems.
        device: torch device.
        command: for the provenance.
        notify: progress.
    """
    from ...theory import derive as theory
    from ...theory.cache import user_cache
    from ...theory.render.document import build
    from .measured import stages

    total, cache = stages(effort), user_cache()
    with Measuring(effort, seed, device) as measuring:

        def measured(stage: str) -> None:
            notify("measurements", stage, total)

        measurements: dict[str, Any] | None = None

        def follow(track: str) -> Callable[[Any, int], None]:
            def step(claim: Any, count: int) -> None:
                nonlocal measurements
                notify(track, claim.id, count)
                measurements = measurements or measuring.pump(measured)

            return step

        verdicts = theory.derive(on_claim=follow("proofs"), cache=cache)
        found = theory.perturb(verdicts, follow("mutants"), cache) if effort.mutants else None
        derived = theory.document(verdicts, found, cache)
        derivation = build(verdicts, found)
        calibration, calibrations = calibration_part(read_shipped())
        plan = plan_part(calibration, calibrations)
        measurements = measurements or measuring.result(measured)
    trained = trained_part()
    document = {"derive": derived, **measurements, "trained": trained, "calibration": calibration, "plan": plan}
    document["headline"] = headline(document)
    document["provenance"] = provenance(command, effort, seed, device)
    return Collected(document, derivation)


def headline(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the key numbers, each a count or an extreme of what stands elsewhere in the document."""
    derive, verdicts = document["derive"], document["check"]["verdicts"]
    cited = [c for c in derive["claims"] if c["kind"] == "cited"]
    own = [c for c in derive["claims"] if c["kind"] != "cited"]
    steps = derive["counts"]["steps_by_status"]
    counted = [v for v in verdicts if v["status"] != "not-measured"]
    bounds = [v for v in counted if v["tightness"] is not None]
    best: dict[str, float] = {}
    for verdict in bounds:
        best[verdict["claim"]] = max(best.get(verdict["claim"], 0.0), verdict["tightness"])
    made = derive["counts"].get("mutants")
    return {
        "claims": len(own),
        "claims_proved": sum(c["status"] == "proved" for c in own),
        "facts_cited": len(cited),
        "assumptions_needed": sum(len(c["necessity"]) for c in own),
        "tight_claims": sum(bool(c["attained"]) for c in own),
        "not_tight_claims": sum("not_tight" in c for c in own),
        "steps": derive["counts"]["steps"],
        "steps_proved": steps.get("proved", 0),
        "proved_share": derive["counts"]["proved_share"],
        "steps_cited": len(derive["counts"]["cited"]),
        "steps_open": steps.get("undecided", 0) + steps.get("refuted", 0),
        "mutants_noticed_share": made and _share(made["caught"], made["made"] - made["equivalent"]),
        "comparisons": len(counted),
        **{name: sum(v["status"] == name for v in counted) for name in ("holds", "violated", "undecided")},
        "refuted_empirically": sum(v["status"] == "refuted-empirically" for v in counted),
        "claims_with_tightness": len(best),
        "claims_within_one_percent": sum(value > 0.99 for value in best.values()),
        "tightness": [{"claim": claim, "best": value} for claim, value in best.items()],
        "consistent_laws": sum(bool(document["calibration"][law]["consistent"]) for law in ("min", "max")),
    }


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
