"""Where a report comes from: versions, sources, seed, device. No clock and no machine path: reports compare."""

from __future__ import annotations

import hashlib
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from typing import Any

from stalelaw import __version__

from .effort import Effort

__all__ = ["LIBRARIES", "commit", "provenance", "source_hash"]

LIBRARIES = ("sympy", "z3-solver", "cvc5", "numpy", "torch", "matplotlib", "latex2mathml", "jinja2", "pydantic")
ROOMS = ("theory", "verify", "practice")
SUFFIXES = (".py", ".j2", ".css", ".json", ".sty", ".bib")


def source_hash() -> str:
    """SHA-256 over path and content of every source file of the three rooms, in order of path."""
    digest = hashlib.sha256()
    for room in ROOMS:
        root = Path(str(files(f"stalelaw.{room}")))
        for path in sorted(root.rglob("*"), key=lambda p: p.relative_to(root).as_posix()):
            if path.suffix in SUFFIXES and "__pycache__" not in path.parts:
                content = path.read_bytes().replace(b"\r\n", b"\n")
                digest.update(f"{room}/{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
                digest.update(content)
    return digest.hexdigest()


def commit() -> tuple[str | None, str | None]:
    """The commit of the working tree these sources belong to, ``-dirty`` appended where they differ; or why not.

    Returns:
        (commit, None) or (None, reason). An installed copy inside somebody else's repository does not count.
    """
    here = Path(__file__).resolve()

    def git(*arguments: str) -> str | None:
        try:
            run = subprocess.run(
                ("git", "-C", str(here.parent), *arguments), capture_output=True, text=True, timeout=20, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        return run.stdout.strip() if run.returncode == 0 else None

    if git("ls-files", "--error-unmatch", here.name) is None:
        return None, "no git, or the package does not lie in its own working tree"
    head = git("rev-parse", "HEAD")
    if head is None:
        return None, "the working tree has no commit"
    dirty = git("status", "--porcelain", "--", *(f":/{room}" for room in ROOMS))
    return head + ("-dirty" if dirty else ""), None


def provenance(command: str, effort: Effort, seed: int, device: str) -> dict[str, Any]:
    """Return the ``provenance`` part of ``verdicts.json``."""
    head, reason = commit()
    return {
        "command": command,
        "paper": "arXiv 2607.01083",
        "version": __version__,
        "commit": head,
        "commit_reason": reason,
        "source_hash": source_hash(),
        "effort": effort.name,
        "suite": effort.suite,
        "seed": seed,
        "device": device,
        "dtype": "float64",
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "libraries": [{"name": name, "version": _version(name)} for name in LIBRARIES],
        "pdf": None,
        "pdf_reason": "not made yet",
        "not_measured": [
            "Large neural policies: the trained ones have some thousand parameters; a preset of a million wants a GPU.",
            "Noise: outside the trained policies, updates are exact population gradients without moments.",
            "Graded rewards, variable lengths, per-batch reward scaling and mixed-version responses.",
            "Real asynchrony: lags follow a fixed schedule; no queue, no rollout workers.",
            "The horizon condition against collapse: single trained runs collapse, too few to place a boundary.",
        ],
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
