"""Figures of the bias: size, exponents, Taylor remainder; and the total derivative that H must not be taken for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from ..keys import show
from .style import COLOURS, MARKERS, panel

__all__ = ["figures"]

_SHADES = ("blue", "green", "amber", "orange", "purple", "red")


def figures(document: Mapping[str, Any]) -> Iterator[tuple[str, Figure]]:
    """Yield the figures with their names."""
    growth = document["scaling"]
    yield "bias", _bias(growth)
    yield "slopes", _slopes(growth)
    yield "remainder", _remainder(growth)
    yield "derivatives", _derivatives(growth["derivatives"])


def _loads(grid: Mapping[str, Any]) -> np.ndarray:
    return np.outer(grid["lags"], grid["etas"])


def _scatter(ax: Any, grid: Mapping[str, Any], values: list[list[float]]) -> None:
    for i, s in enumerate(grid["lags"]):
        ax.plot(
            _loads(grid)[i],
            values[i],
            MARKERS[i % len(MARKERS)],
            color=COLOURS[_SHADES[i % len(_SHADES)]],
            markersize=5.5,
            alpha=0.9,
            label=f"lag {s}",
        )
    ax.set(xscale="log", yscale="log", xlabel="lag × η  (learner steps × learning rate)")


def _bias(growth: Mapping[str, Any]) -> Figure:
    grid = growth["grid"]
    higher = show(growth["worst"]["bound_over_bias"], "g2")
    figure, ax = panel(f"The bias is lag × η times one constant; the a-priori bound lies {higher} times higher")
    _scatter(ax, grid, grid["bias"])
    x = np.array([_loads(grid).min(), _loads(grid).max()])
    ax.plot(x, growth["C"] * x, color=COLOURS["red"], label="bound of Theorem 1")
    ax.plot(x, growth["first_order"] * x, color=COLOURS["ink"], linewidth=1.0, label="first order, predicted", zorder=1)
    ax.set_ylabel("‖δ‖  (1/param)")
    ax.set_ylim(grid["bias"][0][-1] / 100, None)
    ax.legend(loc="lower right", ncols=2, handlelength=1.4, columnspacing=0.9, borderaxespad=0.1)
    return figure


def _slopes(growth: Mapping[str, Any]) -> Figure:
    miss = show(growth["worst"]["eta_slope"], "g2")
    figure, ax = panel(f"Exponent of η: local slopes tend to 1; extrapolated, they miss it by at most {miss}")
    for i, (s, slope) in enumerate(zip(growth["grid"]["lags"], growth["eta_slopes"], strict=True)):
        etas = slope["levels"][: len(slope["local"])]
        away = np.abs(np.array(slope["local"]) - 1)
        shade, marker = COLOURS[_SHADES[i % len(_SHADES)]], MARKERS[i % len(MARKERS)]
        ax.plot(etas, away, marker + "-", color=shade, linewidth=1.0, label=f"lag {s}")
    ax.set(xscale="log", yscale="log", xlabel="η of the coarser level  (learning rate)", ylabel="|local slope − 1|")
    ax.legend(loc="upper left", ncols=2, columnspacing=0.9, handlelength=1.4)
    low, high = ax.get_ylim()
    ax.set_ylim(low, high * 4)
    return figure


def _remainder(growth: Mapping[str, Any]) -> Figure:
    grid = growth["grid"]
    figure, ax = panel(
        f"Beyond first order the bias is quadratic: exponent 2 up to {show(growth['worst']['remainder_slope'], 'g2')}"
    )
    _scatter(ax, grid, grid["remainder"])
    x = np.array([_loads(grid).min(), _loads(grid).max()])
    middle = grid["remainder"][-1][-1] / _loads(grid)[-1][-1] ** 2
    ax.plot(x, middle * x**2, color=COLOURS["ink"], linewidth=1.0, label="slope 2", zorder=1)
    ax.set_ylabel("‖δ − first order‖  (1/param)")
    ax.legend(loc="upper left", ncols=2, columnspacing=0.9, handlelength=1.4)
    return figure


_FORMS = {"ratio form": "ratio", "log-pi form": "log π"}


def _short(objective: str) -> str:
    """``F-diagonal J, ratio form, clip [..], G=8, ...`` -> two short lines."""
    parts = [part.strip() for part in objective.split(", ")]
    form = next((short for name, short in _FORMS.items() if name in parts), parts[1])
    group = next((part for part in parts if part.startswith("G=")), "")
    return f"{form}, {group}\n{'no clip' if 'no clip' in parts else 'clip'}"


def _derivatives(rows: list[dict[str, Any]]) -> Figure:
    null = [row for row in rows if row["ratio"] < 1e-9]
    largest = max(row["ratio"] for row in rows)
    title = f"H is no gradient of J: in ratio form DJ = 0 ({len(null)} rows), in log form ‖DJ‖ = {largest:.2f} ‖H‖"
    figure, ax = panel(title, height=3.6)
    floor = 1e-18
    for k, row in enumerate(rows):
        for name, shift, colour in (("H", -0.19, "blue"), ("DJ", 0.19, "orange")):
            value = max(row[name], floor)
            ax.barh(k + shift, value, left=0, height=0.34, color=COLOURS[colour], label=f"‖{name}‖" if k == 0 else None)
            ax.text(value * 1.8, k + shift, show(row[name], "g2"), va="center", fontsize=8.5, color=COLOURS["ink"])
    ax.set(xscale="log", xlim=(floor, 1e3), yticks=range(len(rows)), yticklabels=[_short(r["objective"]) for r in rows])
    ax.invert_yaxis()
    ax.grid(axis="y", visible=False)
    ax.set_xlabel("norm on the main problem  (1/param)")
    figure.legend(loc="outside lower right", ncols=2, handlelength=1.0, borderaxespad=0.1)
    return figure
