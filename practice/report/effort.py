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
        problems: random problems of the ladder inside the certified radius, each with the clip on and off.
        mutants: whether every step of every claim is perturbed.
        claims: claims to measure; None for all.
        stride: which problems of the study of the bias are taken, 1 for all of them.
    """

    name: str
    suite: str
    problems: int
    mutants: bool
    claims: tuple[str, ...] | None = None
    stride: int = 1


EFFORTS = {
    "quick": Effort("quick", "quick", 8, False, stride=23),
    "default": Effort("default", "quick", 24, True),
    "full": Effort("full", "full", 96, True),
}
