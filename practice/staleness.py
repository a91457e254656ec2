"""The sync interval of each run: given, or inferred from the log when asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from .errors import BadInput
from .trainers import RunLog, reward_gap

__all__ = ["StalenessSet", "parse", "resolve"]

_FIX = "S is the sync interval in optimizer steps; S = 1 is on-policy"
_LARGEST = 2**53


@dataclass(frozen=True)
class StalenessSet:
    """Sync interval per run in learner steps, where it came from, and what was odd."""

    values: tuple[int, ...]
    source: Literal["given", "inferred"]
    warnings: tuple[str, ...]


def parse(text: str) -> tuple[int, ...]:
    """Read ``16`` or ``1,4,16``.

    Raises:
        BadInput: not integers, or one below 1.
    """
    values: list[int] = []
    for part in text.split(","):
        digits = part.strip()
        if not (digits.isascii() and digits.isdigit()) or len(digits) > 16 or not 1 <= int(digits) <= _LARGEST:
            raise BadInput("--staleness as integers >= 1, one for all files or one per file", repr(text), _FIX)
        values.append(int(digits))
    return tuple(values)


def resolve(logs: Sequence[RunLog], given: Sequence[int] | None, infer: bool) -> StalenessSet:
    """Return S for every run.

    Where the log allows an inference that disagrees with a given value, a warning says so. An inferred value is used
    only when asked for.

    Raises:
        BadInput: neither given nor to be inferred, or both; a wrong number of values; a log that allows no inference.
    """
    if given is None:
        if not infer:
            raise BadInput(
                "the staleness of each run",
                "neither --staleness nor --infer-staleness",
                f"give --staleness N (one for all files, or N1,N2,... in the order of the files); {_FIX}",
            )
        return StalenessSet(tuple(reward_gap(log) for log in logs), "inferred", ())
    if infer:
        fix = "drop one of the two; with --staleness alone, a log that disagrees is pointed out"
        raise BadInput("--staleness or --infer-staleness", "both", fix)
    if len(given) not in (1, len(logs)):
        got = f"{len(given)} values for {len(logs)} file{'s' if len(logs) > 1 else ''}"
        raise BadInput("one --staleness value, or one per file in order", got, "shells sort what a glob expands to")
    values = tuple(given) * len(logs) if len(given) == 1 else tuple(given)
    warnings: list[str] = []
    for log, value in zip(logs, values, strict=True):
        try:
            seen = reward_gap(log)
        except BadInput:
            continue  # the log says nothing clear: nothing to compare with
        if seen != value:
            warnings.append(f"{log.file}: S = {value} was given, but rewards are logged every {seen} steps; given used")
    return StalenessSet(values, "given", tuple(warnings))
