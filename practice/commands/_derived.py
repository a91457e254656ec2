"""What ``stalelaw derive`` prints of a derivation, from its JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

__all__ = ["put", "stands"]


def put(body: dict[str, Any], as_json: bool, written: Path | None = None) -> None:
    """Print a derivation as one JSON document or as tables, and where its text was written."""
    from ..jsonio import dumps, printing

    text = dumps(body) if as_json else ""
    with printing():
        if as_json:
            typer.echo(text, nl=False)
            return
        _show(body)
        if written:
            typer.echo(f"written: {written}")


def stands(body: dict[str, Any]) -> bool:
    """Whether every claim is proved or cited and no mutant was missed."""
    missed = [m for m in body.get("mutants", ()) if m["caught_by"] is None and not m["equivalent"]]
    return not missed and all(claim["status"] in ("proved", "cited") for claim in body["claims"])


def _show(body: dict[str, Any]) -> None:
    from ..console import show_lines, show_table

    claims: list[dict[str, Any]] = body["claims"]
    shown = [c for c in claims if c["kind"] != "cited"] or claims
    rows = [
        (
            c["id"],
            c["kind"],
            c["status"],
            f"{sum(s['status'] == 'proved' for s in c['steps'])}/{len(c['steps'])}",
            c["title"],
        )
        for c in shown
    ]
    show_table("Derivation", ("claim", "kind", "status", "proved steps", "title"), rows)
    for claim in claims:
        name = claim["id"]
        for step in claim["steps"]:
            if "statement" in step:
                show_lines(f"{name}, step {step['id']}, {step['status']} by {step['engine']}: ", [step["statement"]])
                show_lines("  ", [step["message"]] if step["message"] else [])
                show_lines("  counterexample: ", _values(step.get("counterexample", {})))
        if claim["counterexample"]:
            show_lines(f"{name}: ", ["the theorem itself is false; every premise holds and it fails at"])
            show_lines("  ", _values(claim["counterexample"]))
        elif claim["status"] == "refuted":
            show_lines(f"{name}: ", ["the proof is wrong; no counterexample to the theorem itself was found"])
        show_lines(f"{name}: ", claim["problems"])
        show_lines(f"{name}, not shown yet: ", claim["missing"])
    if len(shown) < len(claims):
        show_lines("Cited: ", [f"{len(claims) - len(shown)} named lemmas, each with its source (derive --list)"])
    total = body["counts"]
    share = total["proved_share"]
    summary = f"{total['steps_by_status']}" + (
        "" if share is None else f"; proved share of asserting steps {share:.1%}"
    )
    show_lines("Steps: ", [summary])
    if "mutants" in body:
        show_lines("Mutants: ", [str(total["mutants"])])
        missed = [m for m in body["mutants"] if m["caught_by"] is None]
        table = [
            (m["claim"], m["step"], m["mutation"], m["direction"], "equivalent" if m["equivalent"] else "MISSED")
            for m in missed
        ]
        show_table("Mutants that nobody noticed", ("claim", "step", "mutation", "direction", "verdict"), table)


def _values(pairs: dict[str, str]) -> list[str]:
    return [f"{symbol} = {value}" for symbol, value in pairs.items()]
