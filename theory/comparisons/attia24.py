"""Attia, Gaash and Koren: asynchronous mini-batches, quantiles of the delay."""

from __future__ import annotations

from .record import Comparison

LAW = Comparison(
    id="attia24",
    title="Asynchronous mini-batching, quantile of the delay",
    kind="cited",
    source="Attia, Gaash and Koren, arXiv 2408.07503",
    bib="attia2024",
    assumptions=("smooth objective, convex or not", "any delays", "stale gradients are filtered"),
    statement=r"For every $q\in(0,1]$, with $\tau_q$ the $q$-quantile of the delays:"
    r" $O(\tau_q/(qT)+\sigma/\sqrt{qT})$ after $T$ steps without convexity, and"
    r" $O(\tau_q^2/(qT)^2+\sigma/\sqrt{qT})$ with it.",
    mapping=(("T", "T"), ("tau_q", "q-quantile of the lag s_t")),
    lag="delays of single gradients; under periodic sync the median is about S/2",
    phi_slot=False,
    not_for="staleness of the phi slot alone; plain SGD, for the method drops stale gradients; it names no rate",
    reading="rate",
    sureness="read in the abstract",
    checked="Nothing: an order without constants cannot be checked by numbers.",
)
