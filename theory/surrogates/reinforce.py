"""REINFORCE without importance weight and without baseline."""

from __future__ import annotations

from ..symbols import A_hat, logp_seq
from .record import Advantage, Surrogate

SURROGATE = Surrogate(
    id="reinforce",
    title="REINFORCE",
    source="Williams, Machine Learning 8 (1992) 229-256; not looked up",
    token=A_hat * logp_seq,
    advantage=Advantage("none"),
    length="none",
)
