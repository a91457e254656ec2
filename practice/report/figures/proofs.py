"""Figures of the proof: what became of the mutants, and how tight each bound is measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from matplotlib.figure import Figure

from .style import COLOURS, panel, spread

__all__ = ["figures"]

_CAUGHT = (
    ("engine", "an engine refutes it", "blue"),
    ("chain", "a later step breaks", "sky"),
    ("attaining-instance", "an attaining instance exposes it", "green"),
    ("equivalent", "equivalent: nothing could notice", "grid"),
    ("missed", "missed", "red"),
)


def figures(document: Mapping[str, Any]) -> Iterator[tuple[str, Figure]]:
    """Yield the figures with their names."""
    if document["derive"].get("mutants"):
        yield "mutants", _mutants(document["derive"]["claims"], document["derive"]["mutants"])
    if document["headline"]["tightness"]:
        yield "tightness", _tightness(document["check"]["verdicts"])


_CLOSE = 0.99


def _fate(mutant: Mapping[str, Any]) -> str:
    if mutant["equivalent"]:
        return "equivalent"
    caught = mutant["caught_by"]
    return "missed" if caught is None else caught if caught in ("chain", "attaining-instance") else "engine"


def _mutants(claims: list[dict[str, Any]], mutants: list[dict[str, Any]]) -> Figure:
    chapter = {claim["id"]: claim["chapter"] or "other" for claim in claims}
    titles = list(dict.fromkeys(chapter[m["claim"]] for m in mutants))
    fates = {title: Counter(_fate(m) for m in mutants if chapter[m["claim"]] == title) for title in titles}
    total = Counter(_fate(m) for m in mutants)
    countable = len(mutants) - total["equivalent"]
    figure, ax = panel(
        f"{countable - total['missed']} of {countable} falsified formulas and steps are noticed", height=4.6
    )
    left = dict.fromkeys(titles, 0)
    for fate, label, colour in _CAUGHT:
        values = [fates[title][fate] for title in titles]
        if any(values):
            ax.barh(titles, values, left=[left[t] for t in titles], color=COLOURS[colour], label=label, height=0.72)
        for title, value in zip(titles, values, strict=True):
            left[title] += value
    ax.invert_yaxis()
    ax.grid(axis="y", visible=False)
    ax.set_xlabel("falsified versions (count)")
    figure.legend(loc="outside lower left", ncols=1, handlelength=1.0, borderaxespad=0.3)
    return figure


def _tightness(verdicts: list[dict[str, Any]]) -> Figure:
    found: dict[str, list[float]] = {}
    for verdict in verdicts:
        if verdict["tightness"] is not None:
            found.setdefault(verdict["claim"], []).append(verdict["tightness"])
    order = sorted((c for c in found if max(found[c]) <= _CLOSE), key=lambda claim: -max(found[claim]))
    close = len(found) - len(order)
    figure, ax = panel(
        f"Measurement comes within 1 % of the bound or value for {close} of {len(found)} claims; here are the others",
        height=1.4 + 0.2 * len(order),
    )
    for row, claim in enumerate(order):
        values = sorted(found[claim])
        ax.barh(row, values[-1], left=0, color=COLOURS["sky"], alpha=0.35, height=0.66)
        heights = [row + offset for offset in spread(len(values), 0.2)]
        ax.scatter(values, heights, s=13, color=COLOURS["blue"], linewidth=0, zorder=3)
    ax.axvline(1.0, color=COLOURS["red"], linewidth=1.2)
    ax.text(1.07, -0.75, "violated beyond", fontsize=8.5, color=COLOURS["red"], va="center", ha="left")
    ax.set(xscale="log", yticks=range(len(order)), yticklabels=order, ylim=(len(order) - 0.4, -1.1))
    ax.set_xlim(min((min(found[claim]) for claim in order), default=0.1) / 2, 8.0)
    ax.grid(axis="y", visible=False)
    ax.set_xlabel("measured / predicted bound (1: attained)")
    return figure
