"""One look for all figures: small panels, titles that state the finding, a palette that survives colour blindness.

Every colour has a name; ``inline`` turns the names into CSS variables, so that a figure inside the page follows its
light or dark theme while the file keeps a neutral card behind it.
"""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

__all__ = [
    "COLOURS",
    "MARKERS",
    "OUTCOME",
    "RC",
    "inline",
    "panel",
    "png",
    "spread",
    "svg",
]

COLOURS: Mapping[str, str] = {
    "card": "#fbfaf6",
    "ink": "#23282e",
    "quiet": "#6b727a",
    "grid": "#d9dbd8",
    "blue": "#0072b2",
    "red": "#d1495b",
    "orange": "#d55e00",
    "green": "#009e73",
    "amber": "#e09f1f",
    "purple": "#8f5aa8",
    "sky": "#56b4e9",
}
"""Okabe-Ito, with a calmer red and purple; shapes and labels carry the same meaning as the colours."""

MARKERS = ("o", "s", "^", "D", "v", "P", "X")
OUTCOME = {
    "stable": ("o", "green"),
    "degraded": ("^", "amber"),
    "collapsed": ("X", "red"),
    "undecided": ("s", "quiet"),
}

RC: Any = {
    "svg.hashsalt": "stalelaw",
    "svg.fonttype": "path",
    "font.family": ["DejaVu Sans"],
    "mathtext.fontset": "dejavusans",
    "font.size": 10.5,
    "axes.labelsize": 10.5,
    "xtick.labelsize": 9.5,
    "ytick.labelsize": 9.5,
    "legend.fontsize": 9.5,
    "axes.edgecolor": COLOURS["quiet"],
    "axes.labelcolor": COLOURS["ink"],
    "text.color": COLOURS["ink"],
    "xtick.color": COLOURS["quiet"],
    "ytick.color": COLOURS["quiet"],
    "xtick.labelcolor": COLOURS["ink"],
    "ytick.labelcolor": COLOURS["ink"],
    "axes.facecolor": COLOURS["card"],
    "figure.facecolor": COLOURS["card"],
    "savefig.facecolor": COLOURS["card"],
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": COLOURS["grid"],
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "legend.frameon": False,
    "lines.linewidth": 1.6,
    "lines.markersize": 5.0,
    "axes.unicode_minus": True,
    "path.simplify": True,
}
"""Matplotlib settings; artists read them when they are made."""


def panel(title: str, width: float = 4.6, height: float = 3.5) -> tuple[Any, Any]:
    """Return a figure with its finding as a left-aligned title, and its axes; call it with ``RC`` in force."""
    figure: Any = Figure(figsize=(width, height), layout="constrained")
    text = textwrap.fill(title, int(width * 72 / 7.2))
    figure.suptitle(text, x=0.015, ha="left", fontsize=11.0, fontweight="bold", linespacing=1.25)
    return figure, figure.subplots()


def svg(figure: Any) -> str:
    """The SVG text; equal figures give equal text."""
    buffer = io.StringIO()
    FigureCanvasSVG(figure)
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


def png(figure: Any) -> bytes:
    """The PNG bytes at 110 dots per inch."""
    buffer = io.BytesIO()
    FigureCanvasAgg(figure)
    figure.savefig(buffer, format="png", dpi=110, metadata={"Software": None})
    return buffer.getvalue()


def inline(text: str, name: str, label: str) -> str:
    """Make an SVG file fit to stand inside the page: ids of its own, colours as CSS variables, no metadata.

    Args:
        text: as ``svg`` returns it.
        name: prefix of the ids.
        label: read out by screen readers; plain text.
    """
    body = text[text.index("<svg") :].strip()
    body = re.sub(r"<metadata>.*?</metadata>\s*", "", body, flags=re.DOTALL)
    box = re.search(r'viewBox="([^"]+)"', body)
    shown = label.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    head = f'<svg class="figure" role="img" aria-label="{shown}" viewBox="{box[1] if box else ""}">'
    body = head + body[body.index(">") + 1 :]
    body = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', body)
    body = re.sub(r'(?:xlink:)?href="#([^"]+)"', rf'href="#{name}-\1"', body)
    body = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", body)
    for colour, value in COLOURS.items():
        body = body.replace(value, f"var(--f-{colour})")
    body = re.sub(r"<!--.*?-->|<style.*?</style>", "", body, flags=re.DOTALL)  # the page's own style sheet says it
    body = re.sub(r'(?<= )(?:d|x|y)="[^"]*"', _rounded, body)
    return re.sub(r"\s+(?=[<\"])|(?<=>)\s+|\s*\n\s*", _blank, body)


def _rounded(found: re.Match[str]) -> str:
    """Coordinates to a hundredth of a point; scales of glyphs stand in other attributes."""
    return re.sub(r"(\d\.\d\d)\d+", r"\1", found[0])


def _blank(found: re.Match[str]) -> str:
    """White space between tags goes, inside an attribute one blank stays."""
    before, after = found.string[found.start() - 1], found.string[found.end() : found.end() + 1]
    return "" if before == ">" or after in ("<", '"') else " "


def spread(count: int, width: float) -> Sequence[float]:
    """Vertical offsets for a strip of ``count`` dots, alternating, so that neighbours do not hide each other."""
    pattern = (0.0, 0.5, -0.5, 1.0, -1.0, 0.25, -0.75, 0.75, -0.25)
    return [width * pattern[i % len(pattern)] for i in range(count)]
