"""Constant lag of the phi slot with a dominant fresh part: no lag shrinks the learning rate."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

import sympy

from ..claims.constant_lag import CLAIM
from ..proof.records import Rel
from ..symbols import A_fresh, B_stale, beta_fb
from .record import Comparison

LAW = Comparison(
    id="lag-independent",
    title="Linear feedback at constant lag, dominant fresh part",
    kind="proved",
    source="derived here (constant-lag)",
    bib="",
    assumptions=("linear update A theta + B phi", "constant lag", "no noise"),
    statement=r"$x_{t+1}=x_t-\eta(A\,x_t+B\,x_{t-s})$ with $\lvert B\rvert<A$ is stable at every lag if"
    r" $\eta<2/(A+\lvert B\rvert)$; for $B\ge0$ and even lags that is the edge.",
    mapping=(("A", "slope of the update in theta"), ("B", "slope in phi")),
    lag="constant lag, any; no lag enters the bound",
    phi_slot=True,
    not_for="B at least A (lag-leading); clipping, which bounds the learning rate by another way",
    reading="sufficient",
    sureness="proved here",
    bound=sympy.cancel(CLAIM.formula.subs(beta_fb, B_stale / A_fresh) / A_fresh),
    requires=(Rel(sympy.Abs(B_stale), "<", A_fresh),),
    claim="constant-lag",
)
