"""TeX mathematics as MathML that browsers lay out well: latex2mathml, then a clean-up of its tree, by a white list."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false
from __future__ import annotations

import re
from functools import cache
from xml.etree import ElementTree

from latex2mathml.converter import convert

from ..plain_math import is_plain_math
from .lines import split_tex
from .prose import escape_html

__all__ = ["mathml"]

_SPACE = "http://www.w3.org/1998/Math/MathML"
_TAGS = frozenset(
    """math mrow mi mn mo ms mtext mspace mstyle mfrac msqrt mroot msub msup msubsup munder mover munderover mpadded
    mphantom mtable mtr mtd""".split()  # noqa: SIM905
)
_ATTRIBUTES = frozenset(
    """display displaystyle scriptlevel mathvariant stretchy fence separator form lspace rspace minsize maxsize width
    movablelimits accent linethickness columnalign""".split()  # noqa: SIM905
)
_NAMES = {r"\lVert": "‖", r"\rVert": "‖", r"\lvert": "|", r"\rvert": "|", r"\{": "{", r"\}": "}", "~": "∼"}
_OPENING = {r"\lVert", r"\lvert", r"\{", r"\langle", "(", "["}
_OPERATORS = {"max", "min", "sup", "inf", "log", "exp"}


@cache
def mathml(tex: str, display: bool = False) -> str:
    """MathML of TeX, in pieces between which a line may break; TeX that does not convert is shown as code.

    Args:
        tex: mathematics without dollars.
        display: sums with limits above and below, full-size fractions.
    """
    if not is_plain_math(tex):
        return f'<code class="tex">{escape_html(tex)}</code>'
    try:
        return "<wbr>".join(_piece(piece, display) for piece in split_tex(tex))
    except Exception:  # whatever the converter stumbles over, the reader still sees the source
        return f'<code class="tex">{escape_html(tex)}</code>'


def _piece(tex: str, display: bool) -> str:
    tex = re.sub(r"\\mathrm\{(\w)\}", r"\\mathrm \1 ", tex)  # a single letter in braces would come out italic
    root = ElementTree.fromstring(convert(tex, display="block" if display else "inline"))
    for element in root.iter():
        element.tag = element.tag.removeprefix(f"{{{_SPACE}}}")
        if element.tag not in _TAGS:
            raise ValueError(f"unexpected element {element.tag}")
        for name in set(element.attrib) - _ATTRIBUTES:
            del element.attrib[name]
        _readable(element)
    for element in list(root.iter()):
        _merge_upright(element)
        _power_of_brackets(element)
        _space_after_names(element)
    _unwrap(root)
    root.set("display", "inline")
    if display:
        root.set("displaystyle", "true")
    return ElementTree.tostring(root, encoding="unicode")


def _readable(element: ElementTree.Element) -> None:
    """Delimiters without infix spacing, function names upright, black-board letters as characters."""
    text = element.text or ""
    if element.get("minsize"):  # a sized delimiter
        element.attrib |= {"stretchy": "true", "form": "prefix" if text in _OPENING else "postfix"}
    if element.tag in ("mi", "mo"):
        element.text = text = _NAMES.get(text, text)
        if text.startswith("\\"):
            raise ValueError(f"unknown command {text}")
    if text in ("‖", "|"):
        element.tag = "mo"
        element.attrib |= {"lspace": "0", "rspace": "0"}
        element.attrib.setdefault("stretchy", "false")
    elif text == "/":
        element.attrib |= {"lspace": "0", "rspace": "0"}
    elif text in ("∼", "′"):
        element.tag = "mo"
    elif text in ("∂", "∇"):
        element.tag = "mi"
    elif text in _OPERATORS:
        element.tag = "mi"
        element.attrib.clear()
    elif element.get("mathvariant") == "double-struck" and text == "E":
        element.text = "𝔼"
        del element.attrib["mathvariant"]


def _merge_upright(element: ElementTree.Element) -> None:
    """``<mi>u</mi><mi>p</mi><mi>d</mi>``, all upright, is one word."""
    letters = list(element)
    upright = [child.tag == "mi" and child.get("mathvariant") == "normal" for child in letters]
    if element.tag == "mrow" and upright and all(upright):
        word = ElementTree.Element("mi")
        word.text = "".join(child.text or "" for child in letters)
        if len(letters) == 1:
            word.set("mathvariant", "normal")
        element[:] = [word]


def _power_of_brackets(element: ElementTree.Element) -> None:
    """The base of ``(...)^2`` is the whole bracket: a delimiter alone in a base would not stretch."""
    for place, child in enumerate(list(element)):
        close = child[0] if child.tag in ("msup", "msub") and len(child) else None
        if close is None or close.get("form") != "postfix":
            continue
        depth, start = 1, place
        while depth and start:
            start -= 1
            depth += {"postfix": 1, "prefix": -1}.get(element[start].get("form", ""), 0)
        base = ElementTree.Element("mrow")
        base[:] = [*element[start:place], close]
        child[0] = base
        element[start:place] = []
        return _power_of_brackets(element)


def _unwrap(element: ElementTree.Element) -> None:
    """Rows of one element are that element; an operator keeps its row, which decides its form."""
    for place, child in enumerate(list(element)):
        _unwrap(child)
        if child.tag == "mrow" and len(child) == 1 and not child.attrib and child[0].tag != "mo":
            element[place] = child[0]


def _space_after_names(element: ElementTree.Element) -> None:
    """A thin space between a function name and an argument without brackets."""
    children = list(element)
    for place in range(len(children) - 1, 0, -1):
        name, argument = children[place - 1], children[place]
        if element.tag in ("math", "mrow", "mstyle") and name.text in _OPERATORS and argument.tag != "mo":
            element.insert(place, ElementTree.Element("mspace", {"width": "0.167em"}))
