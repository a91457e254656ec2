"""Stich and Karimireddy: SGD with delayed gradients."""

from __future__ import annotations

from ..symbols import L_smooth, M_noise, S_max
from .record import Comparison

LAW = Comparison(
    id="stich20",
    title="SGD with delayed gradients",
    kind="cited",
    source="Stich and Karimireddy, arXiv 1909.05350, JMLR 21 (2020) 237",
    bib="stich2020",
    assumptions=("smooth objective", "delay of the gradient at most tau", "noise (M, sigma^2)", "SGD"),
    statement=r"$\eta\le\frac1{10L_\nabla(\tau+M_\sigma)}$; stationarity up to $\varepsilon$ in"
    r" $O(\sigma^2/\varepsilon^2+\tau/\varepsilon)$ iterations.",
    mapping=(("tau", "S_max"), ("M", "M_noise"), ("L", "L_smooth")),
    lag="tau counts updates between reading and applying a gradient: S_max = S - 1",
    phi_slot=False,
    not_for="staleness of the phi slot alone; Adam, clipping; on-policy runs without noise, where it has no bound",
    reading="sufficient",
    sureness="read at second hand",
    checked="1/(10 L tau) stands as its learning rate in the abstract of arXiv 2308.11984; M from memory. On quadratics"
    " with a constant lag of 1 to 200 it is at most 0.100 of the exact edge. PEPit 0.5.1, strongly convex (mu = L/10),"
    " lag 2, 16 steps: squared distance at most 0.87 of the start's.",
    bound=1 / (10 * L_smooth * (S_max + M_noise)),
)
