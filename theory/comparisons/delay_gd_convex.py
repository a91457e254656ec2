"""Choi, Choi and Seok: delayed gradient descent on strongly convex objectives."""

# pyright: reportUnknownMemberType=false
from __future__ import annotations

import sympy

from ..symbols import L_smooth, S_max
from .record import Comparison

LAW = Comparison(
    id="delay-gd-convex",
    title="Delayed gradient descent, strongly convex",
    kind="cited",
    source="Choi, Choi and Seok, arXiv 2308.11984",
    bib="choi2023",
    assumptions=("strongly convex and smooth objective", "constant delay of the gradient", "no noise"),
    statement=r"Linear convergence for $\eta\le\frac1{4L_\nabla\tau}$ at $\tau=1$ and"
    r" $\eta\le\frac3{10L_\nabla\tau}$ at $\tau\ge2$.",
    mapping=(("tau", "S_max"), ("L", "L_smooth")),
    lag="tau is the age of the gradient, and the iterate rests for the first tau steps: S_max = S - 1",
    phi_slot=False,
    not_for="staleness of the phi slot alone; objectives that are not convex; noise, Adam, clipping",
    reading="sufficient",
    sureness="read in the abstract",
    checked="On quadratics with a constant lag of 1 to 200 at most 0.250 of the exact edge. PEPit 0.5.1, mu = L/10,"
    " 16 steps from rest: squared distance at most 0.46, 0.65 and 0.83 of the start's at lag 1, 2 and 4.",
    bound=sympy.Piecewise((1 / (4 * L_smooth * S_max), S_max <= 1), (3 / (10 * L_smooth * S_max), True)),
)
