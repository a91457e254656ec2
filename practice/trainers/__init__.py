"""Log readers, found by the shape of the file. A reader is a module with ``NAME``, ``matches`` and ``read``."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from pathlib import Path

from ..errors import BadInput
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
            # The name as given; bytes that are no UTF-8, which no JSON reader would take back, become U+FFFD.
            log = reader.read(document, os.fsencode(path).decode("utf-8", "replace"))
            return replace(log, digest=hashlib.sha256(Path(path).read_bytes()).hexdigest())
    names = ", ".join(reader.NAME for reader in READERS)
    raise BadInput(
        f"a trainer log ({names}: an object with log_history and global_step)",
        f"{path}, a JSON {type(document).__name__} of another shape",
        "name the trainer_state.json inside a checkpoint folder",
    )
