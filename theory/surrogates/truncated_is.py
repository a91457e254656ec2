"""Truncated importance sampling: the policy gradient times the token ratio capped from above."""

from __future__ import annotations

import sympy

from ..symbols import A_hat, logp_tok, rho, rho_cap
from .record import Advantage, Surrogate, frozen

SURROGATE = Surrogate(
    id="truncated-is",
    title="Truncated IS",
    source="the weight of arXiv 1802.01561 (IMPALA) on the policy gradient of a token; id looked up",
    token=frozen(sympy.Min(rho, rho_cap)) * A_hat * logp_tok,
    advantage=Advantage("group", "std", ddof=1, offset=True),
    length="own",
    note="min(rho, C) for a learner and a sampler that differ: Yao et al. (2025), looked up where it is quoted",
)
