"""Where planning constants come from: given, a preset, or the safe side of a calibration."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from .calibration import read_calibration
from .errors import BadInput, printable

__all__ = ["PRESETS", "Constants", "from_calibration", "from_preset"]

PRESETS = ("paper-v1",)


@dataclass(frozen=True)
class Constants:
    """a and b in learning rate x steps; None where unknown.

    Args:
        a: R_batch / G_upd.
        b: R_crit / G_upd.
        source: where they come from.
        law: the law they were fitted under; None for given values.
        side: ``given``, or ``low``: the lower limits of a calibration, the safe side.
        provenance: origin and references; None for given values.
        notes: caveats to print.
        shape: the other constants of that law, by symbol name.
    """

    a: float | None
    b: float | None
    source: str
    law: str | None = None
    side: str = "given"
    provenance: str | None = None
    notes: tuple[str, ...] = ()
    shape: dict[str, float] = field(default_factory=dict[str, float])

    @classmethod
    def given(cls, a: float | None, b: float | None) -> Constants:
        """Take values from the command line.

        Raises:
            BadInput: not finite and positive.
        """
        for name, value in (("a", a), ("b", b)):
            if value is not None and not 0 < value < math.inf:
                raise BadInput(f"a finite {name} > 0 (learning rate x steps)", f"{name} = {value}", "correct the value")
        return cls(a, b, "the command line")


def from_preset(name: str) -> Constants:
    """Read a preset shipped with the package.

    Raises:
        BadInput: unknown preset.
    """
    if name not in PRESETS:
        raise BadInput(f"a preset out of {', '.join(PRESETS)}", repr(name), "or calibrate: `stalelaw calibrate`")
    text = files("stalelaw.practice").joinpath("presets", f"{name}.json").read_text(encoding="utf-8")
    body = json.loads(text)
    return Constants(
        a=body["a"],
        b=body["b"],
        source=f"preset {name}",
        law=body["law"],
        provenance=body["provenance"],
        notes=tuple(f"Caveat: {text}" for text in body["caveats"]),
    )


def from_calibration(path: Path | str) -> Constants:
    """Read a calibration and take the lower limit of each constant: with it, a plan is inside for every (a, b) left.

    Raises:
        BadInput: not a calibration, or an inconsistent one.
    """
    calibration = read_calibration(path)
    if not calibration.consistent:
        raise BadInput(
            "a consistent calibration",
            f"{path}: {calibration.reason}",
            "calibrate under another --law or on runs of one set-up, or give --a and --b and take responsibility",
        )
    notes = ["The lower limit of each calibrated constant is used: the plan is inside for every (a, b) that fits."]
    for name, limits in (("a", calibration.a), ("b", calibration.b)):
        if limits.low is not None and limits.high is None:
            notes.append(f"{name} has no upper limit in the calibration: larger values may be stable as well.")
        if limits.low is None:
            notes.append(f"{name} has no lower limit in the calibration and is treated as unknown.")
    return Constants(
        a=calibration.a.low,
        b=calibration.b.low,
        source=f"calibration {printable(path)}",
        law=calibration.law,
        side="low",
        provenance=f"{len(calibration.runs)} runs, stalelaw {calibration.stalelaw_version}",
        notes=tuple(notes),
        shape=calibration.shape,
    )
