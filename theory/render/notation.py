"""The notation table: the registered symbols and functions that a list of claims uses, in registry order."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sympy
from sympy.core.function import AppliedUndef

from ..proof.records import Claim
from ..symbols import TABLE
from .prose import GREEK, Part, Text, symbols_in
from .tex import tex

__all__ = ["NotationRow", "notation"]


@dataclass(frozen=True)
class NotationRow:
    """One symbol or function: its key in the registry, TeX, unit (TeX) and meaning."""

    name: str
    tex: str
    unit: str
    meaning: Text


def notation(claims: Sequence[Claim]) -> tuple[NotationRow, ...]:
    """Rows of everything registered that occurs in the claims; functions are shown at their simplest arguments used."""
    shown: dict[str, Any] = {}
    for expression in _expressions(claims):
        for atom in _atoms(expression):
            name = atom.func.__name__ if isinstance(atom, AppliedUndef) else str(atom)
            if name in TABLE and _plainness(atom) < _plainness(shown.get(name, atom), unseen=name not in shown):
                shown[name] = atom
    return tuple(_row(name, shown[name]) for name in TABLE if name in shown)


def _expressions(claims: Sequence[Claim]) -> list[Any]:
    sides = [side for c in claims for s in c.steps for side in (s.statement.lhs, s.statement.rhs)]
    formulas = [f for c in claims for f in (c.formula, *c.formulas.values()) if f is not None]
    return sides + [sympy.sympify(f) for f in formulas]


def _atoms(expression: Any) -> list[Any]:
    return sorted(expression.atoms(sympy.Symbol) | expression.atoms(AppliedUndef), key=str)


def _plainness(atom: Any, unseen: bool = False) -> tuple[bool, int, int, str]:
    numbers = sum(arg.is_number for arg in atom.args)
    return unseen, numbers, int(atom.count_ops()), str(atom)


def _row(name: str, atom: Any) -> NotationRow:
    record = TABLE[name]
    args = [tex(arg) for arg in atom.args] if isinstance(atom, AppliedUndef) else []
    meaning: list[Part] = []
    for piece in re.split(r"([A-Za-z]+_#\d|#\d)", record.meaning):
        found = re.fullmatch(r"(?:([A-Za-z]+)_)?#(\d)", piece)
        if found and int(found[2]) <= len(args):
            argument = args[int(found[2]) - 1]
            meaning.append(Part(True, f"{GREEK.get(found[1], found[1])}_{{{argument}}}" if found[1] else argument))
        else:
            meaning += _keep_ends(piece)
    return NotationRow(name, tex(atom), _unit(record.unit, args), tuple(meaning))


def _keep_ends(piece: str) -> list[Part]:
    """``symbols_in`` trims its text; inside a sentence the spaces at the ends stay."""
    left, right = piece[: len(piece) - len(piece.lstrip())], piece[len(piece.rstrip()) :]
    parts = [Part(False, left), *symbols_in(piece), Part(False, right if piece.strip() else "")]
    return [part for part in parts if part.source]


def _unit(unit: str, args: Sequence[str]) -> str:
    r"""``param/(lr*step)`` as TeX: ``\mathrm{param}/(\mathrm{lr}\cdot\mathrm{step})``; ``[x]`` is the unit of x."""
    powers = re.sub(r"\*\*(\d+)", r"^{\1}", unit)
    named = re.sub(r"[A-Za-z]+", r"\\mathrm{\g<0>}", powers).replace("*", r"\cdot ")
    return re.sub(r"#(\d)", lambda place: f"[{args[int(place[1]) - 1]}]", named)
