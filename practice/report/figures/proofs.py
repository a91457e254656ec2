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
        yield "mutants", _mutants(document["derive"]["mutants"])
    if document["headline"]["tightness"]:
        yield "tightness", _tightness(document["check"]["verdicts"])


def _fate(mutant: Mapping[str, Any]) -> str:
    if mutant["equivalent"]:
        return "equivalent"
    caught = mutant["caught_by"]
    return "missed" if caught is None else caught if caught in ("chain", "attaining-instance") else "engine"


def _mutants(mutants: list[dict[str, Any]]) -> Figure:
    claims = list(dict.fromkeys(m["claim"] for m in mutants))
    fates = {claim: Counter(_fate(m) for m in mutants if m["claim"] == claim) for claim in claims}
    total = Counter(_fate(m) for m in mutants)
    countable = len(mutants) - total["equivalent"]
    figure, ax = panel(
        f"{countable - total['missed']} of {countable} falsified formulas and steps are noticed", height=4.6
    )
    left = dict.fromkeys(claims, 0)
    for fate, label, colour in _CAUGHT:
        values = [fates[claim][fate] for claim in claims]
        if any(values):
            ax.barh(claims, values, left=[left[c] for c in claims], color=COLOURS[colour], label=label, height=0.72)
        for claim, value in zip(claims, values, strict=True):
            left[claim] += value
    ax.invert_yaxis()
    ax.grid(axis="y", visible=False)
    ax.set_xlabel("falsified versions of the claim (count)")
    figure.legend(loc="outside lower left", ncols=1, handlelength=1.0, borderaxespad=0.3)
    return figure


def _tightness(verdicts: list[dict[str, Any]]) -> Figure:
    found: dict[str, list[float]] = {}
    for verdict in verdicts:
        if verdict["tightness"] is not None:
            found.setdefault(verdict["claim"], []).append(verdict["tightness"])
    order = sorted(found, key=lambda claim: -max(found[claim]))
    close = sum(max(values) > 0.99 for values in found.values())
    figure, ax = panel(
        f"Measurement comes within 1 % of the bound or value for {close} of {len(found)} claims", height=4.3
    )
    for row, claim in enumerate(order):
        values = sorted(found[claim])
        ax.barh(row, values[-1], left=0, color=COLOURS["sky"], alpha=0.35, height=0.66)
        heights = [row + offset for offset in spread(len(values), 0.2)]
        ax.scatter(values, heights, s=13, color=COLOURS["blue"], linewidth=0, zorder=3)
    ax.axvline(1.0, color=COLOURS["red"], linewidth=1.2)
    ax.text(1.07, -0.75, "violated beyond", fontsize=8.5, color=COLOURS["red"], va="center", ha="left")
    ax.set(xscale="log", yticks=range(len(order)), yticklabels=order, ylim=(len(order) - 0.4, -1.1))
    ax.set_xlim(min(min(values) for values in found.values()) / 2, 8.0)
    ax.grid(axis="y", visible=False)
    ax.set_xlabel("measured / predicted bound (1: attained)")
    return figure
