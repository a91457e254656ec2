"""DAPO: two clip widths and one mean over all tokens of the group."""

from __future__ import annotations

import sympy

from ..symbols import A_hat, rho
from .record import Advantage, Surrogate, clip

SURROGATE = Surrogate(
    id="dapo",
    title="DAPO",
    source="arXiv 2503.14476; id and objective looked up where it is quoted",
    token=sympy.Min(rho * A_hat, clip(rho) * A_hat),
    advantage=Advantage("group", "std", ddof=1, offset=True),
    length="group",
    note="dynamic sampling and the length penalty on the reward are left out: they change the law of a group",
)
