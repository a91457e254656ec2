"""Where a line of mathematics may break: before relations and binary signs."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["RELATIONS", "depths", "split_tex"]

RELATIONS = {"=": "=", "<=": r"\le", "<": "<", ">=": r"\ge", ">": ">"}

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|.", re.DOTALL)
_OPEN = {"{", "(", "[", r"\{", r"\langle", r"\lVert", r"\lvert"}
_CLOSE = {"}", ")", "]", r"\}", r"\rangle", r"\rVert", r"\rvert"}
_RELATION = {*RELATIONS.values(), r"\leq", r"\geq", r"\equiv", r"\ne", r"\approx", r"\in", r"\subset"}
_LINE = 60  # characters that fit on a printed line


def depths(source: str) -> Iterator[tuple[str, int]]:
    """Tokens with their nesting depth; a bracket has the depth of what surrounds it."""
    depth = 0
    for token in _TOKEN.findall(source):
        depth -= token in _CLOSE
        yield token, depth
        depth += token in _OPEN


def split_tex(source: str) -> tuple[str, ...]:
    r"""Cut TeX before relations and binary signs, where a line may break; ``{}`` keeps their spacing.

    Cuts are outside brackets; a piece too long for a line is cut inside its round brackets too.
    """
    return tuple(cut for piece in _cut(source, 0) for cut in (_cut(piece, 1) if _width(piece) > _LINE else [piece]))


def _width(source: str) -> int:
    """How many characters one sees, roughly; those in scripts count less."""
    shown = [t for t in _TOKEN.findall(re.sub(r"[_^]\{(?:[^{}]|\{[^{}]*\})*\}", "x", source)) if t.strip()]
    return sum(t not in ("{", "}", r"\,", "_", "^") for t in shown)


def _cut(source: str, inside: int) -> list[str]:
    """Pieces, cut also inside so many round brackets."""
    pieces, last, opened = [""], "", list[str]()
    for token, depth in depths(source):
        opened = opened[:depth]
        sign = token in "+-" and last not in _RELATION and last not in ("(", "{")
        breaks = (token in _RELATION or sign) and last not in ("^", "_")  # p_< is a symbol
        open_ = depth <= inside and set(opened) <= {"("}
        if open_ and breaks and pieces[-1].strip() not in ("", "{}"):
            pieces.append("{}")
        pieces[-1] += token
        last = token if token.strip() else last
        opened += [token] if token in _OPEN else []
    return [piece.strip() for piece in pieces]
