"""SAPO: a soft gate on the token ratio in place of a clip, its temperature by the sign of the advantage."""

from __future__ import annotations

from ..symbols import A_hat, rho
from .record import Advantage, Surrogate, soft_gate

SURROGATE = Surrogate(
    id="sapo",
    title="SAPO",
    source="arXiv 2511.20347; id and abstract looked up, gate, default temperatures and per-response mean where"
    " trainers quote them",
    token=soft_gate(rho) * A_hat,
    advantage=Advantage("group", "std", ddof=1, offset=True),
    length="own",
    note="advantage zero takes the temperature of negative ones, where it does nothing; the std as in grpo",
)
