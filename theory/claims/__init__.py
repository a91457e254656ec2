"""One claim, one file: statement, assumptions, proof, formula, necessity and attaining instances.

``CHAPTERS`` lists the files in reading order, a claim after the claims it uses.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from ..proof.records import Claim

__all__ = ["CHAPTERS", "ORDER", "all_claims", "chapter", "get"]

CHAPTERS = {
    "Objects": ("objects", "total_derivative", "centred_surrogate"),
    "Closed constants": ("score_norm", "certified_radius", "closed_constants"),
    "The staleness bias": (
        "behaviour_lipschitz",
        "drift",
        "lag_drift",
        "staleness_bias",
        "first_order_bias",
        "bias_ladder",
        "safe_step",
    ),
    "Stability": ("two_constraints", "crossover"),
}
ORDER = tuple(name for chapter in CHAPTERS.values() for name in chapter)


@cache
def all_claims() -> tuple[Claim, ...]:
    """Every claim of the theory, in an order in which each can be proved from the earlier ones."""
    return tuple(import_module(f"{__name__}.{name}").CLAIM for name in ORDER)


def get(claim_id: str) -> Claim:
    """The claim with this id.

    Raises:
        KeyError: there is none; the message lists the known ids.
    """
    for claim in all_claims():
        if claim.id == claim_id:
            return claim
    raise KeyError(f"no claim {claim_id!r}; known: {[c.id for c in all_claims()]}")


def chapter(claim_id: str) -> str:
    """Chapter of a claim; empty for one that is not ours."""
    name = claim_id.replace("-", "_")
    return next((title for title, names in CHAPTERS.items() if name in names), "")
