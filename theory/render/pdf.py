"""A PDF from a derivation, where TeX is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

__all__ = ["TIME_LIMIT_S", "TexError", "Typeset", "compile_pdf", "compile_tex", "missing_tex", "typeset"]

TIME_LIMIT_S = 900.0  # the whole theory takes one minute of an idle core
_CONTEXT = 4  # log lines shown after an error
_COMMAND = ("latexmk", "-norc", "-pdf", "-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error")
# No clock in the file, no access outside the folder, no broken log lines.
_FIXED = {"SOURCE_DATE_EPOCH": "0", "FORCE_SOURCE_DATE": "1", "max_print_line": "1000"}
_SANDBOX = {"openin_any": "p", "openout_any": "p"}


class TexError(RuntimeError):
    """LaTeX stopped with an error; the message holds the log lines that say why."""


def missing_tex() -> str | None:
    """Why no PDF can be made here, or None when it can."""
    if shutil.which("latexmk") is None:
        return "latexmk is not installed (Debian: latexmk, texlive-latex-extra, lmodern); the .tex is complete"
    return None


@dataclass(frozen=True)
class Typeset:
    """What LaTeX made: the PDF, and the logs of its last run and of BibTeX."""

    pdf: bytes
    log: str


def typeset(
    source: str,
    *,
    beside: Mapping[str, str] | None = None,
    limit_s: float = TIME_LIMIT_S,
    name: str = "the document",
) -> Typeset:
    """Run latexmk on a source in a temporary folder; the same source gives the same bytes.

    Args:
        source: a complete LaTeX document.
        beside: files that it reads, by name.
        limit_s: wall-clock limit in seconds.
        name: what to call it in errors.

    Raises:
        TexError: latexmk is absent, failed or ran too long; the message holds the log lines that matter.
    """
    if reason := missing_tex():
        raise TexError(reason)
    with TemporaryDirectory(prefix="stalelaw-tex-") as folder:
        work = Path(folder)
        for file, content in {**(beside or {}), "derivation.tex": source}.items():
            (work / file).write_text(content, encoding="utf-8")
        try:
            run = subprocess.run(
                [*_COMMAND, "derivation.tex"],
                cwd=work,
                env=os.environ | _FIXED | _SANDBOX,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=limit_s,
            )
        except subprocess.TimeoutExpired as error:
            raise TexError(f"latexmk ran longer than {limit_s:.0f} s on {name}") from error
        made, log = work / "derivation.pdf", work / "derivation.log"
        text = log.read_text(errors="replace") if log.is_file() else run.stdout + run.stderr
        if run.returncode != 0 or not made.is_file():
            raise TexError(f"LaTeX stopped on {name} (exit {run.returncode}):\n{_why(text)}")
        bibliography = made.with_suffix(".blg")
        text += bibliography.read_text(errors="replace") if bibliography.is_file() else ""
        return Typeset(made.read_bytes(), text)


def compile_tex(source: str) -> bytes | None:
    """PDF of a LaTeX source, or None where latexmk is absent; raises ``TexError`` like ``typeset``."""
    return None if missing_tex() else typeset(source).pdf


def compile_pdf(tex_path: Path) -> Path | None:
    """Compile a LaTeX file and put the PDF beside it, whole or not at all.

    Args:
        tex_path: the LaTeX file.

    Returns:
        Path of the PDF, or None where latexmk is absent (``missing_tex`` says why).

    Raises:
        TexError: LaTeX failed or ran too long; a PDF that was there stays as it was.
        FileNotFoundError: there is no such source.
    """
    if not tex_path.is_file():
        raise FileNotFoundError(f"expected a LaTeX file, got {tex_path}")
    if missing_tex():
        return None
    made = typeset(tex_path.read_text(encoding="utf-8"), name=tex_path.name)
    target = tex_path.with_suffix(".pdf")
    partial = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        partial.write_bytes(made.pdf)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return target


def _why(log: str) -> str:
    lines = log.splitlines()
    errors = [n for n, line in enumerate(lines) if line.startswith("!")]
    if not errors:
        return "\n".join(lines[-12:])
    return "\n".join(line for n in errors[:3] for line in lines[n : n + 1 + _CONTEXT])
