"""Arjevani, Shamir and Srebro: delayed gradients on quadratics."""

from __future__ import annotations

from ..symbols import L_smooth, S_max
from .record import Comparison

LAW = Comparison(
    id="arjevani18",
    title="Delayed gradients on quadratics, finite time",
    kind="cited",
    source="Arjevani, Shamir and Srebro, arXiv 1806.10188, ALT 2020",
    bib="arjevani2020",
    assumptions=("quadratic objective", "constant delay of the gradient", "SGD"),
    statement=r"$\eta\le\frac1{20L_\nabla(\tau+1)}$, with bounds on the error that no method with such delays beats;"
    r" without noise as slow as one gradient in $\tau$.",
    mapping=(("tau", "S_max"), ("mu, there the smoothness", "L_smooth")),
    lag="tau rounds ago: S_max = S - 1",
    phi_slot=False,
    not_for="staleness of the phi slot alone; objectives that are not quadratic; Adam, clipping",
    reading="sufficient",
    sureness="from memory, checked by numbers",
    checked="The abstract was read, the constant 20 is from memory. At most 0.032 of the exact edge for lags 1 to 200;"
    " with the strong convexity in the place of L it would be unstable for curvatures that spread enough, so mu there"
    " can only be the smoothness.",
    bound=1 / (20 * L_smooth * (S_max + 1)),
)
