"""The paper's own rule: two constraints on the learning rate."""

from __future__ import annotations

from ..laws import law
from .record import Comparison

LAW = Comparison(
    id="paper-rule",
    title="Two-constraint rule",
    kind="proved",
    source="arXiv 2607.01083, abstract; proved sufficient here (two-constraints)",
    bib="staleness2026",
    assumptions=("bounded updates", "A1-A3 on a neighbourhood U", "largest lag at most S"),
    statement=r"$\eta\le\min\{a/S,\,b/T\}$ with $a=R_{\mathrm{batch}}/G_{\mathrm{upd}}$ and"
    r" $b=R_{\mathrm{crit}}/G_{\mathrm{upd}}$ keeps every token unclipped, the bias $O(S\eta)$ and the drift bounded.",
    mapping=(("S, rollout lag", "S, sync interval, which is above S_max"), ("T", "T, learner steps")),
    lag="its S is our S; with S_max in its place the first constraint is weaker and still sufficient",
    phi_slot=True,
    not_for="no statement above the bound; read as necessary it contradicts the published readings of the figures",
    reading="sufficient",
    sureness="proved here",
    bound=law("min").eta_max,
    claim="two-constraints",
)
