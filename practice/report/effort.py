"""How much the report measures: quick, default or full."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["EFFORTS", "Effort"]


@dataclass(frozen=True)
class Effort:
    """What is run.

    Args:
        name: shown in the provenance.
        suite: suite of ``verify.check``.
        problems: random problems of the ladder tables, inside (each with the clip on and off) and outside.
        mutants: whether every step of every claim is perturbed.
        claims: claims to measure; None for all.
    """

    name: str
    suite: str
    problems: int
    mutants: bool
    claims: tuple[str, ...] | None = None


EFFORTS = {
    "quick": Effort("quick", "quick", 8, False),
    "default": Effort("default", "quick", 24, True),
    "full": Effort("full", "full", 96, True),
}
