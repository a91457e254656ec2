"""Paths into ``verdicts.json`` and the one way a number gets onto the page: looked up, rounded, marked with its key.

A key is a dotted path, list positions included: ``check.verdicts.3.tightness``. Printed text is what ``show`` returns;
``shown_value`` reads it back, so that a test can compare every printed number with the stored one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, Literal, cast

__all__ = ["STYLES", "Style", "lookup", "show", "shown_value"]

Style = Literal["n", "g2", "g3", "g6", "f4", "pct", "pct1"]
STYLES: tuple[Style, ...] = ("n", "g2", "g3", "g6", "f4", "pct", "pct1")

MISSING = "–"
_MINUS = "−"


def lookup(document: Mapping[str, Any], key: str) -> Any:
    """Return the value at a dotted path.

    Raises:
        KeyError: no such path; the message names the part that failed.
    """
    here: Any = document
    for part in key.split("."):
        if isinstance(here, Mapping):
            table = cast("Mapping[str, Any]", here)
            if part not in table:
                raise KeyError(f"{key}: no {part!r} among {list(table)[:12]}")
            here = table[part]
        elif isinstance(here, list) and part.isdigit():
            items = cast("list[Any]", here)
            if int(part) >= len(items):
                raise KeyError(f"{key}: index {part} of {len(items)} items")
            here = items[int(part)]
        else:
            raise KeyError(f"{key}: {part!r} asked of something that is no table and no list")
    return here


def show(value: float | int | None, style: Style = "g3") -> str:
    """Round for readers: ``n`` whole, ``g3`` three significant digits, ``f4`` four decimals, ``pct`` percent.

    >>> show(0.0256349), show(1.6e-06, "g2"), show(3), show(0.99612, "pct1"), show(None)
    ('0.0256', '1.6×10⁻⁶', '3', '99.6 %', '–')
    """
    if value is None:
        return MISSING
    if isinstance(value, int) or style == "n":
        if value != int(value):
            raise ValueError(f"expected a whole number for style 'n', got {value}")
        return str(int(value)).replace("-", _MINUS)
    if style in ("pct", "pct1"):
        return f"{100 * value:.{1 if style == 'pct1' else 0}f} %".replace("-", _MINUS)
    if style == "f4":
        return f"{value:.4f}".replace("-", _MINUS)
    return _significant(value, int(style[1])).replace("-", _MINUS)


def _significant(value: float, digits: int) -> str:
    if value == 0:
        return "0"
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    power = int(exponent)
    if -4 <= power < 6:
        text = f"{value:.{max(digits - 1 - power, 0)}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    raised = str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{mantissa}×10{raised}"


def shown_value(text: str) -> tuple[float | None, float]:
    """Read printed text back: ``(value, half a unit of its last digit)``.

    Trailing zeros are not printed, so the caller compares relative to the style's digits as well.

    Raises:
        ValueError: not a number as ``show`` prints it.
    """
    plain = text.strip().replace(_MINUS, "-")
    if plain == MISSING:
        return None, 0.0
    found = re.fullmatch(r"(-?\d+(?:\.(\d+))?)(?:×10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))?( %)?", plain)
    if found is None:
        raise ValueError(f"expected a printed number, got {text!r}")
    power = int((found[3] or "⁰").translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")))
    scale = math.pow(10.0, power) / (100.0 if found[4] else 1.0)
    return float(found[1]) * scale, 0.5 * math.pow(10.0, -len(found[2] or "")) * scale
