"""The whole answer of a derivation that stands, kept by the text of all it comes from: nothing unchanged is built.

Building the claims costs seconds before the first verdict is looked up. Nothing here imports SymPy.
"""

from __future__ import annotations

import sys
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from typing import Any

from stalelaw import __version__

from . import ENTRY_POINTS
from .store import Store

__all__ = ["PACKAGES", "Snapshot", "version"]

PACKAGES = ("sympy", "mpmath", "z3-solver", "cvc5", "python-flint")
"""What computes verdicts."""


def version(package: str) -> str:
    """Version of an installed package, ``none`` where it is not installed."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "none"


class Snapshot:
    """The answer for the theory as it lies on disk now.

    Args:
        folder: where answers are kept; None keeps nothing.
        mutants: whether the answer has the mutants.
    """

    def __init__(self, folder: Path | None, mutants: bool) -> None:
        self._store, self._kind = Store(folder), "mutated" if mutants else "derived"
        self._key = _state() if folder is not None else None

    def load(self) -> dict[str, Any] | None:
        """The answer kept, None where there is none for this theory."""
        body = self._store.load(self._kind, self._key)
        return body if isinstance(body, dict) else None  # pyright: ignore[reportUnknownVariableType]

    def keep(self, body: dict[str, Any]) -> None:
        """Keep an answer, unless the theory on disk has changed since this was made."""
        if self._key is not None and self._key == _state():
            self._store.store(self._kind, self._key, body)


def _state() -> str | None:
    """Hash of every source of the theory and of the versions of what computes; None with losses from outside."""
    if metadata.entry_points(group=ENTRY_POINTS):
        return None
    root, digest = Path(__file__).parent, sha256()
    versions = [__version__, sys.version, *(f"{package} {version(package)}" for package in PACKAGES)]
    digest.update("\n".join(versions).encode())
    try:
        for path in sorted(root.rglob("*.py")):
            text = path.read_bytes()
            digest.update(f"\n{path.relative_to(root).as_posix()} {len(text)}\n".encode() + text)
    except OSError:
        return None
    return digest.hexdigest()
