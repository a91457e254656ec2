"""Figure of the sources: the bias of each loss on one problem, cut into the parts that the theory names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from matplotlib.figure import Figure

from ..keys import show
from .style import COLOURS, panel

__all__ = ["figures"]

_SOURCES = {
    "prefix": ("(i) prefix", "blue"),
    "token": ("(0) token", "orange"),
    "suffix": ("(ii) suffix", "sky"),
    "rewards": ("(iii) normaliser", "green"),
    "lengths": ("(vi) lengths", "purple"),
    "clip": ("(iv) clip", "red"),
    "kl": ("(v) KL", "amber"),
}


def figures(document: Mapping[str, Any]) -> Iterator[tuple[str, Figure]]:
    """Yield the figures with their names."""
    yield "sources", _bars(document["sources"]["losses"])


def _bars(losses: list[dict[str, Any]]) -> Figure:
    null = [row for row in losses if abs(row["bias"]) < 1e-12]
    title = "Each loss has its own sources of bias"
    title += f"; {len(null)} of {len(losses)} have none" if null else ""
    figure, ax = panel(title, width=5.2, height=1.7 + 0.25 * len(losses))
    for place, row in enumerate(losses):
        ends = {True: 0.0, False: 0.0}  # positive parts go right, negative ones left
        for name, (_, colour) in _SOURCES.items() if row not in null else ():
            value = 100 * row["parts"][name] / row["bias"]
            ax.barh(place, value, left=ends[value >= 0], height=0.66, color=COLOURS[colour], linewidth=0)
            ends[value >= 0] += value
        ax.text(max(ends[True], 100) + 4, place, show(row["bias"], "g2"), va="center", fontsize=8.5)
    ax.axvline(0.0, color=COLOURS["quiet"], linewidth=0.8)
    ax.axvline(100.0, color=COLOURS["ink"], linewidth=1.2)
    ax.set(yticks=range(len(losses)), yticklabels=[row["loss"] for row in losses])
    ax.use_sticky_edges = False
    ax.margins(x=0.09, y=0.02)
    ax.invert_yaxis()
    ax.grid(axis="y", visible=False)
    ax.set_xlabel("% of the bias; right: its size ‖δ‖  (1/param)")
    used = [name for name in _SOURCES if any(abs(row["parts"][name]) > 1e-12 for row in losses)]
    handles = [ax.barh(0, 0, color=COLOURS[_SOURCES[name][1]]) for name in used]
    labels = [_SOURCES[name][0] for name in used]
    figure.legend(handles, labels, loc="outside lower center", ncols=4, handlelength=1.0, columnspacing=1.0)
    return figure
