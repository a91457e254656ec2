"""REINFORCE with the exact ratio of the whole response, without baseline."""

from __future__ import annotations

from ..symbols import A_hat, rho_seq
from .record import Advantage, Surrogate

SURROGATE = Surrogate(
    id="reinforce-is",
    title="REINFORCE with sequence ratio",
    source="Williams, Machine Learning 8 (1992) 229-256, with an exact importance weight; not looked up",
    token=rho_seq * A_hat,
    advantage=Advantage("none"),
    length="none",
)
