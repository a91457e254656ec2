"""Named lemmas, one file per area; importing the package registers them all in ``LEMMAS``."""

from . import (
    binomial,
    calculus,
    chances,
    domain,
    dynamics,
    fisher,
    hybrid,
    losses,
    mates,
    norms,
    objectives,
    softmax,
    sources,
    sums,
    trigonometry,
)
from .registry import LEMMAS, Lemma, LemmaInstance, register_lemma

__all__ = [
    "LEMMAS",
    "Lemma",
    "LemmaInstance",
    "binomial",
    "calculus",
    "chances",
    "domain",
    "dynamics",
    "fisher",
    "hybrid",
    "losses",
    "mates",
    "norms",
    "objectives",
    "register_lemma",
    "softmax",
    "sources",
    "sums",
    "trigonometry",
]
