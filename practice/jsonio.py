"""JSON in and out: stamped with versions, without NaN or Infinity, files written whole or not at all."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from stalelaw import __version__

from .errors import BadInput

__all__ = ["SCHEMA_VERSION", "check_target", "dumps", "load", "printing", "stamped", "write_atomic"]

SCHEMA_VERSION = 1
"""Version of every JSON object the command line writes."""


def stamped(document: Mapping[str, Any]) -> dict[str, Any]:
    """Put ``schema_version`` and ``stalelaw_version`` in front of a document."""
    return {"schema_version": SCHEMA_VERSION, "stalelaw_version": __version__, **document}


def dumps(document: Mapping[str, Any]) -> str:
    """Serialise a stamped document as one line-ended JSON text.

    Raises:
        ValueError: a value is not finite (a mistake of ours, never of the reader's input).
    """
    return json.dumps(stamped(document), indent=2, allow_nan=False) + "\n"


def load(path: Path, what: str) -> Any:
    """Read one JSON file; the literals NaN and Infinity become floats for the caller to judge.

    Args:
        path: a regular file.
        what: what the file should be, for the message.

    Raises:
        BadInput: missing, not a regular file, empty, not UTF-8, truncated or not JSON at all.
    """
    if not path.exists():
        raise BadInput(what, f"no file at {path}", "check the path")
    if path.is_dir():
        raise BadInput(what, f"the directory {path}", "name the file inside it (trainer logs: trainer_state.json)")
    if not path.is_file():
        raise BadInput(what, f"{path}, which is not a regular file", "save it to a file first")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(what, f"{path}, binary or not UTF-8 at byte {error.start}", "check the file") from error
    except OSError as error:
        raise BadInput(what, f"{path}, unreadable ({error.strerror})", "check the permissions") from error
    if not text.strip():
        raise BadInput(what, f"{path}, which is empty", "was the run stopped before it saved?")
    try:
        return json.loads(text, parse_constant=float)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        fix = "the file may be truncated: use an earlier checkpoint"
        raise BadInput(what, f"{path}, which stops being JSON at {where} ({error.msg})", fix) from error
    except (ValueError, RecursionError) as error:
        raise BadInput(what, f"{path}, whose JSON cannot be held ({error})", "check the file") from error


def check_target(path: Path) -> None:
    """Refuse an output path that cannot be written, before any work is done for it.

    Raises:
        BadInput: the path lies below a regular file, or is a directory or a device.
    """
    target = path.resolve()
    if target.exists() and not target.is_file():
        raise BadInput("a writable output path", f"{path}, which exists and is not a regular file", "choose another")
    above = next(parent for parent in target.parents if parent.exists())
    if not above.is_dir() or not os.access(above, os.W_OK):
        raise BadInput("a writable output path", f"{path}, below {above}", "choose another output path")


def write_atomic(path: Path, content: str | bytes) -> None:
    """Write a file whole or not at all: a temporary file beside it, then a rename. Parent folders are created.

    Raises:
        BadInput: the path lies below a regular file, is a directory or a device, or cannot be written.
    """
    expected = "a writable output path"
    target = path.resolve()
    if target.exists() and not target.is_file():
        raise BadInput(expected, f"{path}, which exists and is not a regular file", "choose another output path")
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(content.encode() if isinstance(content, str) else content)
        os.replace(temporary, target)
    except OSError as error:
        raise BadInput(expected, f"{path} ({error.strerror})", "choose another output path") from error
    finally:
        if target.parent.is_dir():
            temporary.unlink(missing_ok=True)


@contextmanager
def printing() -> Generator[None]:
    """Turn a stdout that takes no more (a full disk) into bad input; a closed pipe stays a closed pipe.

    Raises:
        BadInput: what was printed inside could not be written.
    """
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        with suppress(OSError):  # what is still buffered would fail once more when the process ends
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        fix = "free some space, or send it elsewhere"
        raise BadInput("a standard output that takes the answer", error.strerror or str(error), fix) from error
