r"""Symbols as TeX macros, so that an author can print a claim in another notation: ``\eta`` becomes ``\sleta``.

The printed form of a symbol is a pattern (``p_{#1}(#2)``); wherever it stands in the mathematics of a claim, in a step
or in a sentence, a call of its macro (``\slp{i}{\varphi}``) takes its place. Expanding the macros gives the same
mathematics back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from ..symbols import TABLE
from .notation import NotationRow
from .prose import Text

__all__ = ["Macro", "Macros", "expand", "macro_name", "normal"]

_TOKEN = re.compile(
    r"\\(?:text|mathrm|mathit|mathbb|mathbf|mathcal|mathsf|operatorname)\{[^{}]*\}|\\[A-Za-z]+|\\.|\S", re.DOTALL
)
_FONT = re.compile(r"\\(mathrm|mathbb|mathbf|mathcal|mathsf)\s*([A-Za-z0-9])")
_DIGITS = ("Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
_SCRIPTS = {"_", "^"}


@dataclass(frozen=True)
class Macro:
    """One symbol: the macro's name with its backslash, its body with ``#1``, ..., its unit and what it means."""

    name: str
    body: str
    unit: str
    meaning: Text

    @property
    def arguments(self) -> int:
        """How many arguments it takes."""
        return max((int(n) for n in re.findall(r"#(\d)", self.body)), default=0)

    @cached_property
    def pattern(self) -> tuple[str, ...]:
        """Tokens of the body; ``#1`` is one token."""
        return tuple(re.sub(r"# (\d)", r"#\1", " ".join(_tokens(self.body))).split(" "))


def macro_name(key: str) -> str:
    r"""Macro of a registered name: ``S_max`` is ``\slSMax``, ``phi2`` is ``\slphiTwo``."""
    joined = re.sub(r"_+(\w)", lambda m: m[1].upper(), key)
    return r"\sl" + re.sub(r"\d", lambda m: _DIGITS[int(m[0])], joined)


def _tokens(source: str) -> list[str]:
    """Tokens without spaces, every script in braces: ``x_i^2`` as ``x _ { i } ^ { 2 }``."""
    found, script = list[str](), False
    for token in _TOKEN.findall(_FONT.sub(r"\\\1{\2}", source)):
        if script and token != "{":
            found += ["{", token, "}"]
        else:
            found.append(token)
        script = token in _SCRIPTS
    return found


def _joined(tokens: Iterable[str]) -> str:
    """TeX again; a space only where a command would swallow a letter."""
    text = ""
    for token in tokens:
        text += " " + token if re.search(r"\\[A-Za-z]+$", text) and token[0].isalpha() else token
    return text


def normal(source: str) -> str:
    """TeX with every script in braces and no needless space."""
    return _joined(_tokens(source))


class Macros:
    """The macros of a claim: those of the registered symbols in its notation."""

    def __init__(self, rows: Iterable[NotationRow]) -> None:
        made = [Macro(macro_name(r.name), TABLE[r.name].tex, TABLE[r.name].unit, r.meaning) for r in rows]
        self.macros = tuple(made)
        self._tried = sorted(made, key=lambda m: (-sum(t[0] != "#" for t in m.pattern), m.name))

    def apply(self, source: str) -> str:
        """Mathematics with calls of the macros in place of the symbols."""
        return _joined(self._replaced(_tokens(source)))

    def _replaced(self, tokens: Sequence[str]) -> list[str]:
        shown, place = list[str](), 0
        while place < len(tokens):
            for macro in self._tried:
                found = next(_matches(macro.pattern, tokens, place, {}), None)
                if found is not None:
                    place, given = found
                    shown.append(macro.name)
                    for number in range(1, macro.arguments + 1):
                        shown += ["{", *self._replaced(given[f"#{number}"]), "}"]
                    break
            else:
                shown.append(tokens[place])
                place += 1
        return shown


def _matches(
    pattern: Sequence[str], tokens: Sequence[str], place: int, given: dict[str, Sequence[str]]
) -> Iterator[tuple[int, dict[str, Sequence[str]]]]:
    """Ends and arguments of the pattern at a place, shortest arguments first."""
    if not pattern:
        if place == len(tokens) or tokens[place] != "'":  # w and w' are two symbols
            yield place, given
        return
    head, rest = pattern[0], pattern[1:]
    if not head.startswith("#"):
        if place < len(tokens) and tokens[place] == head:
            yield from _matches(rest, tokens, place + 1, given)
        return
    if head in given:
        end = place + len(given[head])
        if tokens[place:end] == given[head]:
            yield from _matches(rest, tokens, end, given)
        return
    depth = 0
    for end in range(place, len(tokens)):
        depth += {"{": 1, "(": 1, "[": 1, r"\{": 1, "}": -1, ")": -1, "]": -1, r"\}": -1}.get(tokens[end], 0)
        if depth < 0:
            return
        last = end + 1 == len(tokens) or tokens[end + 1] not in {*_SCRIPTS, "'"}
        if depth == 0 and last and tokens[end] not in _SCRIPTS:
            yield from _matches(rest, tokens, end + 1, given | {head: tokens[place : end + 1]})


def expand(source: str, macros: Iterable[Macro]) -> str:
    """Mathematics with the bodies in place of the calls, as TeX would expand them."""
    known = {m.name: m for m in macros}

    def read(tokens: list[str]) -> list[str]:
        shown = list[str]()
        while tokens:
            token = tokens.pop(0)
            if token not in known:
                shown.append(token)
                continue
            given = {f"#{n}": read(_group(tokens)) for n in range(1, known[token].arguments + 1)}
            for part in known[token].pattern:
                shown += given.get(part, [part])
        return shown

    return _joined(read(_tokens(source)))


def _group(tokens: list[str]) -> list[str]:
    """Take ``{...}`` off the front; its inside."""
    taken, depth = list[str](), 0
    while True:
        token = tokens.pop(0)
        depth += {"{": 1, "}": -1}.get(token, 0)
        taken.append(token)
        if depth == 0:
            return taken[1:-1]
