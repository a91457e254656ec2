"""GRPO with the KL penalty written with k1 = log(pi/pi_ref) per token, inside the loss."""

from __future__ import annotations

import sympy

from ..symbols import A_hat, beta_kl, log_ref, rho
from .record import Advantage, Surrogate, clip

SURROGATE = Surrogate(
    id="kl-k1",
    title="GRPO with k1 penalty",
    source="GRPO of arXiv 2402.03300 with k1 of Schulman, Approximating KL Divergence (2020), in place of k3;"
    " the estimator looked up where it is quoted",
    token=sympy.Min(rho * A_hat, clip(rho) * A_hat) + beta_kl * log_ref,
    advantage=Advantage("group", "std", ddof=1, offset=True),
    length="own",
    note="the penalty carries no importance weight",
)
