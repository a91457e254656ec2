"""Figures of the report: pure functions of ``verdicts.json``."""

# pyright: reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from . import bias, constants, ladder, planning, proofs, runs, sources, spectra, training
from .style import RC, inline, png, svg

__all__ = ["Drawn", "count", "draw_all"]


@dataclass(frozen=True)
class Drawn:
    """One figure in its three forms."""

    name: str
    svg: str
    png: bytes
    inline: str


def figures(document: Mapping[str, Any]) -> Iterator[tuple[str, Figure]]:
    """Every figure the document has data for, with its name."""
    for module in (proofs, bias, sources, constants, ladder, spectra, training, runs, planning):
        yield from module.figures(document)


def count(document: Mapping[str, Any]) -> int:
    """How many figures ``draw_all`` yields."""
    with mpl.rc_context(RC):
        return sum(1 for _ in figures(document))


def draw_all(document: Mapping[str, Any]) -> Iterator[Drawn]:
    """Draw every figure; equal documents give equal bytes."""
    source = figures(document)
    while True:
        with mpl.rc_context(RC):  # artists read the settings when they are made
            item = next(source, None)
            if item is None:
                return
            name, figure = item
            text = svg(figure)
            drawn = Drawn(name, text, png(figure), inline(text, name, " ".join(figure.get_suptitle().split())))
        yield drawn
