"""Constant lag of the phi slot with a dominant stale part: the constant of the 1/s law."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from ..claims.lag_rate import CLAIM
from ..proof.records import Rel
from ..symbols import A_fresh, B_stale, fb_excess, lag_pos
from .record import Comparison

LAW = Comparison(
    id="lag-leading",
    title="Linear feedback at constant lag, dominant stale part, large lags",
    kind="proved",
    source="derived here (lag-rate)",
    bib="",
    assumptions=("linear update A theta + B phi", "constant lag, large", "no noise"),
    statement=r"For $B>A$ the edge of $x_{t+1}=x_t-\eta(A\,x_t+B\,x_{t-s})$ is"
    r" $\eta\approx\arccos(-A/B)/(s\sqrt{B^2-A^2})$, with a relative error of order $1/s$.",
    mapping=(("A", "slope of the update in theta"), ("B", "slope in phi")),
    lag="constant lag s; taken as s = S - 1, the largest lag of periodic sync",
    phi_slot=True,
    not_for="small lags, where it lies above the edge, the more so the nearer B is to A (performative-lag); |B| below"
    " A, where no 1/s law holds (lag-independent)",
    reading="leading order",
    sureness="proved here",
    bound=CLAIM.formulas["kappa"].subs(fb_excess, B_stale / A_fresh - 1) / (A_fresh * lag_pos),
    requires=(Rel(A_fresh, ">", 0), Rel(B_stale, ">", A_fresh)),
    claim="lag-rate",
)
