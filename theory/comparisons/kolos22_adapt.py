"""Koloskova, Stich and Jaggi: learning rates that see the delay of each gradient."""

# pyright: reportUnknownMemberType=false
from __future__ import annotations

import sympy

from ..symbols import L_smooth, S_max, n_flight
from .record import Comparison

LAW = Comparison(
    id="kolos22-adapt",
    title="Asynchronous SGD, delay-adaptive learning rate",
    kind="cited",
    source="Koloskova, Stich and Jaggi, arXiv 2206.08307, Theorem 8",
    bib="koloskova2022",
    assumptions=("smooth objective", "noise of variance sigma^2", "bounded concurrency", "SGD"),
    statement=r"Some $\eta\le\frac1{4L_\nabla}$, used where the delay is at most $\tau_C$ and cut below"
    r" $\min\{\eta,\frac1{4L_\nabla\tau_t}\}$ where it is more, is stationary up to $\varepsilon$ in"
    r" $O(\sigma^2/\varepsilon^2+\tau_C/\varepsilon)$ iterations.",
    mapping=(("tau_t", "the lag of this step, at most S_max"), ("tau_C", "n_flight"), ("L", "L_smooth")),
    lag="tau_t is the age of the gradient at this step; the number shown is for the oldest, S_max = S - 1",
    phi_slot=False,
    not_for="staleness of the phi slot alone; Adam, clipping; not every rate below the bound converges",
    reading="existence",
    sureness="statement read in the source",
    checked="Theorem read in a copy of the paper. It cannot be read as every eta up to 1/(4L): at a constant lag of 6"
    " or more, with tau_C above the lag, 1/(4L) is beyond the exact edge on quadratics. PEPit 0.5.1 agrees: at lag 8"
    " the worst mean of the squared gradients rises from 1.64 to 3.01 between 12 and 28 steps.",
    bound=sympy.Piecewise((1 / (4 * L_smooth), S_max <= n_flight), (1 / (4 * L_smooth * S_max), True)),
)
