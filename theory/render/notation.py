"""The notation table: the registered symbols and functions that a list of claims uses, in registry order."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import sympy
from sympy.core.function import AppliedUndef

from ..proof.records import Claim
from ..symbols import TABLE
from .prose import GREEK, Part, Text, spaced, symbols_in
from .tex import tex

__all__ = ["NotationRow", "notation"]


@dataclass(frozen=True)
class NotationRow:
    """One symbol or function: its key in the registry, TeX, unit (TeX), meaning, and the only chapter that uses it.

    ``chapter`` is empty where several chapters do.
    """

    name: str
    tex: str
    unit: str
    meaning: Text
    chapter: str = ""


def notation(claims: Sequence[Claim], chapters: Mapping[str, str] | None = None) -> tuple[NotationRow, ...]:
    """Rows of everything registered that occurs in the claims; functions are shown at their simplest arguments used.

    Args:
        claims: in the order of print.
        chapters: claim id to chapter, for rows that belong to one chapter only; None: nothing does.
    """
    shown: dict[str, Any] = {}
    used: dict[str, set[str]] = {}
    for claim in claims:
        for atom in (atom for expression in _expressions(claim) for atom in _atoms(expression)):
            name = atom.func.__name__ if isinstance(atom, AppliedUndef) else str(atom)
            used.setdefault(name, set()).add((chapters or {}).get(claim.id, ""))
            if name in TABLE and (name not in shown or _plainness(atom) < _plainness(shown[name])):
                shown[name] = atom
    only = {name: where.pop() if len(where) == 1 else "" for name, where in used.items()}
    return tuple(replace(_row(name, shown[name]), chapter=only[name]) for name in TABLE if name in shown)


def _expressions(claim: Claim) -> list[Any]:
    sides = [side for s in claim.steps for side in (s.statement.lhs, s.statement.rhs)]
    formulas = [f for f in (claim.formula, *claim.formulas.values()) if f is not None]
    return sides + [sympy.sympify(f) for f in formulas]


def _atoms(expression: Any) -> list[Any]:
    return sorted(expression.atoms(sympy.Symbol) | expression.atoms(AppliedUndef), key=str)


@cache
def _plainness(atom: Any) -> tuple[int, int, str]:
    return sum(arg.is_number for arg in atom.args), int(atom.count_ops()), str(atom)


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
            meaning += spaced(piece, symbols_in)
    return NotationRow(name, tex(atom), _unit(record.unit, args), tuple(meaning))


def _unit(unit: str, args: Sequence[str]) -> str:
    r"""``param/(lr*step)`` as TeX: ``\mathrm{param}/(\mathrm{lr}\cdot\mathrm{step})``; ``[x]`` is the unit of x."""
    powers = re.sub(r"\*\*(\d+)", r"^{\1}", unit)
    named = re.sub(r"[A-Za-z]+", r"\\mathrm{\g<0>}", powers).replace("*", r"\cdot ")
    return re.sub(r"#(\d)", lambda place: f"[{args[int(place[1]) - 1]}]", named)
