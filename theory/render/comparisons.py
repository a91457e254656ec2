"""The laws of the literature for print: a table of what each says, and below it what each assumes and leaves out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..comparisons import CAVEAT, table
from .losses import LossTable
from .prose import Part, Text, prose, symbols_in
from .references import ReferenceRow, cited

__all__ = ["LawRow", "law_rows", "law_table", "laws"]

_WIDTHS = {"law": 40, "statement": 70, "read as": 18, "$\\varphi$ slot alone": 22}


@dataclass(frozen=True)
class LawRow:
    """One law: its title, how sure we are of it, and labelled sentences on it (assumptions, symbols, lag, limits)."""

    title: Text
    sureness: str
    notes: tuple[tuple[str, Text], ...]


def law_rows(claims: Iterable[str]) -> list[dict[str, Any]]:
    """The laws, where every claim that proves one of them is printed too; else none."""
    rows = table()
    return rows if {row["claim"] for row in rows if row["claim"]} <= set(claims) else []


def law_table(rows: Sequence[Mapping[str, Any]], references: Sequence[ReferenceRow]) -> tuple[LossTable, ...]:
    """What each law says, in one table; none without laws."""
    if not rows:
        return ()
    heads = tuple(prose(name) for name in _WIDTHS)
    cells = tuple(
        (
            (*symbols_in(row["title"]), *_reference(row, references)),
            prose(row["statement"]),
            prose(row["reading"]),
            prose("covered" if row["phi_slot"] else "not covered"),
        )
        for row in rows
    )
    return (LossTable("Neighbouring laws", symbols_in(CAVEAT), heads, tuple(_WIDTHS.values()), cells),)


def _reference(row: Mapping[str, Any], references: Sequence[ReferenceRow]) -> Text:
    """The reference alone after a space, where there is one."""
    named = [p for p in cited(row["source"], references) if p.cite is not None and p.cite.key == row["bib"]]
    return (Part(False, " "), *named) if named else ()


def laws(
    rows: Sequence[Mapping[str, Any]], numbers: Mapping[str, int], references: Sequence[ReferenceRow]
) -> tuple[LawRow, ...]:
    """What each law assumes, how its symbols and its lag translate, where it is silent, and what we checked."""
    return tuple(_law(row, numbers, references) for row in rows)


def _law(row: Mapping[str, Any], numbers: Mapping[str, int], references: Sequence[ReferenceRow]) -> LawRow:
    mapping = "; ".join(f"{theirs}: {ours}" for theirs, ours in row["mapping"])
    notes: dict[str, Text] = {
        "Source": cited(row["source"], references),
        "Proved in": prose(f"claim {numbers[row['claim']]}" if row["claim"] else ""),
        "Assumes": symbols_in("; ".join(row["assumptions"])),
        "Its symbols in ours": symbols_in(mapping),
        "Lag": symbols_in(row["lag"]),
        "Not for": symbols_in(row["not_for"]),
        "Checked": symbols_in(row["checked"].rstrip(".")),
    }
    return LawRow(symbols_in(row["title"]), row["sureness"], tuple((k, v) for k, v in notes.items() if v))
