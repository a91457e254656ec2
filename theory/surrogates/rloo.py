"""RLOO: the policy gradient of whole responses with a leave-one-out baseline, no importance weight."""

from __future__ import annotations

from ..symbols import A_hat, logp_seq
from .record import Advantage, Surrogate

SURROGATE = Surrogate(
    id="rloo",
    title="RLOO",
    source="arXiv 2402.14740 (Back to basics); id and estimator looked up where it is quoted",
    token=A_hat * logp_seq,
    advantage=Advantage("mates"),
    length="none",
    note="the KL term of the source sits in the reward and is left out",
)
