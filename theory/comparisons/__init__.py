"""Neighbouring laws beside ours, one file each: what they say, in our symbols, and where they do not apply.

``CHAPTERS`` lists the files in reading order. Nothing here is used by a proof.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from .record import Comparison

__all__ = ["CAVEAT", "CHAPTERS", "all_comparisons", "chapter", "get", "table"]

CHAPTERS = {
    "Ours, exactly solved": (
        "paper_rule",
        "delay_quad",
        "lag_independent",
        "lag_leading",
        "sync_dominant",
        "sync_fresh",
        "sync_stale",
    ),
    "Delayed gradients": (
        "stich20",
        "delay_gd_convex",
        "delay_gd_pl",
        "arjevani18",
        "lian15",
        "kolos22_const",
        "kolos22_bounded",
        "kolos22_adapt",
        "mish22",
        "attia24",
    ),
    "Performative prediction": ("rrm", "rgd"),
    "Off-policy corrections": (
        "vtrace",
        "m2po",
        "vcpo",
        "sat",
        "a3po",
        "areal",
        "first_order",
        "dppo",
        "trm",
        "hilton21",
        "ess_tokens",
        "scalerl",
    ),
}

CAVEAT = (
    "Laws of delayed gradients speak of a whole gradient at old parameters. In asynchronous RL only the phi slot, the "
    "data, is old and theta is fresh; in the linear model the two agree only where A = 0, and for |B| < A no lag is "
    "unstable below 2/(A+|B|) while the delay laws still shrink like 1/S."
)
"""What every side-by-side table has to say."""


@cache
def all_comparisons() -> tuple[Comparison, ...]:
    """Every law in reading order."""
    return tuple(import_module(f"{__name__}.{name}").LAW for names in CHAPTERS.values() for name in names)


def get(law_id: str) -> Comparison:
    """The law with this id.

    Raises:
        KeyError: there is none; the message lists the known ids.
    """
    for law in all_comparisons():
        if law.id == law_id:
            return law
    raise KeyError(f"no law {law_id!r} to compare with; known: {[law.id for law in all_comparisons()]}")


def chapter(law: Comparison) -> str:
    """Chapter of a law."""
    return next(title for title, names in CHAPTERS.items() if law.id.replace("-", "_") in names)


def table() -> list[dict[str, Any]]:
    """The laws as rows of data, for whoever prints them: texts with TeX between ``$``, SymPy bounds and relations."""
    keys = ("id", "title", "kind", "reading", "statement", "assumptions", "mapping", "bound", "of", "requires", "lag")
    keys += ("phi_slot", "not_for", "source", "bib", "claim", "sureness", "checked")
    return [{"chapter": chapter(law)} | {key: getattr(law, key) for key in keys} for law in all_comparisons()]
