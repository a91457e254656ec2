"""Normal laws."""

from __future__ import annotations

import random
from math import erf, pi, sqrt
from typing import Any

import sympy

from ..proof.records import Rel
from ..symbols import loc_sd, tv_normal
from .registry import LemmaInstance, register_lemma


def _probe_variation(rng: random.Random) -> tuple[float, str, float]:
    gap, spread = rng.gauss(0, 1), rng.uniform(0.1, 3)
    return erf(abs(gap) / (2 * sqrt(2) * spread)), "<=", abs(gap) / (spread * sqrt(2 * pi))


@register_lemma(
    "normal-variation",
    "Total variation of two normal laws",
    r"$\mathrm{TV}(N(x,\sigma^2),N(y,\sigma^2))=2\Phi(\tfrac{\lvert x-y\rvert}{2\sigma})-1\le"
    r"\frac{\lvert x-y\rvert}{\sigma\sqrt{2\pi}}$.",
    "the densities cross half way; the normal density is at most $1/\\sqrt{2\\pi}$;"
    " Devroye, Mehrabian and Reddad, arXiv 1810.08693, for normal laws in general",
    _probe_variation,
)
def normal_variation(x: Any, y: Any) -> LemmaInstance:
    """``TV <= |x - y| / (sigma sqrt(2 pi))`` for means x and y on the line and the common ``loc_sd``."""
    return LemmaInstance(Rel(tv_normal(x, y), "<=", sympy.Abs(x - y) / (loc_sd * sympy.sqrt(2 * sympy.pi))))
