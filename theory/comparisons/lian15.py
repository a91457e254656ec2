"""Lian, Huang, Li and Liu: asynchronous SGD on smooth objectives that need not be convex."""

# pyright: reportUnknownMemberType=false
from __future__ import annotations

import sympy

from ..symbols import L_smooth, S_max
from .record import Comparison

LAW = Comparison(
    id="lian15",
    title="Asynchronous SGD, bounded delay, not convex",
    kind="cited",
    source="Lian, Huang, Li and Liu, NeurIPS 2015, arXiv 1506.08272",
    bib="lian2015",
    assumptions=("smooth objective", "delays at most tau", "unbiased gradients of bounded variance", "SGD"),
    statement=r"$L_\nabla\eta+2L_\nabla^2\tau^2\eta^2\le1$, that is"
    r" $\eta\le\frac2{L_\nabla(1+\sqrt{1+8\tau^2})}$; then without noise the mean of"
    r" $\lVert\nabla f(x_k)\rVert^2$ over $K$ steps is at most $2(f(x_0)-f^\ast)/(K\eta)$.",
    mapping=(("M gamma, batch times step", "eta, the rate on a mean gradient"), ("T", "S_max"), ("L", "L_smooth")),
    lag="T bounds the age of every gradient: S_max = S - 1",
    phi_slot=False,
    not_for="staleness of the phi slot alone; Adam, clipping; delays without a bound",
    reading="sufficient",
    sureness="from memory, checked by numbers",
    checked="The bound on the mean gradient held in PEPit 0.5.1 at lag 1, 2, 4: worst case 0.70, 0.63, 0.58 of it in 12"
    " steps, and failed at twice the learning rate. On quadratics with a constant lag of 1 to 200 at most 0.500 of the"
    " exact edge.",
    bound=2 / (L_smooth * (1 + sympy.sqrt(1 + 8 * S_max**2))),  # in this form also without delay
)
