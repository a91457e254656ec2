"""The table of losses for print: three tables of cells, the same in every format."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from .. import symbols as sy
from ..surrogates.table import SOURCES, Row, rows
from .prose import Text, prose
from .tex import tex

__all__ = ["LossTable", "loss_tables"]


@dataclass(frozen=True)
class LossTable:
    """A headed table; ``widths`` are the widths of its columns in millimetres, for paper."""

    title: str
    text: Text
    columns: tuple[Text, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[Text, ...], ...]


def loss_tables(numbers: Mapping[str, int]) -> tuple[LossTable, ...]:
    """The tables of the losses whose claims are printed, by claim id; none if there are none."""
    found = rows(numbers)
    if not found:
        return ()
    return (_said(found, numbers), _sources(found, numbers), _domain(found, numbers))


def _table(title: str, text: str, columns: Mapping[str, int], cells: Collection[tuple[str, ...]]) -> LossTable:
    heads = tuple(prose(name) for name in columns)
    return LossTable(title, prose(text), heads, tuple(columns.values()), tuple(tuple(map(prose, row)) for row in cells))


def _name(row: Row, numbers: Mapping[str, int]) -> str:
    who = f", from {row.origin}" if row.origin else ""
    return f"{row.title} (claim {numbers[row.claim]}{who})"


def _said(found: tuple[Row, ...], numbers: Mapping[str, int]) -> LossTable:
    columns = {
        "loss": 28,
        "of one token, to be maximised": 54,
        "advantage": 28,
        "ddof, offset": 14,
        "length weight": 20,
    }
    cells = [
        (
            _name(r, numbers),
            r.loss,
            r.advantage,
            ", ".join(filter(None, (r.ddof, r.delta_std))) or "none",
            r.length,
        )
        for r in found
    ]
    text = "What each loss says; sg is the stop-gradient. Everything in the next two tables is derived from this."
    return _table("Losses", text, columns, cells)


def _sources(found: tuple[Row, ...], numbers: Mapping[str, int]) -> LossTable:
    widths = {"0": 14, "i": 14, "ii": 14, "iii": 13, "iv": 17, "v": 25, "vi": 9}
    columns = {"loss": 28} | {f"({name})": width for name, width in widths.items()}
    names = "; ".join(f"({name}) {meaning}" for name, meaning in SOURCES.items())
    text = (
        f"Sources of the staleness bias: {names}. Numbers are coefficients of the first-order form: of the advantage"
        r" times the score of the token itself, of those before and after it, of"
        r" $\langle\nabla p,w\rangle\langle\nabla p,h\rangle$, and of the same scores in the penalty; all responses"
        rf" have $L$ tokens. With several lengths (claim first-order-lengths) ${tex(sy.part_len)}$ is what the mates'"
        r" lengths add."
    )
    cells = [(_name(r, numbers), *(r.sources[name] for name in widths)) for r in found]
    return _table("Where the bias of each loss comes from", text, columns, cells)


def _domain(found: tuple[Row, ...], numbers: Mapping[str, int]) -> LossTable:
    columns = {"loss": 28, "ratio": 22, "clip": 26, "A1 holds": 17, "A3 holds": 17, "certified radius (tabular)": 36}
    cells = [
        (
            _name(r, numbers),
            r.ratio,
            r.clip,
            r.a1,
            r.a3,
            r.radius + (f" to the {r.radius_to}" if r.radius_to else ""),
        )
        for r in found
    ]
    text = r"What $R_{\mathrm{batch}}$ means for each loss: which ratio is clipped, and the distance that matters."
    return _table("Where the constants of each loss hold", text, columns, cells)
