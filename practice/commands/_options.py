"""Checks of option values that several commands share."""

from __future__ import annotations

from ...theory.laws import LAWS, Law
from ..errors import BadInput

__all__ = ["checked_law", "fraction"]


def checked_law(id: str) -> Law:
    """Return the law.

    Raises:
        BadInput: unknown id.
    """
    if id not in LAWS:
        raise BadInput(f"a law out of {', '.join(LAWS)}", repr(id), "see --help")
    return LAWS[id]


def fraction(option: str, value: float, zero: bool = False) -> float:
    """Return a fraction in (0, 1], or [0, 1] with ``zero``.

    Raises:
        BadInput: outside.
    """
    if not (0 < value <= 1 or (zero and value == 0)):
        raise BadInput(f"{option} as a fraction of 1", f"{value}", "give a number such as 0.15")
    return value
