"""Build the report in a folder beside the wanted one and move it into place, so that nothing half-written stays."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any, cast

from ..errors import BadInput
from ..jsonio import dumps
from .collect import Collected, Notify, collect
from .effort import Effort

__all__ = ["FILES", "build", "checked_output", "checked_place", "typeset", "write"]

FILES = ("index.html", "verdicts.json", "derivation.html", "derivation.tex", "derivation.pdf", "figures")
"""Everything a report folder may hold at its top; which files a report wrote stands in its verdicts.json."""

_EXPECTED = "a folder to write the report into"
_OLDER = f"{_EXPECTED}: empty, new, or an older report"


def checked_place(path: Path, expected: str, fix: str) -> Path:
    """Return the resolved path after making sure that a folder is, or can be made, and written to, there.

    Raises:
        BadInput: it is or lies below a regular file, or below or in a folder that cannot be written.
    """
    try:
        target = path.resolve()
        place = next(place for place in (target, *target.parents) if place.exists())
        if not place.is_dir():
            raise BadInput(expected, f"{path}, where {place.name} is a file", fix)
    except OSError as error:
        raise BadInput(expected, f"{path} ({error.strerror})", fix) from error
    if not os.access(place, os.R_OK | os.W_OK | os.X_OK):
        raise BadInput(expected, f"{path}, where {place} cannot be written", fix)
    return target


def checked_output(out: Path) -> Path:
    """Return the resolved folder after making sure that a report may go there.

    A folder that holds something is replaced only when all of it was written by an earlier report: its verdicts.json
    says which files those were.

    Raises:
        BadInput: it lies below a regular file, is a file, cannot be written, holds a file that no report wrote, or
            holds a report and the current directory is in it.
    """
    fix = "choose another --out"
    target = checked_place(out, _EXPECTED, fix)
    checked_place(target.parent, _EXPECTED, fix)  # the new report is made beside the old one
    try:
        if not target.exists() or not any(target.iterdir()):
            return target
        known = _written(target)
        foreign = next((name for name in _entries(target) if name not in known), None)
    except OSError as error:
        raise BadInput(_EXPECTED, f"{out} ({error.strerror})", fix) from error
    if foreign is not None:
        raise BadInput(_OLDER, f"{out}, which holds {foreign} and no report that lists it", fix)
    if target in _here():
        raise BadInput(_OLDER, f"{out}, which holds the current directory", f"{fix}, or run it from elsewhere")
    return target


def _here() -> tuple[Path, ...]:
    """The current directory and everything above it; nothing where it has been removed."""
    try:
        current = Path.cwd().resolve()
    except OSError:
        return ()
    return (current, *current.parents)


def _entries(folder: Path) -> list[str]:
    """Everything below a folder but the folder of figures itself, links not followed; in order of name."""
    found: list[str] = []

    def fail(error: OSError) -> None:
        raise error

    for root, folders, files in os.walk(folder, onerror=fail):
        base = Path(root)
        for name in (*folders, *files):
            path = base / name
            inner = path.relative_to(folder).as_posix()
            if path.is_symlink() or not (path.is_file() or inner == "figures"):
                found.append(f"{inner}{'@' if path.is_symlink() else '/' if path.is_dir() else ''}")
            elif path.is_file():
                found.append(inner)
    return sorted(found)


def _written(folder: Path) -> set[str]:
    """Files an earlier report wrote into the folder, by its verdicts.json; empty where that is no report's."""
    path = folder / "verdicts.json"
    if path.is_symlink() or not path.is_file():
        return set()
    try:
        content: Any = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        return set()
    if not isinstance(content, dict):
        return set()
    document = cast("dict[str, Any]", content)
    made: Any = document.get("provenance")
    if not isinstance(document.get("schema_version"), int) or not isinstance(document.get("stalelaw_version"), str):
        return set()
    names: Any = cast("dict[str, Any]", made).get("files") if isinstance(made, dict) else None
    if not isinstance(names, list):
        return set()
    listed = cast("list[Any]", names)
    return {name for name in listed if isinstance(name, str) and name.split("/")[0] in FILES}


def build(effort: Effort, out: Path, seed: int, device: str, command: str, notify: Notify) -> Path:
    """Collect everything and write the report.

    Args:
        effort: how much is measured.
        out: folder; replaced as a whole when it holds an older report.
        seed: of the measured problems.
        device: torch device.
        command: for the provenance.
        notify: progress, also on the tracks ``figures`` and ``pdf``.

    Returns:
        The folder.

    Raises:
        BadInput: the folder cannot be used; checked before anything is computed.
    """
    target = checked_output(out)
    return write(collect(effort, seed, device, command, notify), target, notify)


def write(collected: Collected, out: Path, notify: Notify) -> Path:
    """Write derivation, figures, page and verdicts of what was collected; see ``build``."""
    target = checked_output(out)
    expected, fix = "a folder that can be written", "choose another --out"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{target.name[:60]}.", dir=target.parent))
    except OSError as error:
        raise BadInput(expected, f"{out} ({error.strerror})", fix) from error
    work, old = aside / "new", aside / "old"
    try:
        work.mkdir()
        _fill(work, collected, notify)
        checked_output(out)  # drawing takes a while: somebody may have put a file there
        if target.exists() and not any(target.iterdir()):
            _move_into(work, target)  # it may be somebody's current directory: the folder itself stays
        else:
            if target.exists():
                os.replace(target, old)
            os.replace(work, target)
    except OSError as error:
        raise BadInput(expected, f"{out} ({error.strerror})", fix) from error
    finally:
        if old.exists() and not target.exists():
            os.replace(old, target)
        shutil.rmtree(aside, ignore_errors=True)
    return target


def _move_into(work: Path, target: Path) -> None:
    moved: list[str] = []
    try:
        for name in sorted(entry.name for entry in work.iterdir()):
            os.replace(work / name, target / name)
            moved.append(name)
    except OSError:
        for name in moved:
            os.replace(target / name, work / name)
        raise


def _fill(folder: Path, collected: Collected, notify: Notify) -> None:
    from ...theory.render.templates import render_page, render_tex
    from .figures import count, draw_all
    from .page import render

    source = render_tex(collected.derivation)
    (folder / "derivation.tex").write_text(source, encoding="utf-8", newline="\n")
    derivation = render_page(collected.derivation)
    (folder / "derivation.html").write_text(derivation, encoding="utf-8", newline="\n")
    notify("pdf", "derivation.pdf", 1)
    made = collected.document["provenance"] | typeset(folder, source)
    text = dumps({**collected.document, "provenance": made})
    document: dict[str, Any] = json.loads(text)  # page and figures see what a reader of the file sees
    (folder / "figures").mkdir()
    inline: dict[str, str] = {}
    total = count(document)
    for drawn in draw_all(document):
        notify("figures", drawn.name, total)
        (folder / "figures" / f"{drawn.name}.svg").write_text(drawn.svg, encoding="utf-8", newline="\n")
        (folder / "figures" / f"{drawn.name}.png").write_bytes(drawn.png)
        inline[drawn.name] = drawn.inline
    page = render(document, collected.derivation, inline)
    (folder / "index.html").write_text(page, encoding="utf-8", newline="\n")
    document["provenance"]["files"] = sorted([*_entries(folder), "verdicts.json"])  # what the next report may replace
    (folder / "verdicts.json").write_text(dumps(document), encoding="utf-8", newline="\n")


def typeset(folder: Path, source: str) -> dict[str, Any]:
    """Make the PDF where TeX is installed; where it is not, or fails, the report says so and goes on."""
    from ...theory.render.pdf import TexError, compile_tex, missing_tex

    reason = missing_tex()
    if reason is None:
        try:
            content = compile_tex(source)
            if content is not None:
                (folder / "derivation.pdf").write_bytes(content)
                return {"pdf": "derivation.pdf", "pdf_reason": None}
            reason = "latexmk made no file"
        except TexError as error:
            reason = str(error)
    return {"pdf": None, "pdf_reason": reason}
