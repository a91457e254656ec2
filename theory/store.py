"""Small JSON files by content key: written whole, checked when read, safe to delete at any time.

A file is used only when its name, its key and its checksum fit. The checksum is no signature: who can write to the
folder can write an answer, just as who can write to the package can change the engines. Files of other users and links
are therefore not read.
"""

from __future__ import annotations

import json
import os
import stat
import sys
import time
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

__all__ = ["Store", "user_folder"]

_LARGEST = 8 * 2**20
_KEPT_S = 60 * 24 * 3600.0


def user_folder() -> Path | None:
    """The folder of this user: ``STALELAW_CACHE_DIR``, else ``stalelaw`` in the platform's cache folder."""
    given = os.environ.get("STALELAW_CACHE_DIR")
    if given:
        return Path(given)
    try:
        home = Path.home()
    except RuntimeError:
        return None
    if sys.platform == "darwin":
        base = home / "Library" / "Caches"
    elif sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    return base / "stalelaw" if base.is_absolute() else None


class Store:
    """Files on disk. Whatever is wrong with the folder or a file means: not there; nothing is ever raised.

    Args:
        folder: where the files lie, made when first written to; None keeps nothing.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = None if folder is None else folder / "verdicts"
        self._pruned = False

    def _path(self, kind: str, key: str | None) -> Path | None:
        return None if self.folder is None or key is None else self.folder / f"{kind}-{key}.json"

    def load(self, kind: str, key: str | None) -> Any:
        """The data kept under a key, None without a key or a file that fits."""
        path = self._path(kind, key)
        if path is None:
            return None
        try:
            text = _read(path)
            if text is None:
                return None
            entry = json.loads(text)
            fits = (entry["kind"], entry["key"]) == (kind, key)
            return entry["body"] if fits and entry["checksum"] == _checksum(kind, key, entry["body"]) else None
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None

    def store(self, kind: str, key: str | None, body: Any) -> None:
        """Keep data under a key."""
        path = self._path(kind, key)
        if path is None:
            return
        entry = {"kind": kind, "key": key, "checksum": _checksum(kind, key, body), "body": body}
        text = json.dumps(entry, ensure_ascii=True, allow_nan=False, indent=1) + "\n"
        temporary = path.with_name(f".{uuid4().hex}.tmp")
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._prune(path.parent)
            temporary.write_text(text, encoding="ascii")
            os.replace(temporary, path)
        except OSError:  # a read-only or full disk only costs the time of the next run
            with suppress(OSError):
                temporary.unlink(missing_ok=True)

    def _prune(self, folder: Path) -> None:
        """Once per process: delete what was written two months ago; its sources have hardly stood still since."""
        if self._pruned:
            return
        self._pruned = True
        for path in (*folder.glob("*-*.json"), *folder.glob(".*.tmp")):
            with suppress(OSError):
                if time.time() - path.lstat().st_mtime > _KEPT_S:
                    path.unlink()


def _read(path: Path) -> bytes | None:
    """The bytes of a plain file of this user that nobody else may write, None for anything else; never a link.

    What is asked is the file that is opened, so that no other can take its place in between.
    """
    if path.is_symlink():  # where opening follows links
        return None
    with open(os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)), "rb") as file:
        about = os.fstat(file.fileno())
        mine = not hasattr(os, "getuid") or (about.st_uid == os.getuid() and not about.st_mode & stat.S_IWOTH)
        if not mine or not stat.S_ISREG(about.st_mode) or about.st_size > _LARGEST:
            return None
        return file.read(_LARGEST)


def _checksum(kind: str, key: str | None, body: Any) -> str:
    return sha256(json.dumps([kind, key, body], sort_keys=True, allow_nan=False).encode()).hexdigest()
