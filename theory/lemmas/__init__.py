"""Named lemmas, one file per area; importing the package registers them all in ``LEMMAS``."""

from . import calculus, fisher, norms, softmax, sums
from .registry import LEMMAS, Lemma, LemmaInstance, register_lemma

__all__ = ["LEMMAS", "Lemma", "LemmaInstance", "calculus", "fisher", "norms", "register_lemma", "softmax", "sums"]
