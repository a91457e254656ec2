"""Results as objects: a measured number, and the verdict of comparing it with the theory's number.

The direction of every comparison follows the claim's kind: exact is two-sided, upper and lower are one-sided with an
allowance for rounding only, leading-order compares an exponent. Nothing is printed and nothing is raised on a miss.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal

from scipy import stats as _stats  # pyright: ignore[reportMissingTypeStubs]

__all__ = [
    "Measurement",
    "Status",
    "Verdict",
    "compare_exact",
    "compare_lower",
    "compare_order",
    "compare_upper",
    "not_measured",
    "reach",
    "worst",
]

stats: Any = _stats

Status = Literal["holds", "violated", "refuted-empirically", "undecided", "not-measured"]

ROUNDING = 1e-12  # relative allowance of a one-sided bound in float64
Z_LIMIT = 5.0  # standard errors of a normal law; a random measurement inside them cannot violate anything


@dataclass(frozen=True)
class Measurement:
    """A measured number and how it was obtained.

    Args:
        value: the number.
        stderr: its standard error, None where nothing is random but the problem itself.
        n: how many problems, steps or samples stand behind it; the independent draws where there is a stderr.
        seed: the seed that replays it.
        dtype: "float64" unless said otherwise.
        device: "cpu", "cuda:0", ...

    Raises:
        ValueError: a standard error that is negative or of fewer than two draws.
    """

    value: float
    stderr: float | None = None
    n: int = 1
    seed: int = 0
    dtype: str = "float64"
    device: str = "cpu"

    def __post_init__(self) -> None:
        if self.stderr is not None and (self.stderr < 0.0 or self.n < 2):
            raise ValueError(f"expected a standard error >= 0 of n >= 2 draws, got {self.stderr} of {self.n}")


@dataclass(frozen=True)
class Verdict:
    """One row of ``stalelaw check``: predicted against measured. ``as_dict`` is its JSON form."""

    claim: str
    status: Status
    objective: str
    predicted: float | None
    measured: float | None
    stderr: float | None
    exact: bool
    tightness: float | None
    z: float | None
    n: int
    seed: int
    device: str
    dtype: str
    message: str

    def as_dict(self) -> dict[str, Any]:
        """Return the row for JSON: non-finite numbers become null and the message says which they were."""
        row = asdict(self)
        lost = {k: v for k, v in row.items() if isinstance(v, float) and not math.isfinite(v)}
        for key in lost:
            row[key] = None
        if lost:
            row["message"] += " (null: " + ", ".join(f"{k} was {v}" for k, v in lost.items()) + ")"
        return row


@functools.cache
def reach(n: int) -> float:
    """Standard errors of a mean of n draws beyond which Student's t has the tail of ``Z_LIMIT`` of a normal law."""
    return float(stats.t.isf(stats.norm.sf(Z_LIMIT), n - 1))


def _verdict(
    claim: str, objective: str, predicted: float, m: Measurement, miss: float, tightness: float | None, message: str
) -> Verdict:
    """Judge a signed ``miss``: how far the measurement lies beyond what the claim allows (≤ 0 holds)."""
    status: Status
    z = (m.value - predicted) / m.stderr if m.stderr else None
    if not (math.isfinite(predicted) and math.isfinite(m.value)):
        status = "violated" if math.isfinite(predicted) else "undecided"
    elif not math.isfinite(m.stderr or 0.0):
        status = "undecided"
    elif miss <= 0.0:
        status = "holds"
    elif m.stderr and miss <= reach(m.n) * m.stderr:
        status = "undecided"
    else:
        status = "violated"
    return Verdict(
        claim=claim,
        status=status,
        objective=objective,
        predicted=predicted,
        measured=m.value,
        stderr=m.stderr,
        exact=m.stderr is None,
        tightness=tightness,
        z=z,
        n=m.n,
        seed=m.seed,
        device=m.device,
        dtype=m.dtype,
        message=message,
    )


def _ratio(small: float, large: float) -> float | None:
    return small / large if large else None


def compare_exact(
    claim: str, objective: str, predicted: float, m: Measurement, message: str, rtol: float, scale: float = 0.0
) -> Verdict:
    """Compare two-sidedly: ∣measured − predicted∣ ≤ rtol · max(∣predicted∣, scale).

    Args:
        claim: claim id.
        objective: name of the population objective.
        predicted: the theory's number.
        m: the measurement.
        message: what was compared.
        rtol: relative tolerance, from rounding or from a stated extrapolation error.
        scale: natural size of the terms that cancel where the prediction is 0.

    Raises:
        ValueError: predicted is 0 and no scale was given, which would make the comparison meaningless.
    """
    size = max(scale, abs(predicted))
    if not (size > 0.0 or math.isnan(predicted)):
        raise ValueError(f"expected a positive scale when the prediction is {predicted}, got {scale}")
    miss = abs(m.value - predicted) - rtol * size
    tightness = None if abs(predicted) <= rtol * size else m.value / predicted  # a ratio of round-offs means nothing
    return _verdict(claim, objective, predicted, m, miss, tightness, message)


def compare_upper(claim: str, objective: str, predicted: float, m: Measurement, message: str) -> Verdict:
    """Compare an upper bound: measured ≤ predicted·(1 + rounding); tightness = measured/predicted."""
    miss = m.value - predicted - ROUNDING * abs(predicted)
    return _verdict(claim, objective, predicted, m, miss, _ratio(m.value, predicted), message)


def compare_lower(claim: str, objective: str, predicted: float, m: Measurement, message: str) -> Verdict:
    """Compare a lower bound: measured ≥ predicted·(1 − rounding); tightness = predicted/measured."""
    miss = predicted - m.value - ROUNDING * abs(predicted)
    return _verdict(claim, objective, predicted, m, miss, _ratio(predicted, m.value), message)


def compare_order(
    claim: str, objective: str, predicted: float, m: Measurement, message: str, tolerance: float
) -> Verdict:
    """Compare an extrapolated exponent: ∣measured − predicted∣ ≤ tolerance (absolute, at most 0.1).

    Raises:
        ValueError: a tolerance that would no longer exclude a rival exponent.
    """
    if not 0.0 < tolerance <= 0.1:
        raise ValueError(f"expected 0 < tolerance <= 0.1 on an exponent, got {tolerance}")
    return _verdict(claim, objective, predicted, m, abs(m.value - predicted) - tolerance, None, message)


def not_measured(claim: str, reason: str, seed: int = 0) -> Verdict:
    """Return the row of a claim without a measurement, with the reason."""
    return Verdict(
        claim,
        "not-measured",
        "",
        None,
        None,
        None,
        True,
        None,
        None,
        0,
        seed,
        "cpu",
        "float64",
        f"not measured: {reason}",
    )


def worst(verdicts: list[Verdict], compare: Callable[[Verdict], float] | None = None) -> Verdict:
    """Return the row that decides: a violated one if any, else the one with the largest tightness (or ``compare``)."""

    def rank(v: Verdict) -> tuple[bool, float]:
        return v.status != "holds", compare(v) if compare else (v.tightness or 0.0)

    return max(verdicts, key=rank)
