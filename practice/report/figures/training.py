"""Figures of trained policies: the bias along training with the reward above it, one figure per policy."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from .style import COLOURS, MARKERS

__all__ = ["figures"]

_SHADES = ("blue", "green", "amber", "orange", "red")
_FLOOR = 1e-6


def figures(document: Mapping[str, Any]) -> Iterator[tuple[str, Figure]]:
    """Yield the figures with their names."""
    for study in document["trained"]["studies"]:
        yield f"training-{study['preset']}", _training(study)


def _training(study: Mapping[str, Any]) -> Figure:
    """Columns: the run that climbs and the one that collapses; rows: reward, bias by lag."""
    runs = [study["runs"][0], study["runs"][-1]]
    figure: Any = Figure(figsize=(7.2, 4.9), layout="constrained")
    what = {"mlp": "an MLP", "transformer": "a transformer"}[study["preset"]]
    title = f"Training {what}: the bias stays while the reward climbs, and goes out with the reward at collapse"
    figure.suptitle(textwrap.fill(title, 78), x=0.015, ha="left", fontsize=11.0, fontweight="bold", linespacing=1.25)
    axes: Any = figure.subplots(2, 2, sharex="col", sharey="row")
    for column, run in enumerate(runs):
        _reward(axes[0, column], run)
        _bias(axes[1, column], run, study["lags"])
    axes[0, 0].set_ylabel("reward")
    axes[1, 0].set_ylabel("‖δ‖  (1/param)")
    handles, labels = axes[1, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=6, handlelength=1.4, columnspacing=1.0)
    return figure


def _reward(ax: Any, run: Mapping[str, Any]) -> None:
    settings = run["settings"]
    reward = np.array(run["reward"])
    window = settings["every"] // 2
    smooth = np.convolve(reward, np.ones(window) / window, mode="valid")
    ax.plot(reward, color=COLOURS["quiet"], linewidth=0.5, alpha=0.5)
    ax.plot(np.arange(window - 1, len(reward)), smooth, color=COLOURS["ink"], linewidth=1.6)
    ax.set_title(f"S = {settings['interval']}, {settings['optimizer'].upper()}, η = {settings['eta']:g}", fontsize=10)
    ax.set_ylim(0.0, 1.0)


def _bias(ax: Any, run: Mapping[str, Any], lags: list[int]) -> None:
    rows = run["checkpoints"]
    for k, lag in enumerate(lags):
        points = [(row["step"], at["bias"]) for row in rows for at in row["lags"] if at["lag"] == lag]
        steps, bias = zip(*points, strict=True)
        shade, marker = COLOURS[_SHADES[k % len(_SHADES)]], MARKERS[k % len(MARKERS)]
        floored = np.maximum(bias, _FLOOR)
        ax.plot(steps, floored, marker + "-", color=shade, linewidth=1.0, markersize=4.0, label=f"lag {lag}")
    ax.plot(
        [row["step"] for row in rows],
        [max(row["gradient"], _FLOOR) for row in rows],
        color=COLOURS["ink"],
        linewidth=1.0,
        linestyle=(0, (4, 2)),
        label="‖H‖",
    )
    ax.set(yscale="log", xlabel="learner step", ylim=(_FLOOR / 1.5, None))
