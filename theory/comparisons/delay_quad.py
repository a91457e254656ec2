"""Pure delay on a quadratic: the exact edge."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from ..claims.pure_delay import CLAIM
from ..symbols import L_smooth
from .record import Comparison

LAW = Comparison(
    id="delay-quad",
    title="Delayed gradient on a quadratic, exact edge",
    kind="proved",
    source="Levin and May, Theoretical Population Biology 9 (1976) 178-187; certified here (pure-delay)",
    bib="levin1976",
    assumptions=("quadratic of curvature up to L", "constant lag", "no noise"),
    statement=r"$x_{t+1}=x_t-\eta\nabla f(x_{t-s})$ converges on every quadratic with curvature in $(0,L_\nabla]$ if"
    r" and only if $\eta L_\nabla<2\sin\frac{\pi}{2(2s+1)}$.",
    mapping=(("delay s", "S_max = S - 1"), ("A", "L, the largest curvature")),
    lag="constant lag s; taken as s = S - 1, the largest lag of periodic sync",
    phi_slot=False,
    not_for="a gradient that sees the fresh theta too: with A > |B| no lag is unstable below 2/(A+|B|)"
    " (lag-independent)",
    reading="edge",
    sureness="proved here",
    bound=CLAIM.formula / L_smooth,
    claim="pure-delay",
)
