"""The calibration record: versioned JSON, written by ``calibrate`` and read back by ``plan --calibration``."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ..theory.laws import LAWS
from .errors import BadInput
from .jsonio import SCHEMA_VERSION, load
from .outcome import OutcomeName

__all__ = ["Calibration", "CollapseTimes", "Limits", "Region", "Run", "SlabBox", "TimeLimit", "read_calibration"]

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1)]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Limits(_Record):
    """``low <= constant < high`` in learning rate x steps; ``value``: geometric mean, null unless both exist."""

    value: Positive | None = None
    low: Positive | None = None
    high: Positive | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Limits:
        if self.low is not None and self.high is not None and not self.low <= self.high:
            raise ValueError("low <= high does not hold")
        if (self.value is None) != (self.low is None or self.high is None):
            raise ValueError("value must be null unless low and high are both given")
        if self.value is not None and not (self.low or 0) <= self.value <= (self.high or math.inf):
            raise ValueError("low <= value <= high does not hold")
        return self

    @classmethod
    def between(cls, low: float | None, high: float | None) -> Limits:
        """Bracket with the geometric mean as value where both sides are known.

        >>> Limits.between(0.004, 0.016).value
        0.008
        """
        value = None
        if low is not None and high is not None:  # in decimals: no rounding of the product, no under- or overflow
            mean = float((Decimal(repr(low)) * Decimal(repr(high))).sqrt())
            value = min(max(mean, low), high)
        return cls(value=value, low=low, high=high)


class Run(_Record):
    """One run as calibrated; ``eta`` is the median learning rate used, ``steps`` the trainer's global step."""

    file: str
    trainer: str
    eta: Positive
    eta_min: Annotated[float, Field(ge=0)] | None = None
    eta_max: Positive | None = None
    staleness: Count
    max_lag: Annotated[int, Field(ge=0)]
    lag_convention: Literal["periodic-sync"]
    staleness_source: Literal["given", "inferred", "measured"]
    steps: Count
    outcome: OutcomeName
    collapse_step: int | None
    collapse_interval: list[int] | None


class TimeLimit(_Record):
    """What one run's collapse time says on b: ``low <= b < high`` (interval) or ``b >= low`` (right-censored).

    A low of 0 is open: the run may have collapsed at its first step.
    """

    file: str
    kind: Literal["interval", "right-censored"]
    low: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    high: Positive | None
    applies: str


class CollapseTimes(_Record):
    """The second route to b, from t_c * eta = b. ``constant``: whether one b fits all limits (null: fewer than two)."""

    b: Limits
    constant: bool | None
    limits: list[TimeLimit]


class SlabBox(_Record):
    """Part of the set: ``a_low <= a < a_high`` and ``b_low <= b < b_high``; 0 is open, null unbounded."""

    a_low: float
    a_high: float | None
    b_low: float
    b_high: float | None


class Region(_Record):
    """The exact set: disjoint slabs, and the corners [a, b] of its outline (null: unbounded)."""

    slabs: list[SlabBox]
    vertices: list[list[float | None]]


class Calibration(_Record):
    """Everything ``calibrate`` found out; see the field names' records."""

    schema_version: Literal[1] = SCHEMA_VERSION
    stalelaw_version: str
    law: str
    shape: dict[str, float] = Field(default_factory=dict[str, float])
    unit: Literal["learning rate x steps"] = "learning rate x steps"
    lag_convention: Literal["periodic-sync"] = "periodic-sync"
    staleness_source: Literal["given", "inferred", "measured"]
    degraded_counts_as: Literal["unstable", "stable", "ignored"]
    thresholds: dict[str, float]
    runs: list[Run]
    a: Limits
    b: Limits
    region: Region
    collapse_times: CollapseTimes
    consistent: bool
    reason: str | None
    witness: Annotated[list[str], Field(min_length=2, max_length=2)] | None
    conflict: list[str]
    notes: list[str]
    warnings: list[str]

    @model_validator(mode="after")
    def _coherent(self) -> Calibration:
        if self.law not in LAWS:
            raise ValueError(f"the law {self.law!r} is unknown, known are {', '.join(LAWS)}")
        if not self.consistent and (self.reason is None or self.witness is None):
            raise ValueError("consistent is false without a reason and a witness")
        if self.consistent and (self.reason is not None or self.witness is not None or not self.region.slabs):
            raise ValueError("consistent is true with a reason, a witness or an empty region")
        slabs = self.region.slabs
        for name, limits, sides in (
            ("a", self.a, [(s.a_low, s.a_high) for s in slabs]),
            ("b", self.b, [(s.b_low, s.b_high) for s in slabs]),
        ):
            if (limits.low, limits.high) != (seen := _projected(sides)):
                stated = f"the limits of {name} are {limits.low}, {limits.high}"
                raise ValueError(f"{stated}; its region says {seen[0]}, {seen[1]}")
        return self

    def document(self) -> dict[str, Any]:
        """JSON object without the version stamps; ``eta_min`` and ``eta_max`` appear only where eta varies."""
        body = self.model_dump(mode="json", exclude={"schema_version", "stalelaw_version"})
        for run in body["runs"]:
            for key in ("eta_min", "eta_max"):
                if run[key] is None:
                    del run[key]
        return body


def _projected(sides: Sequence[tuple[float, float | None]]) -> tuple[float | None, float | None]:
    highs = [high for _, high in sides if high is not None]
    unbounded = not sides or len(highs) < len(sides)
    return min((low for low, _ in sides), default=0.0) or None, None if unbounded else max(highs)


def read_calibration(path: Path | str) -> Calibration:
    """Read a calibration written by ``stalelaw calibrate --json`` or ``--out``.

    Raises:
        BadInput: unreadable, another schema version, an unknown or missing field, a value out of its range, or fields
            that contradict each other.
    """
    what = f"a calibration of schema_version {SCHEMA_VERSION}, as written by `stalelaw calibrate ... --out FILE`"
    document = load(Path(path), what)
    try:
        return Calibration.model_validate(document)
    except ValidationError as error:
        item = error.errors(include_url=False, include_context=False)[0]
        where = ".".join(map(str, item["loc"])) or "the whole document"
        fix = "write it anew with `stalelaw calibrate`"
        raise BadInput(what, f"{path}, where {where}: {item['msg']}", fix) from error
