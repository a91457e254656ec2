"""Small copies of a report for the repository, with a stamp that shows when the sources have moved on."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any, cast

from ..errors import BadInput
from ..jsonio import dumps, write_atomic
from .build import checked_place
from .provenance import source_hash

__all__ = ["LIMIT", "STAMP", "check", "problems", "publish"]

STAMP = "stamp.json"
LIMIT = 8_000_000
"""Bytes of all copies together; figures are left out where they do not fit."""

_TEXTS: tuple[str, ...] = ("index.html", "verdicts.json")


def check(folder: Path, report: Path | None = None) -> None:
    """Make sure that copies may go into a folder: nothing but unchanged earlier copies would be written over.

    Args:
        folder: where the copies go; it need not exist.
        report: the folder of the report itself, when it is known; the copies may not lie in it.

    Raises:
        BadInput: it lies below a regular file, cannot be written, lies in the report, or holds the page, the
            verdicts or PNG figures with a content that its stamp does not list.
    """
    expected, fix = "a folder to publish into", "move it away, or choose another folder for --publish"
    target = checked_place(folder, expected, "choose another folder for --publish")
    if report is not None and report.resolve() in (target, *target.parents):
        got = f"{folder}, which lies in the report at {report}"
        raise BadInput(expected, got, "choose another folder for --publish")
    known: dict[str, str] = _stamp(folder).get("files", {})
    figures = folder / "figures"
    if figures.is_symlink() or (figures.exists() and not figures.is_dir()):
        raise BadInput(expected, f"{folder}, where figures is not a folder", fix)
    try:
        if figures.is_dir() and not os.access(figures, os.R_OK | os.W_OK | os.X_OK):
            raise BadInput(expected, f"{folder}, where {figures} cannot be written", fix)
        drawn = sorted(f"figures/{path.name}" for path in figures.glob("*.png"))
        for name in (*_TEXTS, *drawn):
            path = folder / name
            if path.is_symlink() or (path.exists() and not (path.is_file() and known.get(name) == _digest(path))):
                got = f"{folder}, whose {name} is not the copy of an earlier report by {STAMP}"
                raise BadInput(f"{expected}: its copies unchanged", got, fix)
    except OSError as error:
        raise BadInput(expected, f"{folder} ({error.strerror})", fix) from error


def publish(report: Path, folder: Path) -> list[str]:
    """Copy page, verdicts and PNG figures into ``folder`` and stamp them; other files stay.

    Args:
        report: a finished report.
        folder: e.g. ``reports`` of the repository.

    Returns:
        Names of the copies.

    Raises:
        BadInput: the folder cannot be written, or holds something else under a name of a copy; see ``check``.
    """
    check(folder, report)
    names = [*_TEXTS, *(f"figures/{path.name}" for path in sorted((report / "figures").glob("*.png")))]
    if sum((report / name).stat().st_size for name in names) > LIMIT:
        names = list(_TEXTS)
    earlier: dict[str, str] = _stamp(folder).get("files", {})
    for name in names:
        write_atomic(folder / name, (report / name).read_bytes())
    for name, digest in earlier.items():
        path = folder / name
        ours = name in _TEXTS or (path.parent == folder / "figures" and path.suffix == ".png")
        if ours and name not in names and path.is_file() and _digest(path) == digest:
            path.unlink()
    if (folder / "figures").is_dir() and not any((folder / "figures").iterdir()):
        (folder / "figures").rmdir()
    digests = {name: _digest(folder / name) for name in names}
    write_atomic(folder / STAMP, dumps({"source_hash": source_hash(), "files": digests}))
    return names


def problems(folder: Path) -> list[str]:
    """Say what is wrong with published copies: missing or changed files, sources that have moved on; empty is fresh."""
    stamp = _stamp(folder)
    if not stamp:
        return [f"no {STAMP}: nothing was published"]
    found: list[str] = []
    for name, digest in stamp["files"].items():
        if not (folder / name).is_file():
            found.append(f"{name} is missing")
        elif _digest(folder / name) != digest:
            found.append(f"{name} was changed after it was published")
    if stamp["source_hash"] != source_hash():
        found.append("stale: the sources have changed since; run `make publish`")
    return found


def _stamp(folder: Path) -> dict[str, Any]:
    path = folder / STAMP
    wrong = BadInput(f"a stamp written by an earlier publish at {STAMP}", f"something else at {path}", "move it away")
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise wrong
    if not path.exists():
        return {}
    try:
        content: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise wrong from error
    if not isinstance(content, dict):
        raise wrong
    stamp = cast("dict[str, Any]", content)
    if not isinstance(stamp.get("files"), dict) or not isinstance(stamp.get("source_hash"), str):
        raise wrong
    return stamp


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
