"""Hilton, Cobbe and Schulman: batch-size invariance."""

from __future__ import annotations

from .record import Comparison

LAW = Comparison(
    id="hilton21",
    title="Batch-size invariance of policy optimisation",
    kind="cited",
    source="Hilton, Cobbe and Schulman, arXiv 2110.00641",
    bib="hilton2021",
    assumptions=("decoupled PPO with an averaged proximal policy", "SGD or Adam"),
    statement=r"Dividing the batch by $c$ is made up for by dividing $\eta$ by $c$ (SGD) or $\sqrt c$ (Adam) and"
    r" slowing the average of the proximal policy by $c$.",
    mapping=(("learning rate", "eta"), ("age of the proximal policy", "a lag in versions, S_max")),
    lag="ages are counted in samples, not in learner steps: c times the steps at the c-th part of the batch",
    phi_slot=True,
    not_for="stability: it relates two runs and gives no bound on either",
    reading="rule",
    sureness="from memory, checked by numbers",
    checked="The SGD rule on a noisy quadratic: equal stationary variance to first order in eta. The rule for Adam was"
    " not checked.",
)
