"""Espeholt et al.: the V-trace operator of IMPALA."""

from __future__ import annotations

from ..proof.records import Rel
from ..symbols import discount, rho_low
from .record import Comparison

LAW = Comparison(
    id="vtrace",
    title="V-trace contraction",
    kind="cited",
    source="Espeholt et al., arXiv 1802.01561, Theorem 1",
    bib="espeholt2018",
    assumptions=(
        "ratios truncated, c at most rho",
        "mean truncated ratio at least beta in every state",
        "tabular values",
    ),
    statement=r"The V-trace operator contracts with modulus at most $1-(1-\gamma_V)\beta_\rho$; its fixed point is the"
    r" value of the policy proportional to $\min(\bar\rho\mu,\pi)$.",
    mapping=(("gamma", "discount"), ("beta", "rho_low"), ("mu", "the behaviour policy, phi")),
    lag="no lag enters but through the ratios of pi to mu",
    phi_slot=True,
    not_for="the policy update: it is about the values of a fixed pi; GRPO has no value function",
    reading="quantity",
    of="contraction modulus of the operator",
    sureness="from memory, checked by numbers",
    checked="On drawn Markov decision processes the modulus of the operator of one and of many steps is below it; for"
    " one step it is attained.",
    bound=1 - (1 - discount) * rho_low,
    requires=(Rel(rho_low, "<=", 1), Rel(discount, "<", 1)),
)
