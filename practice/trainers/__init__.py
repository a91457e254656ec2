"""Log readers, found by the shape of the file. A reader is a module with ``NAME``, ``matches`` and ``read``."""

from __future__ import annotations

from pathlib import Path

from ..errors import BadInput, printable
from ..jsonio import load
from . import trl
from .series import RunLog, reward_gap

__all__ = ["READERS", "RunLog", "read_log", "reward_gap"]

READERS = (trl,)
"""Tried in order; the first whose fingerprint matches reads the file."""


def read_log(path: Path | str) -> RunLog:
    """Read one trainer log of any known format.

    Raises:
        BadInput: unreadable, or no reader recognises it.
    """
    document = load(Path(path), "a trainer log")
    for reader in READERS:
        if reader.matches(document):
            return reader.read(document, printable(path, 4096))
    names = ", ".join(reader.NAME for reader in READERS)
    raise BadInput(
        f"a trainer log ({names}: an object with log_history and global_step)",
        f"{path}, a JSON {type(document).__name__} of another shape",
        "name the trainer_state.json inside a checkpoint folder",
    )
