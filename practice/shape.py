"""Constants of a boundary law other than a and b: an exponent, a ceiling, the power of a blend. They are given."""

from __future__ import annotations

import math
from collections.abc import Mapping

from ..theory.laws import LAWS, Law
from .errors import BadInput

__all__ = ["OPTIONS", "checked_shape", "given_shape"]

OPTIONS = {"alpha": "--alpha", "eta_0": "--eta-0", "p_blend": "--blend-power"}
"""Option of each constant; the keys are symbol names of ``theory.symbols``."""


def given_shape(alpha: float | None, eta_0: float | None, p_blend: float | None) -> dict[str, float]:
    """Return the constants that were given, by symbol name."""
    values = {"alpha": alpha, "eta_0": eta_0, "p_blend": p_blend}
    return {name: value for name, value in values.items() if value is not None}


def checked_shape(law: Law, shape: Mapping[str, float]) -> dict[str, float]:
    """Return the constants the law needs; they must be all there, no other, and in their range.

    Raises:
        BadInput: one is missing, not of this law, or out of its range.
    """
    missing = [OPTIONS[name] for name in law.shape if name not in shape]
    if missing:
        raise BadInput(f"{' and '.join(missing)} for the law {law.id!r}", "no value", "give it: it is not calibrated")
    for name, value in shape.items():
        if name not in law.shape:
            users = ", ".join(entry.id for entry in LAWS.values() if name in entry.shape)
            raise BadInput(f"{OPTIONS[name]} with a law that has it ({users})", f"--law {law.id}", "leave it out")
        inside = math.isfinite(value) and (value != 0 if name == "p_blend" else value > 0)
        if not inside:
            allowed = "a finite number other than 0" if name == "p_blend" else "a finite number > 0"
            raise BadInput(f"{OPTIONS[name]} as {allowed}", f"{value}", "correct the value")
    return dict(shape)
