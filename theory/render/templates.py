"""TeX, Markdown and HTML of a document: one jinja2 template each, nothing undefined, all text escaped."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from .lines import split_tex
from .macros import Macros
from .mathml import mathml
from .model import Document
from .prose import Cite, Part, Text, escape_html, escape_markdown, escape_tex
from .references import bibtex

__all__ = ["label", "render_fragment", "render_html", "render_markdown", "render_page", "render_tex", "stylesheet"]

_SIGNS = {"proved": "✓", "cited": "✓", "assumed": "◇", "defined": "≔", "refuted": "✗", "undecided": "?"}
_TEX_SIGNS = {"✓": r"$\checkmark$", "◇": r"$\diamond$", "≔": "$:=$", "✗": r"$\times$", "?": "?"}
_TONES = {"assumed": "given", "defined": "given", "refuted": "bad", "undecided": "bad"}
# Markdown removes a backslash before punctuation even inside dollars; letters are safe, and so are named brackets.
_MARKDOWN_MATH = {
    **{r"\,": r"\thinspace ", r"\;": r"\thickspace ", r"\!": r"\negthinspace ", r"\{": r"\lbrace ", r"\}": r"\rbrace "},
    **{"<": r"\lt ", ">": r"\gt ", "|": r"\vert ", "*": r"\ast "},
}


def render_tex(document: Document) -> str:
    """A complete LaTeX document; compile it with ``pdf.compile_pdf``."""
    return _tex_environment(str).get_template("derivation.tex.j2").render(doc=document)


def render_fragment(document: Document) -> str:
    """A document of one claim as LaTeX for ``\\input``; the preamble is ``stalelaw.sty``, its symbols are macros."""
    macros = Macros(document.notation)
    template = _tex_environment(macros.apply).get_template("fragment.tex.j2")
    return template.render(doc=document, macros=macros.macros)


def render_markdown(document: Document) -> str:
    """Markdown with ``$`` mathematics, readable on GitHub and in MathJax or KaTeX renderers."""
    return _markdown_environment().get_template("derivation.md.j2").render(doc=document)


def render_html(document: Document, level: int = 2) -> str:
    """An HTML fragment, one ``<section>`` per part and claim, for a page that includes ``stylesheet()``.

    Args:
        document: what to print.
        level: heading level of the parts; claims are one below.
    """
    return _html_environment().get_template("derivation.html.j2").render(doc=document, level=level)


def render_page(document: Document) -> str:
    """A self-contained HTML page around the fragment: no script, no external address, light and dark."""
    fragment = Markup(render_html(document))  # made by the escaping template
    style = Markup(stylesheet())
    return _html_environment().get_template("page.html.j2").render(doc=document, fragment=fragment, style=style)


def stylesheet() -> str:
    """CSS of the fragment; every rule is below the class ``derivation``."""
    return _html_environment().get_template("derivation.css.j2").render()


def _rich(
    escape: Callable[[str], str], math: Callable[[str], str], cite: Callable[[Cite], str]
) -> Callable[[Text], str]:
    def one(part: Part) -> str:
        if part.cite is not None:
            return escape(part.cite.label) + cite(part.cite)
        return math(part.source) if part.math else escape(part.source)

    return lambda text: "".join(map(one, text))


def _markdown_math(tex: str) -> str:
    return "$" + re.sub(r"\\.|[<>|*]", lambda m: _MARKDOWN_MATH.get(m[0], m[0]), tex).strip() + "$"


def _tone(status: str) -> str:
    return _TONES.get(status, "good")


def _tex_cite(cite: Cite) -> str:
    return rf"~\cite{{{cite.key}}}"


def _tex_sign(status: str) -> str:
    return _TEX_SIGNS[_SIGNS[status]]


def label(name: str) -> str:
    """A name as part of a file name or of a LaTeX label: letters, digits and hyphens."""
    return re.sub(r"[^A-Za-z0-9-]+", "-", name).strip("-") or "unnamed"


def _comment(text: Text | str) -> str:
    """Text for the rest of a line after a per cent sign."""
    plain = text if isinstance(text, str) else "".join(part.source for part in text)
    return "".join(char if char.isprintable() and char.isascii() else " " for char in plain)


def _code(text: str) -> str:
    return re.sub(r"[`\s|]+", " ", text)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _capped(text: Text) -> Text:
    """The same text with a capital first letter; mathematics at the start stays as it is."""
    if not text or text[0].math or text[0].cite:
        return text
    return (Part(False, _capital(text[0].source)), *text[1:])


def _times(number: int) -> str:
    return {0: "not used here", 1: "used once", 2: "used twice"}.get(number, f"used {number} times")


def _environment(
    escape: Callable[[str], str], math: Callable[[str], str], cite: Callable[[Cite], str], **settings: Any
) -> Environment:
    loader = PackageLoader(__package__ or "", ".")
    environment = Environment(
        loader=loader,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        **settings,
    )
    filters: dict[str, Any] = {
        "esc": escape,
        "math": math,
        "rich": _rich(escape, math, cite),
        "sign": _SIGNS.__getitem__,
        "tone": _tone,
        "code": _code,
        "cap": _capital,
        "capped": _capped,
        "times": _times,
    }
    environment.filters.update(filters)
    names: dict[str, Any] = environment.globals
    names["signs"] = list(_SIGNS)
    return environment


def _tex_environment(noted: Callable[[str], str]) -> Environment:
    environment = _environment(
        escape_tex,
        lambda tex: f"${noted(tex)}$",
        _tex_cite,
        block_start_string=r"\BLOCK{",
        block_end_string="}",
        variable_start_string=r"\VAR{",
        variable_end_string="}",
        comment_start_string=r"\#{",
        comment_end_string="}",
        line_statement_prefix="%%",
        autoescape=False,
    )

    def pieces(statement: str) -> tuple[str, ...]:
        return split_tex(noted(statement))

    generic = _rich(escape_tex, lambda tex: f"${tex}$", _tex_cite)  # its letters are its own
    filters: dict[str, Any] = {"sign": _tex_sign, "bibtex": bibtex, "label": label, "comment": _comment}
    filters |= {"pieces": pieces, "generic": generic}
    environment.filters.update(filters)
    return environment


@cache
def _markdown_environment() -> Environment:
    return _environment(escape_markdown, _markdown_math, lambda cite: rf" \[{cite.number}\]", autoescape=False)


@cache
def _html_environment() -> Environment:
    def safe(shown: Callable[[str], str]) -> Callable[[str], Markup]:
        return lambda source: Markup(shown(source))

    def cite(found: Cite) -> str:
        return f' <a href="#reference-{found.number}">[{found.number}]</a>'

    environment = _environment(escape_html, mathml, cite, autoescape=True)
    rich = _rich(escape_html, mathml, cite)

    def marked(text: Text) -> Markup:
        return Markup(rich(text))

    environment.filters["rich"] = marked
    environment.filters["math"] = safe(mathml)
    environment.filters["display"] = safe(lambda tex: mathml(tex, display=True))
    environment.filters["esc"] = safe(escape_html)
    return environment
