"""CISPO: the policy gradient times the clipped token ratio, clip inside a stop-gradient."""

from __future__ import annotations

from ..symbols import A_hat, logp_tok, rho
from .record import Advantage, Surrogate, clip, frozen

SURROGATE = Surrogate(
    id="cispo",
    title="CISPO",
    source="arXiv 2506.13585 (MiniMax-M1); id and objective looked up where it is quoted",
    token=frozen(clip(rho)) * A_hat * logp_tok,
    advantage=Advantage("group", "std", ddof=1, offset=True),
    length="group",
    note="the source leaves the lower edge out in its experiments (looked up where others follow it)",
)
