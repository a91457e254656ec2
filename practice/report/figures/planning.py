"""Figures of the plan: the largest stable learning rate against the sync interval, by regime."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from matplotlib.figure import Figure

from .style import COLOURS, OUTCOME, panel

__all__ = ["figures"]

_REGIME = {"staleness-limited": ("blue", "-"), "horizon-limited": ("amber", (0, (4, 1.2)))}


def figures(document: Mapping[str, Any]) -> Iterator[tuple[str, Figure]]:
    """Yield the figures with their names."""
    part = document["plan"]
    yield (
        "plan-preset",
        _plan(part, part["paper-v1"], "Published readings: staleness costs learning rate only beyond S*"),
    )
    for law, table in part["calibrated"].items():
        if table["rows"]:
            runs = document["calibration"]["without_on_policy_failures"][law]["runs"]
            title = "Shipped runs, safe side: a lower limit on η, not yet a boundary"
            yield f"plan-calibrated-{law}", _plan(part, table, title, runs)


def _plan(
    part: Mapping[str, Any], table: Mapping[str, Any], title: str, runs: list[dict[str, Any]] | None = None
) -> Figure:
    figure, ax = panel(title, height=3.7)
    staleness = part["staleness"]
    for horizon, row, crossover in zip(part["horizons"], table["rows"], table["crossovers"], strict=True):
        values = [cell["eta_max"] for cell in row]
        for k in range(len(staleness) - 1):
            for x, y, regime in _pieces(staleness, values, k, crossover["staleness"], row):
                colour, line = _REGIME[regime]
                ax.plot(x, y, color=COLOURS[colour], linestyle=line, linewidth=2.2, solid_capstyle="round")
        ax.text(staleness[0] * 0.93, values[0], f"T = {horizon}", fontsize=9, ha="right", va="center")
        if crossover["staleness"] and staleness[0] <= crossover["staleness"] <= staleness[-1]:
            level = max(values)  # the flat side of the corner
            ax.plot([crossover["staleness"]], [level], "o", color=COLOURS["ink"], markersize=5.5, zorder=5)
    for regime, (colour, line) in _REGIME.items():
        ax.plot([], [], color=COLOURS[colour], linestyle=line, linewidth=2.2, label=regime)
    ax.plot([], [], "o", color=COLOURS["ink"], markersize=5.5, linestyle="none", label="S* = T·a/b")
    for outcome, (marker, colour) in OUTCOME.items():
        points = [(run["staleness"], run["eta"]) for run in runs or () if run["outcome"] == outcome]
        if points:
            x, y = zip(*points, strict=True)
            ax.scatter(
                x, y, s=60, marker=marker, color=COLOURS[colour], edgecolor=COLOURS["card"], label=outcome, zorder=6
            )
    ax.set(yscale="log", xlabel="sync interval S  (optimizer steps; 1 = on-policy)", ylabel="η_max  (learning rate)")
    ax.set_xscale("log", base=2)
    ax.set_xlim(0.34, staleness[-1] * 1.15)
    ax.set_xticks(staleness)
    ax.set_xticklabels([str(s) for s in staleness])
    ax.minorticks_off()
    figure.legend(loc="outside lower center", ncols=3, columnspacing=1.0, handletextpad=0.4, borderaxespad=0.2)
    return figure


def _pieces(
    staleness: list[int], values: list[float], k: int, crossover: float | None, row: list[dict[str, Any]]
) -> list[tuple[list[float], list[float], str]]:
    """One segment of the curve, cut at the crossover so that each piece has one regime."""
    x, y = [float(staleness[k]), float(staleness[k + 1])], [values[k], values[k + 1]]
    first, last = row[k]["regime"], row[k + 1]["regime"]
    if first == last or crossover is None or crossover <= x[0]:
        return [(x, y, last)]
    if crossover >= x[1]:
        return [(x, y, first)]
    # the flat side keeps its level up to the crossover
    level = max(y)
    return [([x[0], crossover], [y[0], level], first), ([crossover, x[1]], [level, y[1]], last)]
