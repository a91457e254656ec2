"""VCPO: the learning rate follows the effective sample size."""

from __future__ import annotations

import sympy

from ..proof.records import Rel
from ..symbols import ess_share, eta
from .record import Comparison

LAW = Comparison(
    id="vcpo",
    title="Learning rate scaled by the effective sample size",
    kind="cited",
    source="VCPO, arXiv 2602.17616",
    bib="vcpo2026",
    assumptions=("AdamW", "sequence weights w of a batch of B"),
    statement=r"$\eta_{\mathrm{eff}}=\eta\sqrt{\rho_{\mathrm{ess}}}$ with"
    r" $\rho_{\mathrm{ess}}=(\sum w)^2/(B\sum w^2)$: advice, by the variance of the gradient.",
    mapping=(("rho_ess", "ess_share"), ("eta", "eta")),
    lag="no lag enters but through the weights",
    phi_slot=True,
    not_for="bias: it scales with the variance of the weights and does not see the O(S eta) bias",
    reading="quantity",
    of="learning rate that is left of yours",
    sureness="read at second hand",
    checked="Nothing: a rule, not a theorem.",
    bound=eta * sympy.sqrt(ess_share),
    requires=(Rel(ess_share, "<=", 1),),
)
