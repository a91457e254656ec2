"""``stalelaw check``: confront the claims with measurements."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from ...verify.verdicts import Verdict

__all__ = ["check"]


def check(
    suite: Annotated[
        Literal["quick", "full"],
        typer.Option(help="quick: about half a minute; full: more problems and longer runs, minutes."),
    ] = "quick",
    claim: Annotated[
        list[str] | None, typer.Option("--claim", metavar="ID", help="Only this claim; may be repeated.")
    ] = None,
    policy: Annotated[
        Literal["tabular"], typer.Option(help="Policy family; tabular softmax is enumerated.")
    ] = "tabular",
    device: Annotated[str, typer.Option(help="Torch device: cpu, cuda, cuda:1, ...")] = "cpu",
    seed: Annotated[int, typer.Option(help="Seed of the problems; replays every number.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document instead of a table.")] = False,
    baseline: Annotated[
        Path | None,
        typer.Option(metavar="OLD.json", help="Earlier --json output: report newly failing claims, tightness drift."),
    ] = None,
    junit: Annotated[Path | None, typer.Option(help="Also write the verdicts as JUnit XML to this file.")] = None,
    github: Annotated[
        bool, typer.Option("--github", help="Also print GitHub annotations (stderr with --json).")
    ] = False,
) -> None:
    """Measure every claim on enumerable problems and compare with the theory; exit 1 when a proved claim is violated.

    Bounds are checked one-sidedly with rounding only, exact statements two-sidedly, exponents after extrapolation to
    zero step. Definitions are reported as not measured.

    \b
    Examples:
      stalelaw check
      stalelaw check --claim bias-ladder --claim staleness-bias --seed 3
      stalelaw check --suite full --json > verdicts.json
      stalelaw check --baseline verdicts-of-last-week.json
    """
    from ...theory.claims import all_claims
    from ...verify.check import rows, run
    from ..baseline import compare, read
    from ..console import progress
    from ..errors import BadInput
    from ..jsonio import check_target, dumps, printing, write_atomic

    known = [record.id for record in all_claims()]
    for name in claim or ():
        if name not in known:
            raise BadInput(f"a claim out of {', '.join(known)}", repr(name), "see `stalelaw derive --list`")
    if not 0 <= seed < 2**40:
        raise BadInput("a seed in 0..2**40-1", str(seed), "give a smaller non-negative integer")
    old = None if baseline is None else read(baseline, suite, seed)
    if junit is not None:
        check_target(junit)
    with progress("measuring") as advance:
        verdicts = run(claim, suite, seed, _usable(device), lambda name: advance(name, len(claim or known)))
    document: dict[str, Any] = {
        "suite": suite,
        "policy": policy,
        "seed": seed,
        "device": device,
        "verdicts": rows(verdicts),
    }
    if old is not None:
        document["baseline"] = compare(document["verdicts"], old)
    if junit is not None:
        write_atomic(junit, _junit(verdicts))
    text = dumps(document) if as_json else ""
    with printing():
        if as_json:
            typer.echo(text, nl=False)
        else:
            _show(verdicts)
            _show_baseline(document.get("baseline"))
        if github:
            for line in _annotations(verdicts):
                typer.echo(line, err=as_json)
    if any(v.status == "violated" for v in verdicts):
        raise typer.Exit(1)


def _usable(device: str) -> str:
    """Return the device after placing one number there, so that a bad name is bad input and not an internal error."""
    import torch

    from ..errors import BadInput

    try:
        torch.zeros((), dtype=torch.float64, device=device).item()
        torch.set_num_threads(1)  # enumerated problems are small: threads would wait for each other
    except (RuntimeError, AssertionError, NotImplementedError, TypeError) as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise BadInput("a torch device that works here, with float64", f"{device!r} ({first})", "try cpu") from error
    return device


def _show(verdicts: list[Verdict]) -> None:
    from collections import Counter

    from ..console import number, show_lines, show_table

    cells = (
        (v.claim, v.status, number(v.predicted), number(v.measured), number(v.tightness), v.message) for v in verdicts
    )
    show_table("Claims against measurements", ("claim", "status", "predicted", "measured", "tightness", "what"), cells)
    counts = Counter(v.status for v in verdicts)
    show_lines("", [", ".join(f"{n} {status}" for status, n in sorted(counts.items()))])


def _show_baseline(changes: dict[str, Any] | None) -> None:
    from ..console import number, show_lines

    if changes is None:
        return
    show_lines(
        "Newly failing: ", [f"{c['claim']} #{c['row']}: {c['was']} -> {c['is']}" for c in changes["newly_failing"]]
    )
    drift = changes["tightness_drift"]
    show_lines(
        "Tightness drift: ", [f"{c['claim']} #{c['row']}: {number(c['was'])} -> {number(c['is'])}" for c in drift]
    )
    show_lines("Number of measurements changed: ", changes["rows_changed"])
    if not any(changes.values()):
        show_lines("", ["Nothing changed against the baseline."])


def _junit(verdicts: list[Verdict]) -> bytes:
    """JUnit XML: violated is a failure, undecided and not-measured are skipped."""
    from xml.etree import ElementTree

    failed = sum(v.status == "violated" for v in verdicts)
    skipped = sum(v.status in ("undecided", "not-measured") for v in verdicts)
    attributes = {
        "name": "stalelaw check",
        "tests": str(len(verdicts)),
        "failures": str(failed),
        "skipped": str(skipped),
    }
    root = ElementTree.Element("testsuite", attributes | {"errors": "0"})
    for i, v in enumerate(verdicts):
        case = ElementTree.SubElement(root, "testcase", {"classname": f"stalelaw.{v.claim}", "name": f"{v.claim} #{i}"})
        text = f"{v.status}: predicted {v.predicted}, measured {v.measured}; {v.message}"
        if v.status == "violated":
            ElementTree.SubElement(case, "failure", {"message": text})
        elif v.status in ("undecided", "not-measured"):
            ElementTree.SubElement(case, "skipped", {"message": text})
        else:
            ElementTree.SubElement(case, "system-out").text = text
    document: Any = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _annotations(verdicts: list[Verdict]) -> list[str]:
    """GitHub workflow commands for what does not hold; definitions are left out."""
    levels = {"violated": "error", "refuted-empirically": "warning", "undecided": "warning"}
    lines: list[str] = []
    for v in verdicts:
        if v.status in levels:
            text = f"predicted {v.predicted}, measured {v.measured}; {v.message}".replace("%", "%25").replace(
                "\n", "%0A"
            )
            lines.append(f"::{levels[v.status]} title={v.claim} {v.status}::{text}")
    return lines
