"""Koloskova, Stich and Jaggi: asynchronous SGD with bounded gradients."""

from __future__ import annotations

from .record import Comparison

LAW = Comparison(
    id="kolos22-bounded",
    title="Asynchronous SGD, bounded gradients",
    kind="cited",
    source="Koloskova, Stich and Jaggi, arXiv 2206.08307, Theorem 6",
    bib="koloskova2022",
    assumptions=("smooth objective", "gradients bounded by G", "noise of variance sigma^2", "SGD"),
    statement=r"Some constant learning rate is stationary up to $\varepsilon$ in"
    r" $O(\sigma^2/\varepsilon^2+\tau_CG/\varepsilon^{3/2}+\tau_C/\varepsilon)$ iterations: no largest delay.",
    mapping=(("tau_C", "n_flight"), ("G", "a bound like G_upd, for SGD")),
    lag="no delay enters but through the concurrency tau_C, near the mean age of a gradient",
    phi_slot=False,
    not_for="staleness of the phi slot alone; Adam, clipping; it names no learning rate",
    reading="rate",
    sureness="statement read in the source",
    checked="Theorem read in a copy of the paper; an order without constants cannot be checked by numbers.",
)
