"""Verdicts kept between runs, by content: one small JSON file per key, safe to delete at any time.

What is trusted: a file is used only when its name, its key and its checksum fit, and when its verdicts fit the steps of
the claim one by one; the status is worked out anew from them. The key is the hash of everything the verdict depends on
(``theory.content``), so a file cannot be taken for the verdict on another claim, another engine or another version. The
checksum is no signature: who can write to the folder can write a verdict, just as who can write to the package can
change the engines. Files that belong to others or that others may write, and links, are therefore not read, and
``--no-cache`` proves everything anew.
"""

from __future__ import annotations

import json
import os
import stat
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, fields
from hashlib import sha256
from pathlib import Path
from typing import Any, get_args
from uuid import uuid4

from .proof.check import status_of
from .proof.mutants import Mutant
from .proof.records import Claim, ClaimVerdict, StepStatus, StepVerdict

__all__ = ["Cache", "user_cache"]

_LARGEST = 8 * 2**20
_KEPT_S = 60 * 24 * 3600.0


def user_cache() -> Cache:
    """The cache of this user: ``STALELAW_CACHE_DIR``, else ``stalelaw`` in the platform's cache folder."""
    given = os.environ.get("STALELAW_CACHE_DIR")
    if given:
        return Cache(Path(given))
    try:
        home = Path.home()
    except RuntimeError:
        return Cache(None)
    if sys.platform == "darwin":
        base = home / "Library" / "Caches"
    elif sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    return Cache(base / "stalelaw" if base.is_absolute() else None)


class Cache:
    """Verdicts on disk. Whatever is wrong with the folder or a file means: not there; nothing is ever raised.

    Args:
        folder: where the files lie, made when first written to; None keeps nothing.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = None if folder is None else folder / "verdicts"
        self._pruned = False

    def verdict(self, claim: Claim, key: str | None) -> ClaimVerdict | None:
        """The verdict kept for a claim with this content key."""
        body = self._load("claim", key)
        try:
            return None if body is None else _verdict(claim, body)
        except (KeyError, TypeError, ValueError, AttributeError):
            return None

    def keep_verdict(self, verdict: ClaimVerdict, key: str | None) -> None:
        """Keep a verdict, unless an engine could not decide a step: another run may."""
        if any(s.status == "undecided" for s in verdict.steps):
            return
        body = {
            "claim": verdict.claim.id,
            "status": verdict.status,
            "steps": [asdict(s) for s in verdict.steps],
            "problems": list(verdict.problems),
            "missing": list(verdict.missing),
            "counterexample": dict(verdict.counterexample),
            "violates": dict(verdict.violates),
        }
        self._store("claim", key, body)

    def mutants(self, claim: Claim, key: str | None) -> list[Mutant] | None:
        """The mutants kept for a claim with this content key."""
        body = self._load("mutants", key)
        try:
            return None if body is None else [_mutant(claim, row) for row in body]
        except (KeyError, TypeError, ValueError, AttributeError):
            return None

    def keep_mutants(self, found: list[Mutant], key: str | None) -> None:
        """Keep the mutants of one claim."""
        self._store("mutants", key, [asdict(m) for m in found])

    def failures(self, key: str | None) -> int | None:
        """The number of failed draws kept for a lemma's property test."""
        body = self._load("lemma", key)
        return body if isinstance(body, int) and not isinstance(body, bool) and body >= 0 else None

    def keep_failures(self, failures: int, key: str | None) -> None:
        """Keep the number of failed draws of a lemma's property test."""
        self._store("lemma", key, failures)

    def _path(self, kind: str, key: str | None) -> Path | None:
        return None if self.folder is None or key is None else self.folder / f"{kind}-{key}.json"

    def _load(self, kind: str, key: str | None) -> Any:
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

    def _store(self, kind: str, key: str | None, body: Any) -> None:
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


def _verdict(claim: Claim, body: Mapping[str, Any]) -> ClaimVerdict:
    """A verdict from plain data.

    Raises:
        ValueError: it does not fit the claim.
    """
    steps = tuple(_step(row) for row in body["steps"])
    problems, missing = _texts(body["problems"]), _texts(body["missing"])
    if [(s.id, s.kind) for s in steps] != [(s.id, s.kind) for s in claim.steps]:
        raise ValueError("other steps")
    if body["claim"] != claim.id or body["status"] != status_of(claim, steps, problems):
        raise ValueError("another claim, or a status that its steps do not give")
    counterexample = _pairs(body["counterexample"])
    return ClaimVerdict(claim, body["status"], steps, problems, missing, counterexample, _pairs(body["violates"]))


def _step(row: Mapping[str, Any]) -> StepVerdict:
    if set(row) != {f.name for f in fields(StepVerdict)} or row["status"] not in get_args(StepStatus):
        raise ValueError("no verdict on a step")
    seconds = row["seconds"]
    if not isinstance(seconds, int | float) or not 0 <= seconds < 1e9:
        raise ValueError("no running time")
    plain = {name: _text(row[name]) for name in ("id", "kind", "status", "engine", "message")}
    named = {name: _pairs(row[name]) for name in ("counterexample", "witness")}
    obligations = _texts(row["obligations"])
    return StepVerdict(**plain, seconds=float(seconds), **named, obligations=obligations)  # type: ignore[arg-type]


def _mutant(claim: Claim, row: Mapping[str, Any]) -> Mutant:
    by = row["caught_by"]
    fits = row["claim"] == claim.id and row["direction"] in ("strengthening", "weakening", "neither")
    flags = isinstance(row["equivalent"], bool) and row["cut_short"] is False
    if set(row) != {f.name for f in fields(Mutant)} or not fits or not flags:
        raise ValueError("no mutant of this claim")
    step, mutation = claim.step(row["step"]).id, _text(row["mutation"])
    return Mutant(claim.id, step, mutation, row["direction"], None if by is None else _text(by), row["equivalent"])


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("expected text")
    return value


def _texts(values: Any) -> tuple[str, ...]:
    if not isinstance(values, list):
        raise ValueError("expected a list")
    return tuple(_text(v) for v in values)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]


def _pairs(value: Any) -> dict[str, str]:
    return {_text(k): _text(v) for k, v in value.items()}
