"""Figure of the sources: the bias of each loss on one problem, cut into the parts that the theory names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from matplotlib.figure import Figure

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
    null = [row["loss"] for row in losses if abs(row["bias"]) < 1e-12]
    silent = f"; {' and '.join(null)} {'have' if len(null) > 1 else 'has'} none" if null else ""
    title = f"Each loss has its own sources of bias{silent}"
    figure, ax = panel(title, width=5.3, height=1.5 + 0.3 * len(losses))
    for place, row in enumerate(losses):
        ends = {True: 0.0, False: 0.0}  # positive parts go right, negative ones left
        for name, (_, colour) in _SOURCES.items():
            value = row["parts"][name]
            ax.barh(place, value, left=ends[value >= 0], height=0.62, color=COLOURS[colour], linewidth=0)
            ends[value >= 0] += value
        ax.plot([row["bias"]] * 2, [place - 0.4, place + 0.4], color=COLOURS["ink"], linewidth=1.8)
    ax.axvline(0.0, color=COLOURS["quiet"], linewidth=0.8)
    ax.set(yticks=range(len(losses)), yticklabels=[row["loss"] for row in losses])
    ax.invert_yaxis()
    ax.grid(axis="y", visible=False)
    ax.set_xlabel("parts along δ, black: ‖δ‖  (1/param)")
    ax.use_sticky_edges = False
    ax.margins(x=0.03)
    used = [name for name in _SOURCES if any(abs(row["parts"][name]) > 1e-12 for row in losses)]
    handles = [ax.barh(0, 0, color=COLOURS[_SOURCES[name][1]]) for name in used]
    labels = [_SOURCES[name][0] for name in used]
    figure.legend(handles, labels, loc="outside lower center", ncols=4, handlelength=1.0, columnspacing=1.0)
    return figure
