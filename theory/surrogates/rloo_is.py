"""RLOO with the exact ratio of the whole response: the null test."""

from __future__ import annotations

from ..symbols import A_hat, rho_seq
from .record import Advantage, Surrogate

SURROGATE = Surrogate(
    id="rloo-is",
    title="RLOO with sequence ratio",
    source="leave-one-out advantages of arXiv 2402.14740 with an exact importance weight; derived here",
    token=rho_seq * A_hat,
    advantage=Advantage("mates"),
    length="none",
)
