"""The self-contained page. Templates hold words only: every number and every logged text is looked up by its key."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ...theory.render.mathml import mathml
from ...theory.render.prose import Text, escape_html
from .keys import Style, lookup, show

__all__ = ["render"]

_SIGNS = {"proved": "✓", "cited": "✓", "assumed": "◇", "defined": "≔", "refuted": "✗", "undecided": "?"}
_MAIN = ("", "The staleness bias", "Stability")
_TONES = {
    "good": ("proved", "holds", "stable"),
    "given": ("assumed", "defined", "cited", "not-measured"),
    "warn": ("degraded", "undecided", "refuted-empirically"),
    "bad": ("refuted", "violated", "collapsed"),
}


def render(document: Mapping[str, Any], derivation: Any, figures: Mapping[str, str]) -> str:
    """Return the page.

    Args:
        document: ``verdicts.json`` with its stamps; what is printed comes from here.
        derivation: the proofs as ``theory.render.document.build`` returns them; printed as theory, not as data.
        figures: inline SVG per name.
    """
    environment = Environment(
        loader=PackageLoader(__package__ or "", "."),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"rich": _rich, "sign": _sign, "tone": _tone}
    words: dict[str, Any] = {
        "num": partial(_number, document),
        "text": partial(_text, document),
        "at": partial(_at, document),
        "tex": _math,
        "display": partial(_math, display=True),
        "svg": partial(_figure, figures),
        "has_figure": figures.__contains__,
        "run_figures": [name for name in figures if name.startswith("run-")],
        "style": Markup(environment.get_template("page.css").render()),  # ours, without user text
    }
    environment.globals.update(words)
    claims = _claims(document, derivation)
    return environment.get_template("page.html.j2").render(
        d=derivation, claims=claims, chapters=_chapters(claims), facts=_facts(document)
    )


def _chapters(claims: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Claims by chapter in reading order; the law's own chapters are open and show their steps."""
    titles = list(dict.fromkeys(item["section"].chapter for item in claims))
    return [
        {
            "title": title or "Claims",
            "main": title in _MAIN,
            "items": [item for item in claims if item["section"].chapter == title],
        }
        for title in titles
    ]


def _key(path: tuple[Any, ...]) -> str:
    return ".".join(str(part) for part in path)


def _at(document: Mapping[str, Any], *path: Any) -> Any:
    """The value itself: for conditions and loops, never printed."""
    return lookup(document, _key(path))


def _number(document: Mapping[str, Any], *path: Any, style: Style = "g3") -> Markup:
    key = _key(path)
    value = lookup(document, key)
    if isinstance(value, bool) or not isinstance(value, int | float | None):
        raise TypeError(f"{key}: expected a number, got {value!r}")
    return Markup('<span class="num" data-key="{}" data-style="{}">{}</span>').format(key, style, show(value, style))


def _text(document: Mapping[str, Any], *path: Any) -> Markup:
    key = _key(path)
    value = lookup(document, key)
    if not isinstance(value, str):
        raise TypeError(f"{key}: expected a text, got {value!r}")
    return Markup('<span class="txt" data-key="{}" data-style="text">{}</span>').format(key, value)


def _rich(text: Text) -> Markup:
    """Text of the theory: words and MathML, marked as such."""
    parts = [mathml(part.source) if part.math else escape_html(part.source) for part in text]
    return Markup(f'<span class="theory">{"".join(parts)}</span>')  # both made by escaping functions


def _math(source: str, display: bool = False) -> Markup:
    return Markup(mathml(source, display))  # escapes what it cannot set


def _figure(figures: Mapping[str, str], name: str) -> Markup:
    return Markup(figures[name])  # drawn here; its texts are paths


def _sign(status: str) -> str:
    return _SIGNS.get(status, "")


def _tone(status: str) -> str:
    return next((tone for tone, names in _TONES.items() if status in names), "given")


def _facts(document: Mapping[str, Any]) -> dict[str, int]:
    """Place in ``derive`` of every cited fact with a property test, by its id."""
    claims = document["derive"]["claims"]
    return {c["id"].removeprefix("lemma:"): i for i, c in enumerate(claims) if "property_test" in c}


def _claims(document: Mapping[str, Any], derivation: Any) -> list[dict[str, Any]]:
    """Per printed claim: its place in ``derive``, its rows in ``check`` and its place among the tightness values."""
    derived = [claim["id"] for claim in document["derive"]["claims"]]
    tight = [row["claim"] for row in document["headline"]["tightness"]]
    verdicts = document["check"]["verdicts"]
    return [
        {
            "section": section,
            "derived": derived.index(section.id),
            "tight": tight.index(section.id) if section.id in tight else None,
            "rows": [i for i, verdict in enumerate(verdicts) if verdict["claim"] == section.id],
        }
        for section in derivation.claims
    ]
