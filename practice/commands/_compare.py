"""``stalelaw derive --compare``: a user's numbers beside every law of the literature, and beside ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from ...theory.comparisons.compare import Row

__all__ = ["put_beside"]

LAG = {"S_max": "S-1", "s_const": "S-1", "s_pos": "S-1", "S": "S", "S_int": "S"}
"""How a symbol of a lag follows from the interval S."""


def put_beside(
    laws: Sequence[str],
    numbers: dict[str, float | None],
    constant: Sequence[str],
    clash: Sequence[str],
    as_json: bool,
) -> None:
    """Print the rows of the named laws, or of all.

    Args:
        laws: ids; empty for all.
        numbers: eta, staleness, horizon and smoothness, None where not given.
        constant: texts NAME=VALUE.
        clash: other options that were given and do not go with this.
        as_json: one JSON document instead of tables.

    Raises:
        BadInput: an unknown law or constant, a value that cannot be, or another option beside this.
    """
    from ..errors import BadInput
    from ..jsonio import dumps, printing

    if clash:
        raise BadInput("--compare alone", f"{' and '.join(clash)} too", "leave one of them out")
    given = {**numbers, "constants": _constants(constant)}
    rows = _rows(laws, given)
    text = dumps(_document(rows, given)) if as_json else ""
    with printing():
        if as_json:
            typer.echo(text, nl=False)
        else:
            _show(rows, given, bool(laws))


def _rows(ids: Sequence[str], given: dict[str, Any]) -> list[Row]:
    from ...theory.comparisons import all_comparisons
    from ...theory.comparisons.compare import compare
    from ..errors import BadInput

    known = [law.id for law in all_comparisons()]
    unknown = [i for i in ids if i not in known]
    if unknown:
        fix = f"the laws are {', '.join(known)}"
        raise BadInput("ids of laws to compare with", ", ".join(map(repr, unknown)), f"{_near(unknown, known)}{fix}")
    staleness = given["staleness"]
    if staleness is not None and not staleness.is_integer():
        raise BadInput("--staleness as a whole number of learner steps", f"{staleness}", "round it up")
    try:
        whole = None if staleness is None else int(staleness)
        rows = compare(given["eta"], whole, given["horizon"], given["smoothness"], given["constants"])
    except ValueError as error:
        raise BadInput("numbers that the symbols can take", str(error), "see `stalelaw derive --help`") from error
    return [row for row in rows if not ids or row.law.id in ids]


def _constants(texts: Sequence[str]) -> dict[str, float]:
    from ...theory.comparisons.compare import constants
    from ..errors import BadInput

    known, found = constants(), dict[str, float]()
    for text in texts:
        name, equals, value = text.partition("=")
        if name not in known or not equals:
            fix = f"{_near([name], list(known))}the names are {', '.join(known)}"
            raise BadInput("--constant NAME=VALUE", repr(text), fix)
        if name in found:
            raise BadInput(f"one value of {name}", "two of them", "leave one out")
        try:
            found[name] = float(value)
        except ValueError as error:
            raise BadInput(f"a number as {name}", repr(value), f"write it as {name}=0.5") from error
    return found


def _near(names: Sequence[str], known: Sequence[str]) -> str:
    from difflib import get_close_matches

    near = [match for name in names for match in get_close_matches(name, known, n=2)]
    return f"did you mean {' or '.join(near)}? " if near else ""


def _document(rows: Sequence[Row], given: dict[str, Any]) -> dict[str, Any]:
    """The comparison as JSON: null plus a reason wherever a number is missing."""
    from ...theory.comparisons import CAVEAT, chapter

    keys = ("id", "title", "kind", "reading", "of", "statement", "lag", "phi_slot", "not_for", "source", "claim")
    keys += ("sureness", "checked", "assumptions")
    laws = [
        {"chapter": chapter(row.law)}
        | {key: getattr(row.law, key) for key in keys}
        | {"limit": row.limit, "inside": row.inside, "staleness_max": row.staleness_max}
        | {"needs": [dict(zip(("symbol", "meaning", "option"), need, strict=True)) for need in row.needs]}
        | {"reasons": dict(row.reasons)}
        for row in rows
    ]
    counts = Counter("unknown" if row.inside is None else "inside" if row.inside else "outside" for row in rows)
    counted = {name: counts[name] for name in ("inside", "outside", "unknown")}
    return {
        "given": given,
        "max_lag": None if given["staleness"] is None else int(given["staleness"]) - 1,
        "lag_convention": "periodic-sync",
        "caveat": CAVEAT,
        "laws": laws,
        "counts": {"laws": len(laws)} | counted,
    }


def _show(rows: Sequence[Row], given: dict[str, Any], detailed: bool) -> None:
    """Print the limits on the learning rate, then what else there is; every text of the laws where they were named."""
    from ...theory.comparisons import CAVEAT
    from ..console import number, show_lines, show_table

    rates = [row for row in rows if row.law.bound is not None and row.law.of == "learning rate"]
    others = [row for row in rows if row not in rates]
    if rates:
        columns = ("law", "limit", "yours", "max S", "lag", "phi", "how sure")
        table = [
            (
                row.law.id,
                _shown(row),
                _word(row),
                number(row.staleness_max),
                _lag(row),
                "yes" if row.law.phi_slot else "no",
                row.law.sureness,
            )
            for row in rates
        ]
        show_table(f"Limits on the learning rate; yours is {number(given['eta'])}", columns, table)
    if others:
        table = [
            (
                row.law.id,
                row.law.of if row.law.reading == "quantity" else row.law.reading,
                _shown(row),
                row.law.sureness,
            )
            for row in others
        ]
        show_table("No limit on the learning rate", ("law", "what it gives", "at your numbers", "how sure"), table)
    needs = dict.fromkeys(need for row in rows for need in row.needs)
    show_lines("Needs ", [f"{symbol}: {how} ({meaning})" for symbol, meaning, how in needs])
    for row in rows if detailed else ():
        law = row.law
        show_lines(f"{law.id}: ", [f"{law.title}. {law.statement}"])
        show_lines("  assumes: ", law.assumptions)
        show_lines("  symbols: ", [f"{theirs} is {ours}" for theirs, ours in law.mapping])
        show_lines("  lag: ", [law.lag])
        show_lines("  not for: ", [law.not_for])
        show_lines("  checked: ", [law.checked] if law.checked else [f"proved here: stalelaw derive {law.claim}"])
        show_lines("  source: ", [law.source])
    show_lines("Note: ", [CAVEAT, "Lag: S is the sync interval; S-1 stands for the largest lag, under periodic sync."])
    if not detailed:
        show_lines("Note: ", ["Outside a sufficient law means not covered by it. Name laws to read them in full."])


def _word(row: Row) -> str:
    if row.inside is None:
        return "-"
    if row.inside:
        return "inside (for some eta below it)" if row.law.reading == "existence" else "inside"
    return "OUTSIDE the edge" if row.law.reading == "edge" else "outside"


def _lag(row: Row) -> str:
    return next((LAG[name] for name in sorted(map(str, row.law.symbols)) if name in LAG), "none")


def _shown(row: Row) -> str:
    from ..console import number

    if row.needs:
        return f"needs {', '.join(symbol for symbol, _, _ in row.needs)}"
    if row.limit is not None:
        return number(row.limit)
    return row.reasons["limit"] if row.inside is None else "holds" if row.inside else "FAILS"
