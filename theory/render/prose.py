"""Text for readers as a sequence of words and mathematics, and its escaping for TeX, Markdown and HTML.

Authors write TeX between ``$``; in titles and reasons a bare symbol (``S_max``, ``phi``, ``T``) becomes mathematics
too. Everything else is text: no character of it is markup in any of the formats.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from ..plain_math import is_plain_math
from ..symbols import TABLE

__all__ = [
    "GREEK",
    "Cite",
    "Part",
    "Text",
    "escape_html",
    "escape_markdown",
    "escape_tex",
    "prose",
    "spaced",
    "symbols_in",
]

_LETTERS = "alpha beta gamma delta epsilon theta kappa lambda mu xi pi rho sigma tau chi omega ell"
GREEK = {name: "\\" + name for name in _LETTERS.split(" ")} | {"phi": r"\varphi"}
_WORD = re.compile(r"S\*|[A-Za-z]+(?:_[A-Za-z0-9]+)?(?![\w-])(?:'(?!\w))?")
_ARTICLES = {"a", "A", "I"}


@dataclass(frozen=True)
class Cite:
    """A reference: its BibTeX key, its number in this document, and the short name before the number."""

    key: str
    number: int
    label: str


@dataclass(frozen=True)
class Part:
    """A run of plain text, or of TeX mathematics without its dollars; with ``cite`` the text names a reference."""

    math: bool
    source: str
    cite: Cite | None = None


Text = tuple[Part, ...]


def prose(source: str) -> Text:
    """Text in which ``$...$`` is mathematics (shown as text where it is not plain mathematics)."""
    pieces = re.split(r"\s+", source.strip())
    cells = " ".join(pieces).split("$")
    if len(cells) % 2 == 0:  # an unpaired dollar is a character
        return (Part(False, "$".join(cells)),)
    parts = [Part(number % 2 == 1 and is_plain_math(cell), cell) for number, cell in enumerate(cells)]
    return tuple(part for part in parts if part.source)


def symbols_in(source: str) -> Text:
    """Like ``prose``; bare names of symbols outside the dollars become mathematics as well."""
    found: list[Part] = []
    for part in prose(source):
        last = 0
        for match in [] if part.math else _WORD.finditer(part.source):
            before = part.source[match.start() - 1 : match.start()]
            shown = None if before.isalnum() or before in {"_", "\\", "-", "'"} else _symbol(match[0])
            if shown:
                found += [Part(False, part.source[last : match.start()]), Part(True, shown)]
                last = match.end()
        found.append(Part(part.math, part.source[last:]))
    return tuple(part for part in found if part.source)


def spaced(source: str, read: Callable[[str], Text]) -> list[Part]:
    """A piece of a sentence: spaces at its ends, which ``read`` would trim, stay."""
    left, right = source[: len(source) - len(source.lstrip())], source[len(source.rstrip()) :]
    parts = [Part(False, left), *read(source), Part(False, right if source.strip() else "")]
    return [part for part in parts if part.source]


def _symbol(word: str) -> str | None:
    """TeX of a word that names a symbol: registered, Greek, or one letter with an index; None for ordinary words."""
    if word.endswith("'"):
        shown = _symbol(word[:-1])
        return shown and f"{shown}'"
    base, _, low = word.partition("_")
    if word == "S*":
        return r"S^\ast"
    if word in TABLE and "#" not in TABLE[word].tex and (low or TABLE[word].tex.startswith("\\")):
        return TABLE[word].tex
    if not low:
        letter = len(word) == 1 and word in TABLE and word not in _ARTICLES
        return GREEK.get(word) or (word if letter else None)
    if base in GREEK or len(base) == 1:
        index = GREEK.get(low) or (low if len(low) == 1 else "\\mathrm{" + low + "}")
        return f"{GREEK.get(base, base)}_{{{index}}}"
    return None


_PIECE = 20
_TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "`": r"\textasciigrave{}",
    "–": r"\textendash{}",
    "—": r"\textemdash{}",
    "’": "'",
    "‘": "`{}",
    "“": r"\textquotedblleft{}",
    "”": r"\textquotedblright{}",
    "…": r"\ldots{}",
    "≤": r"$\le$",
    "≥": r"$\ge$",
    "η": r"$\eta$",
    "θ": r"$\theta$",
    "φ": r"$\varphi$",
    "·": r"$\cdot$",
}


def escape_tex(text: str) -> str:
    """Text as TeX source; characters that the fonts may lack are named by their code point, ``[U+1F600]``.

    A word that is longer than half a line may break anywhere in steps of ``_PIECE`` characters.
    """
    shown: list[str] = []
    word = 0
    whole = unicodedata.normalize("NFC", text)
    lengths = [len(run) if run.strip() else 0 for run in re.split(r"(\s+)", whole) for _ in run]
    for char, length in zip(whole, lengths, strict=True):
        word = word + 1 if length > 2 * _PIECE else 0
        if word > _PIECE:
            shown.append(r"\allowbreak{}")
            word = 1
        if char in _TEX:
            shown.append(_TEX[char])
        elif char == "-" and shown and shown[-1] == "-":
            shown.append("{}-")  # no ligature: two hyphens are two hyphens
        elif char.isspace() or unicodedata.category(char) == "Cc":
            shown.append(" ")
        else:
            shown.append(char if char.isascii() or "À" <= char <= "ÿ" else f"[U+{ord(char):04X}]")
    return "".join(shown)


def escape_markdown(text: str) -> str:
    """Text as Markdown source, also inside table cells."""
    text = re.sub(r"\s+", " ", text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_{}\[\]#|$~!])", r"\\\1", text)


def escape_html(text: str) -> str:
    """Text as HTML, also inside a quoted attribute; control characters become spaces."""
    clean = "".join(" " if unicodedata.category(char) == "Cc" else char for char in text)
    table = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
    return "".join(table.get(char, char) for char in clean)
