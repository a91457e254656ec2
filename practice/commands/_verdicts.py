"""Verdicts for people and machines: tables, JUnit XML, GitHub annotations; all say what the exit code says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..console import number, show_lines, show_table

if TYPE_CHECKING:
    from ...verify.verdicts import Verdict

__all__ = ["annotate", "counts", "junit_xml", "show", "show_baseline"]

SKIPPED = ("undecided", "not-measured")
LEVELS = {"violated": "error", "refuted-empirically": "warning", "undecided": "warning"}


def counts(verdicts: Sequence[Verdict]) -> dict[str, int]:
    """How many rows have each status that occurs."""
    return dict(sorted(Counter(v.status for v in verdicts).items()))


def show(verdicts: Sequence[Verdict], alarms: dict[str, Any]) -> None:
    """Print the table, the counts and the false-alarm rate."""
    cells = (
        (v.claim, v.status, number(v.predicted), number(v.measured), number(v.tightness), v.message) for v in verdicts
    )
    show_table("Claims against measurements", ("claim", "status", "predicted", "measured", "tightness", "what"), cells)
    show_lines("", [", ".join(f"{n} {status}" for status, n in counts(verdicts).items())])
    show_lines("", [f"False alarms of the whole suite: at most {number(alarms['rate'])}; {alarms['how']}"])


def show_baseline(changes: dict[str, Any] | None) -> None:
    """Print what changed against the baseline; nothing without one."""
    if changes is None:
        return
    show_lines("Baseline differs in ", [f"{c['what']}: {c['was']} -> {c['is']}" for c in changes["differences"]])
    show_lines("Newly failing: ", [_change(c) for c in changes["newly_failing"]])
    show_lines("Tightness drift: ", [_change(c) for c in changes["tightness_drift"]])
    show_lines("New measurement: ", [f"{c['claim']} #{c['row']}: {c['message']}" for c in changes["new"]])
    show_lines("Measured no more: ", [f"{c['claim']}: {c['message']}" for c in changes["gone"]])
    if changes["not_chosen"]:
        show_lines("In the baseline, and not asked for now: ", [f"{len(changes['not_chosen'])} claims or bounds"])
    if not any(changes[key] for key in ("newly_failing", "tightness_drift", "new", "gone")):
        show_lines("", [f"Nothing changed against the baseline (tightness within {changes['drift_threshold']:.0%})."])


def _change(change: dict[str, Any]) -> str:
    was, now = (number(x) if isinstance(x, float) else str(x) for x in (change["was"], change["is"]))
    return f"{change['claim']} #{change['row']}: {was} -> {now}; {change['message']}"


def junit_xml(verdicts: Sequence[Verdict]) -> bytes:
    """JUnit XML: violated is a failure, undecided and not-measured are skipped; cases are numbered within a claim."""
    from xml.etree import ElementTree

    totals = {"failures": sum(v.status == "violated" for v in verdicts)}
    totals |= {"skipped": sum(v.status in SKIPPED for v in verdicts), "errors": 0}
    attributes = {"name": "stalelaw check", "tests": str(len(verdicts))} | {k: str(n) for k, n in totals.items()}
    root = ElementTree.Element("testsuite", attributes)
    seen: Counter[str] = Counter()
    for v in verdicts:
        name = f"{v.claim} #{seen[v.claim]}"
        seen[v.claim] += 1
        case = ElementTree.SubElement(root, "testcase", {"classname": f"stalelaw.{v.claim}", "name": name})
        text = "".join(c if c.isprintable() else "?" for c in f"{v.status}: {_numbers(v)}")
        if v.status == "violated":
            ElementTree.SubElement(case, "failure", {"message": text})
        elif v.status in SKIPPED:
            ElementTree.SubElement(case, "skipped", {"message": text})
        else:
            ElementTree.SubElement(case, "system-out").text = text
    document: Any = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def annotate(verdicts: Sequence[Verdict], changes: dict[str, Any] | None) -> list[str]:
    """GitHub workflow commands for what does not hold and for what changed against a baseline."""
    lines = [_command(LEVELS[v.status], f"{v.claim} {v.status}", _numbers(v)) for v in verdicts if v.status in LEVELS]
    for key, title in (("newly_failing", "newly failing"), ("tightness_drift", "tightness drift")):
        lines += [_command("warning", f"{c['claim']} {title}", _change(c)) for c in (changes or {}).get(key, ())]
    return lines


def _numbers(v: Verdict) -> str:
    return f"predicted {v.predicted}, measured {v.measured}; {v.message}"


def _command(level: str, title: str, text: str) -> str:
    clean = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return f"::{level} title={title}::{clean}"
