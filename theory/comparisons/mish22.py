"""Mishchenko, Bach, Even and Woodworth: asynchronous SGD under arbitrary delays."""

from __future__ import annotations

from .record import Comparison

LAW = Comparison(
    id="mish22",
    title="Asynchronous SGD, arbitrary delays, number of workers",
    kind="cited",
    source="Mishchenko, Bach, Even and Woodworth, arXiv 2206.07638",
    bib="mishchenko2022",
    assumptions=("smooth objective, convex or not", "a fixed number of workers", "any delays", "SGD"),
    statement=r"With learning rates that see the delay, the rate depends on the number of workers and on no delay;"
    r" from memory $\eta_t\propto1/(L_\nabla\tau_t)$ for old gradients.",
    mapping=(("M, workers", "W, workers"), ("tau_t", "the lag of this step")),
    lag="tau_t is the age of the gradient at this step; bounded by nothing",
    phi_slot=False,
    not_for="staleness of the phi slot alone; Adam, clipping; the constant of the learning rate is not known to us",
    reading="rate",
    sureness="read in the abstract",
    checked="Nothing: the form of the learning rate is from memory and its constant was not found.",
)
