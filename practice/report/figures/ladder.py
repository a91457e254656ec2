"""Figures of the ladder: how tight its rungs are inside the radius, where it breaks beyond, and the bias across it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from matplotlib.figure import Figure

from ..keys import show
from .style import COLOURS, panel, spread

__all__ = ["figures"]

_RUNGS = (
    ("top", "closed constant ≥ segment", "blue"),
    ("bottom", "segment ≥ ‖δ‖/(lag·η)", "green"),
    ("whole", "closed constant ≥ ‖δ‖/(lag·η)", "purple"),
)
_KINDS = (("tabular", "blue"), ("mlp", "green"), ("transformer", "purple"))
_NAMES = {"tabular": "tabular", "mlp": "MLP", "transformer": "transformer"}
_CLIPS = (("jump", "clip that jumps", "X", "red"), ("Lipschitz", "Lipschitz weight", "o", "blue"))


def figures(document: Mapping[str, Any]) -> Iterator[tuple[str, Figure]]:
    """Yield the figures with their names."""
    yield "study", _study(document["study"])
    yield "ladder-inside", _inside(document["ladder"]["inside"])
    yield "ladder-kinds", _kinds(document["study"])
    yield "beyond", _beyond(document["beyond"])
    yield "across", _across(document["beyond"]["across"])


def _study(study: Mapping[str, Any]) -> Figure:
    """How far every exponent, and the constant, is from the prediction."""
    whole = study["all"]
    near = min(whole["eta_within"], whole["lag_within"])
    title = f"Exponent 1 in η and lag on {near} of {whole['first_order']} problems with a first-order bias"
    figure, ax = panel(f"{title}; {whole['null']} more have no bias", height=3.6)
    shown = (
        ("eta_slope", 1.0, 0.01, "‖δ‖ in η"),
        ("lag_slope", 1.0, 0.01, "‖δ‖ in the lag"),
        ("remainder_slope", 2.0, 0.05, "remainder in η"),
        ("coefficient", 1.0, None, "constant / predicted"),
    )
    for place, (name, expected, allowed, _) in enumerate(shown):
        for shift, (kind, colour) in zip((-0.22, 0.0, 0.22), _KINDS, strict=True):
            values = [r[name] for r in study["rows"] if r["kind"] == kind and r[name] is not None and r["reach"] < 1]
            away = [max(abs(value - expected), 1e-16) for value in values]
            heights = [place + shift + offset for offset in spread(len(away), 0.07)]
            label = _NAMES[kind] if place == 0 else None
            ax.scatter(away, heights, s=8, color=COLOURS[colour], alpha=0.6, linewidth=0, label=label)
        if allowed:
            ax.plot([allowed] * 2, [place - 0.42, place + 0.42], color=COLOURS["red"], linewidth=1.4)
    ax.set(xscale="log", yticks=range(len(shown)), yticklabels=[label for *_, label in shown])
    ax.invert_yaxis()
    ax.grid(axis="y", visible=False)
    ax.set_xlabel("|measured − predicted|; red: allowed")
    figure.legend(loc="outside lower center", ncols=3, handletextpad=0.1)
    return figure


def _inside(table: Mapping[str, Any]) -> Figure:
    summary = table["summary"]
    rows = [row for row in table["rows"] if not row["null"]]
    broken = summary["any_broken"]
    what = "no rung breaks" if broken == 0 else f"{broken} problems break a rung"
    figure, ax = panel(f"Inside the certified radius {what} ({summary['problems']} random problems)", height=3.4)
    for place, (rung, label, colour) in enumerate(_RUNGS):
        values = sorted(row[f"{rung}_tightness"] for row in rows if f"{rung}_tightness" in row)
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


def _kinds(study: Mapping[str, Any]) -> Figure:
    ladders = {each["kind"]: each for each in study["ladders"]}
    broken = sum(each["bottom_broken"] for each in ladders.values())
    count = sum(each["problems"] for each in ladders.values())
    what = "holds on every policy kind" if broken == 0 else f"breaks on {broken} problems"
    figure, ax = panel(f"The lower rung {what} ({count} problems inside the radius of their clip)", height=3.0)
    for place, (kind, colour) in enumerate(_KINDS):
        found = [r for r in study["rows"] if r["kind"] == kind and not r["null"] and r["reach"] < 1]
        values = sorted(row["tightness"] for row in found if row["tightness"])
        heights = [place + offset for offset in spread(len(values), 0.26)]
        ax.scatter(values, heights, s=14, color=COLOURS[colour], alpha=0.65, linewidth=0)
        median = ladders[kind]["bottom"]["median"]
        if median is not None:
            ax.plot([median, median], [place - 0.36, place + 0.36], color=COLOURS["ink"], linewidth=1.8)
    ax.axvline(1.0, color=COLOURS["red"], linewidth=1.2)
    ax.set(xlim=(0.0, 1.08), ylim=(2.6, -0.6), yticks=range(3), yticklabels=list(_NAMES.values()))
    ax.grid(axis="y", visible=False)
    ax.set_xlabel("bias over segment bound  (bar: median)")
    return figure


def _beyond(table: Mapping[str, Any]) -> Figure:
    losses = table["losses"]
    jumping, smooth = (
        [sum(row[name] for row in losses if row["clip"] == clip) for name in ("bottom_broken", "outside")]
        for clip in ("jump", "Lipschitz")
    )
    title = f"Beyond the radius {jumping[0]} of {jumping[1]} jumping clips break the lower rung"
    figure, ax = panel(f"{title}, {smooth[0]} of {smooth[1]} Lipschitz weights do", height=3.6)
    ax.axvspan(1e-3, 1.0, color=COLOURS["sky"], alpha=0.12, linewidth=0)
    ax.axhline(1.0, color=COLOURS["ink"], linewidth=1.0)
    for clip, label, marker, colour in _CLIPS:
        rows = [row for row in table["rows"] if row["clip"] == clip and not row["null"] and row["tightness"]]
        x, y = ([row[key] for row in rows] for key in ("reach", "tightness"))
        ax.scatter(x, y, s=24, marker=marker, color=COLOURS[colour], alpha=0.8, linewidth=0, label=label)
    top = 10 * max(row["tightness"] or 1.0 for row in table["rows"])
    x = [row["reach"] for row in table["rows"] if row["tightness"] is None and not row["holds"]]
    if x:
        ax.scatter(x, [top] * len(x), s=24, marker="^", color=COLOURS["orange"], linewidth=0, label="bound is 0")
    ax.set(xscale="log", yscale="log", xlim=(0.08, None))
    ax.set_xlabel("largest log ratio / log edge  (from 1 on clipped)")
    ax.set_ylabel("(‖δ‖/(lag·η)) / (segment bound)")
    figure.legend(loc="outside lower center", ncols=3, handletextpad=0.1, columnspacing=0.9)
    return figure


_LINES = {
    "grpo": ("GRPO", "red", "-"),
    "gspo": ("GSPO", "orange", "--"),
    "cispo": ("CISPO", "blue", "-"),
    "truncated-is": ("truncated IS", "green", "--"),
}


def _across(table: Mapping[str, Any]) -> Figure:
    jumps = [curve["jump"] for curve in table["curves"] if curve["clip"] == "jump"]
    title = f"At the edge a PPO clip makes the bias jump, by up to {show(max(jumps), 'g2')} ‖H‖ here"
    figure, ax = panel(f"{title}; a Lipschitz weight only bends it", height=3.8)
    ax.axvspan(0.0, 1.0, color=COLOURS["sky"], alpha=0.12, linewidth=0)
    for curve in table["curves"]:
        label, colour, style = _LINES[curve["loss"]]
        ax.plot(table["over_radius"], curve["bias"], style, color=COLOURS[colour], label=label, linewidth=1.5)
    ax.set(xlim=(0.0, table["over_radius"][-1]), ylim=(0.0, None))
    ax.set_xlabel("drift ‖θ−φ‖ / first drift at which a token is clipped")
    ax.set_ylabel("‖δ‖ / ‖H(θ,θ)‖")
    ax.legend(loc="upper left", handlelength=2.0)
    return figure
