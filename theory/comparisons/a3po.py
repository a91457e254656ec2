"""A-3PO: the proximal policy by interpolation of versions."""

from __future__ import annotations

from ..proof.records import Rel
from ..symbols import v_behav, v_learn, v_prox
from .record import Comparison

LAW = Comparison(
    id="a3po",
    title="Proximal policy by interpolation",
    kind="cited",
    source="A-3PO, arXiv 2512.06547, and the documentation of AReaL",
    bib="a3po2025",
    assumptions=("decoupled PPO", "versions of the policies are known"),
    statement=r"$\log\pi_{\mathrm{prox}}=\log\pi_{\mathrm{behav}}+\alpha(\log\pi_\theta-\log\pi_{\mathrm{behav}})$ with"
    r" $\alpha=\frac{v_{\mathrm{prox}}-v_{\mathrm{behav}}}{v_\theta-v_{\mathrm{behav}}}$, in place of a forward pass.",
    mapping=(("v", "learner steps at which a policy was taken"),),
    lag="v_learn - v_behav is the lag s_t of the rollout",
    phi_slot=True,
    not_for="the learning rate; it is an approximation, exact where log pi is linear in the version",
    reading="quantity",
    of="weight alpha of the learner in the proximal policy",
    sureness="read at second hand",
    checked="Exact at both ends by its form; nothing else was checked.",
    bound=(v_prox - v_behav) / (v_learn - v_behav),
    requires=(Rel(v_learn, ">", v_behav), Rel(v_prox, ">=", v_behav), Rel(v_prox, "<=", v_learn)),
)
