"""Koloskova, Stich and Jaggi: asynchronous SGD with a constant learning rate."""

# pyright: reportUnknownMemberType=false
from __future__ import annotations

import sympy

from ..symbols import L_smooth, S_max, n_flight
from .record import Comparison

LAW = Comparison(
    id="kolos22-const",
    title="Asynchronous SGD, constant learning rate, concurrency",
    kind="cited",
    source="Koloskova, Stich and Jaggi, arXiv 2206.08307, Theorem 6",
    bib="koloskova2022",
    assumptions=("smooth objective", "noise of variance sigma^2", "bounded concurrency and delay", "SGD"),
    statement=r"Some constant $\eta$, from memory $\eta\le\frac1{4L_\nabla\sqrt{\tau_C\tau_{\max}}}$, is stationary up"
    r" to $\varepsilon$ in $O(\sigma^2/\varepsilon^2+\sqrt{\tau_C\tau_{\max}}/\varepsilon)$ iterations.",
    mapping=(("tau_max", "S_max"), ("tau_C", "n_flight"), ("L", "L_smooth")),
    lag="tau_max is the largest age of a gradient: S_max = S - 1; tau_C is near the mean age",
    phi_slot=False,
    not_for="staleness of the phi slot alone; Adam, clipping",
    reading="existence",
    sureness="from memory, checked by numbers",
    checked="Rate read in a copy of the paper; the theorem says that a step exists, and the constant 4 is from memory."
    " With tau_C = tau + 1 at most 0.177 of the exact edge on quadratics for constant lags 1 to 200.",
    bound=1 / (4 * L_smooth * sympy.sqrt(n_flight * S_max)),
)
