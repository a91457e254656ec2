"""GSPO: the clip is on the geometric mean of a response's ratios."""

from __future__ import annotations

import sympy

from ..symbols import A_hat, rho_geo
from .record import Advantage, Surrogate, clip

SURROGATE = Surrogate(
    id="gspo",
    title="GSPO",
    source="arXiv 2507.18071; id and the clip of sequence ratios looked up in its abstract, formula not",
    token=sympy.Min(rho_geo * A_hat, clip(rho_geo) * A_hat),
    advantage=Advantage("group", "std", ddof=1, offset=True),
    length="none",
)
