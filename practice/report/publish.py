"""Small copies of a report for the repository, with a stamp that shows when the sources have moved on."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any, cast

from ..errors import BadInput
from ..jsonio import dumps, write_atomic
from .provenance import source_hash

__all__ = ["LIMIT", "STAMP", "problems", "publish"]

STAMP = "stamp.json"
LIMIT = 3_000_000
"""Bytes of all copies together; figures are left out where they do not fit."""

_TEXTS: tuple[str, ...] = ("index.html", "verdicts.json", "derivation.tex")


def publish(report: Path, folder: Path) -> list[str]:
    """Copy page, verdicts, derivation and PNG figures into ``folder`` and stamp them; other files stay.

    Args:
        report: a finished report.
        folder: e.g. ``reports`` of the repository.

    Returns:
        Names of the copies.

    Raises:
        BadInput: the folder cannot be written.
    """
    names = [*_TEXTS, *(f"figures/{path.name}" for path in sorted((report / "figures").glob("*.png")))]
    if sum((report / name).stat().st_size for name in names) > LIMIT:
        names = list(_TEXTS)
    before = [str(name) for name in _stamp(folder).get("files", {}) if name not in names]
    for name in names:
        write_atomic(folder / name, (report / name).read_bytes())
    for name in before:
        if ".." not in Path(name).parts and not Path(name).is_absolute():
            (folder / name).unlink(missing_ok=True)
    if (folder / "figures").is_dir() and not any((folder / "figures").iterdir()):
        shutil.rmtree(folder / "figures")
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
    if not path.is_file():
        return {}
    try:
        content: Any = json.loads(path.read_text(encoding="utf-8"))
        return cast("dict[str, Any]", content) if isinstance(content, dict) else {}
    except (OSError, ValueError) as error:
        raise BadInput(f"a stamp written by an earlier publish at {STAMP}", "something else", "remove it") from error


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
