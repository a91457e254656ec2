"""GRPO without its KL term: PPO's clip on the token ratio, standardised group advantages, per-response mean."""

from __future__ import annotations

import sympy

from ..symbols import A_hat, rho
from .record import Advantage, Surrogate, clip

SURROGATE = Surrogate(
    id="grpo",
    title="GRPO",
    source="arXiv 2402.03300 (DeepSeekMath), outcome supervision; written out there with the KL penalty, here in kl-k3;"
    " id looked up, objective as quoted by later papers",
    token=sympy.Min(rho * A_hat, clip(rho) * A_hat),
    advantage=Advantage("group", "std", ddof=1, offset=True),
    length="own",
    note="beta = 0; the std is the sample std with an offset, as trainers have it; the paper writes std(r)",
)
