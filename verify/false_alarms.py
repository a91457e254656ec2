"""How often a suite of true claims would report a violation by chance: Bonferroni over its random comparisons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from scipy import stats as _stats  # pyright: ignore[reportMissingTypeStubs]

from .verdicts import Z_LIMIT, Verdict

__all__ = ["FalseAlarms", "false_alarms"]

stats: Any = _stats


@dataclass(frozen=True)
class FalseAlarms:
    """Upper bound on the chance that at least one true claim is reported as violated.

    Attributes:
        rate: ``random`` · ``each``, at most 1.
        random: comparisons of an estimate with a standard error.
        deterministic: comparisons of numbers that the seed determines.
        each: chance of one random comparison, two-sided.
        z_limit: standard errors of a normal law that give ``each``.
        how: the argument in words.
    """

    rate: float
    random: int
    deterministic: int
    each: float
    z_limit: float
    how: str

    def as_dict(self) -> dict[str, Any]:
        """Return the fields for JSON."""
        return asdict(self)


def false_alarms(verdicts: Sequence[Verdict]) -> FalseAlarms:
    """Return the family-wise false-alarm rate of the comparisons that were made.

    A random comparison is one look at a mean of n independent draws, n fixed beforehand. It is called violated beyond
    the quantile of Student's t with n − 1 degrees of freedom that has the tail of Z_LIMIT normal standard errors, so
    that each has the same rate whatever n is. That rate is exact for normal draws, and for others as far as their mean
    is normal. Bonferroni's sum needs no independence between comparisons, which share runs.
    """
    measured = [v for v in verdicts if v.status != "not-measured"]
    chance = sum(not v.exact for v in measured)
    each = float(2.0 * stats.norm.sf(Z_LIMIT))
    how = (
        f"{chance} random comparisons, each outside {Z_LIMIT:g} standard errors (Student's t at its own n, means taken "
        f"as normal) with chance {each:.2g}, summed; {len(measured) - chance} others are functions of the seed with "
        "allowances for rounding only, and no chance enters"
    )
    return FalseAlarms(min(1.0, chance * each), chance, len(measured) - chance, each, Z_LIMIT, how)
