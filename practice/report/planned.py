"""The ``plan`` part of ``verdicts.json``: eta_max over S and T for the published preset and for the calibrated runs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ...theory.laws import law
from ..calibration import Calibration
from ..constants import Constants, from_calibration, from_preset
from ..errors import BadInput
from ..jsonio import dumps
from ..plan import plan

__all__ = ["plan_part"]

STALENESS = (1, 2, 4, 8, 16, 32, 64)
HORIZONS = (100, 320, 1000, 3200)


def plan_part(document: Mapping[str, Any], calibrations: Mapping[str, Calibration]) -> dict[str, Any]:
    """Return tables for the preset and, per law, for all shipped runs and for those without on-policy failures.

    Where a calibration does not allow a plan, its table is empty and ``refused`` says what ``stalelaw plan`` says.

    Args:
        document: the ``calibration`` part.
        calibrations: per law, without on-policy failures.
    """
    preset = from_preset("paper-v1")
    part: dict[str, Any] = {"staleness": list(STALENESS), "horizons": list(HORIZONS)}
    part["paper-v1"] = _table("min", preset)
    part["calibrated"] = {name: _of_calibration(name, found) for name, found in calibrations.items()}
    part["all_runs"] = {
        name: {"refused": None if document[name]["consistent"] else document[name]["reason"]} for name in calibrations
    }
    return part


def _of_calibration(law_id: str, found: Calibration) -> dict[str, Any]:
    with TemporaryDirectory(prefix="stalelaw-plan-") as folder:
        path = Path(folder) / "calibration.json"
        path.write_text(dumps(found.document()), encoding="utf-8")
        try:
            constants = from_calibration(path)
            named = Constants(
                constants.a,
                constants.b,
                "the shipped runs without on-policy failures",
                constants.law,
                constants.side,
                constants.provenance,
                constants.notes,
            )
            return _table(law_id, named)
        except BadInput as error:
            text = f"expected {error.expected}; got {error.got}".replace(f"calibration {path}", "these runs")
            return {"refused": text, "rows": [], "crossovers": []}


def _table(law_id: str, constants: Constants) -> dict[str, Any]:
    chosen = law(law_id)
    rows: list[list[dict[str, Any]]] = []
    crossovers: list[dict[str, Any]] = []
    for horizon in HORIZONS:
        answers = [plan(chosen, constants, staleness=s, horizon=horizon) for s in STALENESS]
        rows.append([{"eta_max": answer.eta_max, "regime": answer.regime} for answer in answers])
        first = answers[0]
        crossovers.append(
            {"horizon": horizon, "staleness": first.crossover_staleness}
            | {"reason": first.reasons.get("crossover_staleness")}
        )
    return {
        "refused": None,
        "law": law_id,
        "a": constants.a,
        "b": constants.b,
        "side": constants.side,
        "source": constants.source,
        "provenance": constants.provenance,
        "notes": list(constants.notes),
        "rows": rows,
        "crossovers": crossovers,
    }
