"""Trust-region masking: bounds for long horizons."""

from __future__ import annotations

from .record import Comparison

LAW = Comparison(
    id="trm",
    title="Trust-region masking for long responses",
    kind="cited",
    source="arXiv 2512.23075",
    bib="trm2025",
    assumptions=("total variation at most epsilon per token", "KL divergence at most delta per response"),
    statement=r"Error of the surrogate at most"
    r" $4\sum_t\bar D_t\min\{1,(T_{\mathrm{seq}}-t)\epsilon,\sqrt{(T_{\mathrm{seq}}-t)\delta/2}\}$, where the classical"
    r" bound grows with $T_{\mathrm{seq}}^2$ and says nothing at 4096 tokens.",
    mapping=(("T", "tokens of a response, not our horizon T"), ("D_t", "mean total variation at token t")),
    lag="no lag enters but through the distance of pi from mu",
    phi_slot=True,
    not_for="the learning rate: from eta to epsilon and delta leads only a bound like A2 on our side",
    reading="rule",
    sureness="read at second hand",
    checked="Nothing: the statement was not found in full.",
)
