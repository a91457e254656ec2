"""PPO's clipped surrogate with the behaviour ratio and a critic's advantages."""

from __future__ import annotations

import sympy

from ..symbols import A_hat, rho
from .record import Advantage, Surrogate, clip

SURROGATE = Surrogate(
    id="ppo-clip",
    title="PPO-clip",
    source="arXiv 1707.06347, the clipped surrogate objective; id and formula looked up where it is quoted",
    token=sympy.Min(rho * A_hat, clip(rho) * A_hat),
    advantage=Advantage("critic"),
    length="own",
    note="the advantages are given numbers: how the critic was trained, and on whose data, is left out",
)
