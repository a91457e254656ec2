"""Figures of the shipped runs: reward curves, the (S, eta) plane under both laws, the set of (a, b), collapse times."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from ..shipped import LAWS, undecided_plane
from .style import COLOURS, OUTCOME, panel

__all__ = ["figures"]

_LAW_TEXT = {"min": "min(a/S, b/T)", "max": "max(a/S, b/T)"}


def figures(document: Mapping[str, Any]) -> Iterator[tuple[str, Figure]]:
    """Yield the figures with their names."""
    part = document["calibration"]
    top = max(value for curve in part["curves"] for value in curve["reward"] if value is not None)
    for curve, run in zip(part["curves"], part["min"]["runs"], strict=True):
        yield f"run-{run['file'].removesuffix('.json')}", _run(curve, run, top)
    for law in LAWS:
        yield f"plane-{law}", _plane(part[law], part["summary"]["horizon"])
    yield "constants", _constants(part)
    yield "collapse-times", _times(part)


def _eta(value: float) -> str:
    return f"{value:g}"


def _run(curve: Mapping[str, Any], run: Mapping[str, Any], top: float) -> Figure:
    title = f"S = {run['staleness']}, η = {_eta(run['eta'])}: {run['outcome']}"
    figure, ax = panel(title, width=3.1, height=2.25)
    steps = curve["steps"]
    colour = COLOURS[OUTCOME[run["outcome"]][1]]
    nan = [[float("nan") if value is None else value for value in curve[name]] for name in ("reward", "smoothed")]
    if run["collapse_interval"]:
        ax.axvspan(*run["collapse_interval"], color=COLOURS["red"], alpha=0.22, linewidth=0)
        ax.axvline(run["collapse_step"], color=COLOURS["red"], linewidth=1.0, linestyle=(0, (3, 2)))
    ax.plot(steps, nan[0], color=COLOURS["quiet"], linewidth=0.7, alpha=0.7)
    ax.plot(steps, nan[1], color=colour, linewidth=2.0)
    ax.set(xlim=(0, run["steps"]), ylim=(-0.04 * top, 1.06 * top), xlabel="optimizer step", ylabel="reward")
    ax.locator_params(axis="both", nbins=5)
    return figure


def _plane(part: Mapping[str, Any], horizon: int) -> Figure:
    law = part["law"]
    staleness, eta = np.geomspace(0.7, 128, 240), np.geomspace(1e-4, 5e-2, 240)
    if part["region"]["slabs"]:
        known = undecided_plane(part, staleness, eta, horizon)
        open_share = float((known == 0).mean())
        title = f"Under {_LAW_TEXT[law]} the outcomes leave {open_share:.0%} of this plane undecided"
    else:
        known = np.zeros((len(eta), len(staleness)))
        title = f"No (a, b) reproduces the outcomes under {_LAW_TEXT[law]}"
    figure, ax = panel(title, height=3.7)
    for value, colour in ((1, "green"), (-1, "red")):
        if (known == value).any():
            mask = (known == value).astype(float)
            ax.contourf(staleness, eta, mask, levels=[0.5, 1.5], colors=[COLOURS[colour]], alpha=0.25)
    ax.set(xscale="log", yscale="log")
    ax.set_xscale("log", base=2)
    for outcome, (marker, colour) in OUTCOME.items():
        points = [(run["staleness"], run["eta"]) for run in part["runs"] if run["outcome"] == outcome]
        if points:
            x, y = zip(*points, strict=True)
            edge = COLOURS["card"]
            ax.scatter(x, y, s=85, marker=marker, color=COLOURS[colour], edgecolor=edge, label=outcome, zorder=4)
    for value, text, colour in ((1, "stable", "green"), (-1, "unstable", "red"), (0, "undecided", "quiet")):
        place = _roomiest(known == value, staleness, eta, part["runs"])
        if place:
            ax.text(*place, text, color=COLOURS[colour], fontsize=9, ha="center", va="center", style="italic")
    ax.set(
        xlabel="sync interval S  (optimizer steps; 1 = on-policy)", ylabel="η  (learning rate)", xticks=[1, 4, 16, 64]
    )
    ax.set_xticklabels(["1", "4", "16", "64"])
    ax.minorticks_off()
    figure.legend(loc="outside lower center", ncols=4, handletextpad=0.2, columnspacing=1.0, borderaxespad=0.2)
    return figure


def _roomiest(
    mask: np.ndarray, staleness: np.ndarray, eta: np.ndarray, runs: list[dict[str, Any]]
) -> tuple[float, float] | None:
    """The point of a region farthest from its border and from every run, for a label; None where it is too narrow."""
    rows, columns = (np.linspace(0, 1, n) for n in mask.shape)
    across = np.log([run["staleness"] / staleness[0] for run in runs]) / np.log(staleness[-1] / staleness[0])
    up = np.log([run["eta"] / eta[0] for run in runs]) / np.log(eta[-1] / eta[0])
    ring = np.linspace(0, 1, 60)
    zero, one = np.zeros_like(ring), np.ones_like(ring)
    y, x = (part[::4] for part in np.nonzero(~mask))
    wall_x = np.concatenate([columns[x], across, ring, ring, zero, one])
    wall_y = np.concatenate([rows[y], up, zero, one, ring, ring])
    best, place = 0.05, None
    for r in range(6, len(rows) - 6, 12):
        for c in range(6, len(columns) - 6, 12):
            if mask[r, c]:
                room = float(np.hypot((columns[c] - wall_x) / 2.2, rows[r] - wall_y).min())  # labels are wide
                if room > best:
                    best, place = room, (float(staleness[c]), float(eta[r]))
    return place


def _overlap(one: list[dict[str, Any]], other: list[dict[str, Any]]) -> bool:
    def meet(p: dict[str, Any], q: dict[str, Any], name: str) -> bool:
        top = min(float("inf") if s[f"{name}_high"] is None else s[f"{name}_high"] for s in (p, q))
        return max(p[f"{name}_low"], q[f"{name}_low"]) < top

    return any(meet(p, q, "a") and meet(p, q, "b") for p in one for q in other)


def _constants(part: Mapping[str, Any]) -> Figure:
    sets = [part[law]["region"]["slabs"] for law in LAWS]
    how = "no common (a, b)" if not _overlap(*sets) else "with (a, b) in common"
    figure, ax = panel(f"Either law reproduces all outcomes, with {how}", height=3.7)
    if not all(sets):
        figure.suptitle("A law whose set is empty is not drawn", x=0.015, ha="left", fontsize=11.0, fontweight="bold")
    low, high = 1e-3, 1e1
    for law, colour, hatch in (("min", "blue", "//"), ("max", "orange", "\\\\")):
        for slab in part[law]["region"]["slabs"]:
            a_low, b_low = (max(slab[f"{name}_low"], low) for name in ("a", "b"))
            a_high, b_high = (slab[f"{name}_high"] or high for name in ("a", "b"))
            box = Rectangle(
                (a_low, b_low),
                a_high - a_low,
                b_high - b_low,
                facecolor=COLOURS[colour],
                edgecolor="none",
                alpha=0.28,
                label=_LAW_TEXT[law],
            )
            ax.add_patch(box)
            outline: dict[str, Any] = {
                "edgecolor": COLOURS[colour],
                "facecolor": "none",
                "linewidth": 1.3,
                "hatch": hatch,
            }
            ax.add_patch(Rectangle(box.get_xy(), box.get_width(), box.get_height(), **outline))
            middle = (b_low * b_high) ** 0.5
            for edge, x, text, side in ((slab["a_low"], low, "◂ ", "left"), (slab["a_high"], high, " ▸", "right")):
                if not edge:
                    ax.text(x, middle, text, color=COLOURS[colour], fontsize=13, ha=side, va="center")
    ax.set(xscale="log", yscale="log", xlim=(low, high), ylim=(1e-1, high))
    ax.set(xlabel="a  (learning rate × steps)", ylabel="b  (learning rate × steps)")
    labels = dict(zip(*reversed(ax.get_legend_handles_labels()), strict=True))
    figure.legend(labels.values(), labels.keys(), loc="outside lower center", ncols=2, borderaxespad=0.2)
    return figure


def _times(part: Mapping[str, Any]) -> Figure:
    limits = part["min"]["collapse_times"]["limits"]
    constant = part["min"]["collapse_times"]["constant"]
    title = "fit one b" if constant else "ask for values of b that no single b meets"
    figure, ax = panel(f"Collapse times and survivals {title}", height=3.0)
    top = 30.0
    for row, limit in enumerate(limits):
        collapse = limit["kind"] == "interval"
        colour = COLOURS["red" if collapse else "green"]
        end = limit["high"] if collapse else top
        ax.plot([limit["low"], end], [row, row], color=colour, linewidth=5, solid_capstyle="butt")
        if not collapse:
            ax.plot([top * 0.93], [row], ">", color=colour, markersize=8)
    ax.set(xscale="log", xlim=(5e-3, top), yticks=range(len(limits)), ylim=(len(limits) - 0.4, -0.6))
    ax.set_yticklabels([limit["file"].removesuffix(".json") for limit in limits])
    ax.grid(axis="y", visible=False)
    ax.set_xlabel("b this run allows, η·t  (learning rate × steps)")
    for colour, text in (("red", "collapsed: b in this interval"), ("green", "stable to the end: b at least this")):
        ax.plot([], [], color=COLOURS[colour], linewidth=5, solid_capstyle="butt", label=text)
    figure.legend(loc="outside lower center", ncols=2, handlelength=1.2, columnspacing=1.0, borderaxespad=0.2)
    return figure
