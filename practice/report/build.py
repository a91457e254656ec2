"""Build the report in a folder beside the wanted one and move it into place, so that nothing half-written stays."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

from ..errors import BadInput
from ..jsonio import dumps
from .collect import Collected, Notify, collect
from .effort import Effort

__all__ = ["FILES", "build", "checked_output", "typeset", "write"]

FILES = ("index.html", "verdicts.json", "derivation.tex", "derivation.pdf", "figures")
"""Everything a report folder may hold; a folder with anything else is left alone."""


def checked_output(out: Path) -> Path:
    """Return the resolved folder after making sure that a report may go there.

    Raises:
        BadInput: it lies below a regular file, is a file, or holds something that is no report.
    """
    expected = "a folder to write the report into"
    target = out.resolve()
    for place in (target, *target.parents):
        if place.exists():
            if not place.is_dir():
                raise BadInput(expected, f"{out}, where {place.name} is a file", "choose another --out")
            break
    if target.exists():
        others = sorted(entry.name for entry in target.iterdir() if entry.name not in FILES)
        if others:
            got = f"{out}, which holds {', '.join(others[:3])}"
            raise BadInput(f"{expected}: empty, new, or an older report", got, "choose another --out")
    return target


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
    work = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    old = target.with_name(f".{target.name}.{os.getpid()}.old")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        work.mkdir()
        _fill(work, collected, notify)
        if target.exists():
            os.replace(target, old)
        os.replace(work, target)
    except OSError as error:
        raise BadInput("a folder that can be written", f"{out} ({error.strerror})", "choose another --out") from error
    finally:
        if old.exists() and not target.exists():
            os.replace(old, target)
        for leftover in (work, old):
            shutil.rmtree(leftover, ignore_errors=True)
    return target


def _fill(folder: Path, collected: Collected, notify: Notify) -> None:
    from ...theory.render.templates import render_tex
    from .figures import count, draw_all
    from .page import render

    source = render_tex(collected.derivation)
    (folder / "derivation.tex").write_text(source, encoding="utf-8", newline="\n")
    notify("pdf", "derivation.pdf", 1)
    made = collected.document["provenance"] | typeset(folder, source)
    text = dumps({**collected.document, "provenance": made})
    (folder / "verdicts.json").write_text(text, encoding="utf-8", newline="\n")
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
