"""Dr. GRPO: no division by the std of the group or by the length of the response."""

from __future__ import annotations

import sympy

from ..symbols import A_hat, rho
from .record import Advantage, Surrogate, clip

SURROGATE = Surrogate(
    id="dr-grpo",
    title="Dr. GRPO",
    source="arXiv 2503.20783 (Understanding R1-Zero-like training); id, and that both normalisers go, looked up there",
    token=sympy.Min(rho * A_hat, clip(rho) * A_hat),
    advantage=Advantage("group"),
    length="constant",
)
