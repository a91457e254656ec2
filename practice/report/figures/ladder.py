"""Figures of the ladder: how tight its rungs are inside the certified radius, and where it breaks outside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from matplotlib.figure import Figure

from .style import COLOURS, panel, spread

__all__ = ["figures"]

_RUNGS = (
    ("top", "closed constant ≥ segment", "blue"),
    ("bottom", "segment ≥ ‖δ‖/(lag·η)", "green"),
    ("whole", "closed constant ≥ ‖δ‖/(lag·η)", "purple"),
)


def figures(document: Mapping[str, Any]) -> Iterator[tuple[str, Figure]]:
    """Yield the figures with their names."""
    inside, outside = document["ladder"]["inside"], document["ladder"]["outside"]
    yield "ladder-inside", _inside(inside)
    yield "ladder-domain", _domain(inside, outside)


def _live(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rows if not row["null"] and row["bottom_tightness"]]


def _inside(table: Mapping[str, Any]) -> Figure:
    rows, summary = _live(table["rows"]), table["summary"]
    broken = summary["any_broken"]
    what = "no rung breaks" if broken == 0 else f"{broken} problems break a rung"
    figure, ax = panel(f"Inside the certified radius {what} ({summary['problems']} random problems)", height=3.4)
    for place, (rung, label, colour) in enumerate(_RUNGS):
        values = sorted(row[f"{rung}_tightness"] for row in rows)
        heights = [place + offset for offset in spread(len(values), 0.2)]
        ax.scatter(values, heights, s=17, color=COLOURS[colour], alpha=0.75, linewidth=0)
        median = summary[rung]["median"]
        ax.plot([median, median], [place - 0.32, place + 0.32], color=COLOURS["ink"], linewidth=1.8)
        ax.text(3e-5, place - 0.42, label, fontsize=9.5, color=COLOURS["ink"], va="center")
    ax.axvline(1.0, color=COLOURS["red"], linewidth=1.2)
    ax.set(xscale="log", xlim=(2.5e-5, 3.0), ylim=(2.6, -0.7), yticks=[])
    ax.grid(axis="y", visible=False)
    ax.set_xlabel("tightness of the rung (1: attained; bar: median)")
    return figure


def _domain(inside: Mapping[str, Any], outside: Mapping[str, Any]) -> Figure:
    broken, count = outside["summary"]["bottom_broken"], outside["summary"]["problems"]
    figure, ax = panel(f"Outside it {broken} of {count} break the lower rung: the radius is where the promise ends")
    groups = (
        ("inside, promised", _live(inside["rows"]), True, "o", "blue"),
        ("outside, holds", [r for r in _live(outside["rows"]) if r["bottom_holds"]], False, "s", "quiet"),
        ("outside, breaks", [r for r in _live(outside["rows"]) if not r["bottom_holds"]], False, "X", "red"),
    )
    ax.axvspan(1e-3, 1.0, color=COLOURS["sky"], alpha=0.12, linewidth=0)
    ax.axhline(1.0, color=COLOURS["ink"], linewidth=1.0)
    for label, rows, _, marker, colour in groups:
        if rows:
            x, y = ([row[key] for row in rows] for key in ("drift_over_radius", "bottom_tightness"))
            ax.scatter(x, y, s=24, marker=marker, color=COLOURS[colour], alpha=0.85, linewidth=0, label=label)
    ax.set(xscale="log", yscale="log", xlim=(0.05, 30.0))
    ax.set_xlabel("drift ‖θ−φ‖ / certified radius")
    ax.set_ylabel("(‖δ‖/(lag·η)) / (segment bound)")
    ax.legend(loc="upper left", handletextpad=0.3)
    return figure
