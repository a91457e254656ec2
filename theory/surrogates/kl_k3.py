"""GRPO with the KL penalty written with k3 = pi_ref/pi - log(pi_ref/pi) - 1 per token, inside the loss."""

from __future__ import annotations

import sympy

from ..symbols import A_hat, beta_kl, log_ref, rho, rho_ref
from .record import Advantage, Surrogate, clip

SURROGATE = Surrogate(
    id="kl-k3",
    title="GRPO with k3 penalty",
    source="arXiv 2402.03300, GRPO with its KL penalty, k3 of Schulman, Approximating KL Divergence (2020);"
    " the estimator looked up where it is quoted",
    token=sympy.Min(rho * A_hat, clip(rho) * A_hat) - beta_kl * (rho_ref - log_ref - 1),
    advantage=Advantage("group", "std", ddof=1, offset=True),
    length="own",
    note="the penalty carries no importance weight",
)
