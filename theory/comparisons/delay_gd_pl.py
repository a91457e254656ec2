"""Choi, Choi and Seok: delayed gradient descent under the Polyak-Lojasiewicz condition."""

from __future__ import annotations

from ..symbols import L_smooth, S_max
from .record import Comparison

LAW = Comparison(
    id="delay-gd-pl",
    title="Delayed gradient descent, Polyak-Lojasiewicz",
    kind="cited",
    source="Choi, Choi and Seok, arXiv 2308.11984",
    bib="choi2023",
    assumptions=("smooth objective with the Polyak-Lojasiewicz inequality", "constant large delay", "no noise"),
    statement=r"Linear convergence of the objective for $\eta\le\frac9{10L_\nabla\tau}$ at large $\tau$.",
    mapping=(("tau", "S_max"), ("L", "L_smooth")),
    lag="tau is the age of the gradient: S_max = S - 1; the abstract does not say from which tau on",
    phi_slot=False,
    not_for="staleness of the phi slot alone; small delays; noise, Adam, clipping",
    reading="sufficient",
    sureness="read in the abstract",
    checked="On quadratics with a constant lag of 1 to 200 at most 0.900 of the exact edge (0.574 at 200). On strongly"
    " convex functions, a part of its class, PEPit 0.5.1 (mu = L/10, 16 steps from rest) finds at most 0.26, 0.24 and"
    " 0.55 of the start's squared distance at lag 1, 2 and 4.",
    bound=9 / (10 * L_smooth * S_max),
)
