"""Decoupled PPO: the clip is against a proximal policy, the behaviour policy only reweighs."""

from __future__ import annotations

import sympy

from ..symbols import A_hat, rho_beh, rho_prox
from .record import Advantage, Surrogate, clip, frozen

SURROGATE = Surrogate(
    id="decoupled-ppo",
    title="Decoupled PPO",
    source="arXiv 2110.00641 (batch size-invariance), as used by arXiv 2505.24298 (AReaL); ids looked up, formula not",
    token=frozen(rho_beh) * sympy.Min(rho_prox * A_hat, clip(rho_prox) * A_hat),
    advantage=Advantage("group", "std", ddof=1, offset=True),
    length="own",
    note="the proximal policy is frozen and does not move with the behaviour policy; group advantages as AReaL uses it",
)
