"""Figures of the spectra: eigenvalues of the two derivatives of H, policy kind by policy kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from matplotlib.figure import Figure

from .style import COLOURS, panel, spread

__all__ = ["figures"]

_SLOTS = (("learner", "∂_θH, fresh", "blue", "o"), ("behaviour", "∂_φH, stale", "red", "X"))
_FLOOR = 1e-6  # of the largest, below which an eigenvalue counts as zero


def figures(document: Mapping[str, Any]) -> Iterator[tuple[str, Figure]]:
    """Yield the figures with their names."""
    points: list[Mapping[str, Any]] = document["spectra"]["points"]
    ratios = [max(abs(x) for x in p["behaviour"]) / max(abs(x) for x in p["learner"]) for p in points]
    stronger = sum(ratio > 1.0 for ratio in ratios)
    figure, ax = panel(f"The stale feedback is the stronger one in {stronger} of {len(points)} policies", height=3.6)
    for place, point in enumerate(points):
        largest = max(abs(x) for slot, *_ in _SLOTS for x in point[slot])
        for (slot, label, colour, marker), shift in zip(_SLOTS, (-0.17, 0.17), strict=True):
            shown = [x / largest for x in point[slot] if abs(x) > _FLOOR * largest]
            heights = [place + shift + offset for offset in spread(len(shown), 0.06)]
            named = label if place == 0 else None
            style = {"s": 26, "alpha": 0.8, "linewidth": 0, "marker": marker, "color": COLOURS[colour], "label": named}
            ax.scatter(shown, heights, **style)
    ax.axvline(0.0, color=COLOURS["ink"], linewidth=1.0)
    ax.set_xscale("symlog", linthresh=0.01)
    ax.set(xlim=(-1.6, 1.6), xticks=(-1.0, -0.1, 0.0, 0.1, 1.0), xticklabels=("−1", "−0.1", "0", "0.1", "1"))
    names = [f"{point['kind']}\n{point['parameters']} parameters" for point in points]
    ax.set(yticks=range(len(points)), yticklabels=names, ylim=(len(points) - 0.5, -0.5))
    ax.grid(axis="y", visible=False)
    ax.set_xlabel("eigenvalue / largest of both  (zeros left out)")
    figure.legend(loc="outside lower center", ncols=2, handletextpad=0.1)
    yield "spectra", figure
