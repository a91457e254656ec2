"""Figures of the closed constant K_φ: how its two representations depend on response length and group size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from matplotlib.figure import Figure

from .style import COLOURS, MARKERS, panel

__all__ = ["figures"]

_FORMS = (
    ("group_level", "by groups", "red"),
    ("response_level", "by responses", "blue"),
    ("diagonal", "by responses, at θ = φ", "green"),
)
_LENGTH, _SIZE = 16, 8


def figures(document: Mapping[str, Any]) -> Iterator[tuple[str, Figure]]:
    """Yield the figures with their names."""
    rows = document["constants"]["rows"]
    by_length = [row for row in rows if row["group_size"] == _SIZE]
    by_size = [row for row in rows if row["length"] == _LENGTH]
    title = f"From two tokens on the closed constant falls with response length (G = {_SIZE})"
    yield "constants-length", _lines(by_length, "length", title, "response length L  (tokens)")
    title = f"It grows with the group size, by responses the faster (L = {_LENGTH})"
    yield "constants-group", _lines(by_size, "group_size", title, "group size G")


def _lines(rows: list[dict[str, Any]], key: str, title: str, label: str) -> Figure:
    figure, ax = panel(title)
    x = [row[key] for row in rows]
    for (name, text, colour), marker in zip(_FORMS, MARKERS, strict=False):
        ax.plot(x, [row[name] for row in rows], marker + "-", color=COLOURS[colour], label=text, linewidth=1.2)
    ax.set_xscale("log", base=2)
    ax.set_yscale("log")
    ax.set_xticks(x, [str(value) for value in x])
    ax.minorticks_off()
    ax.set(xlabel=label, ylabel="upper bound on K_φ  (1/logit²)")
    ax.legend(handlelength=1.6)
    return figure
