"""Periodic sync with a dominant stale part: the exact edge."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
from __future__ import annotations

import sympy

from ..claims.periodic_sync import CLAIM
from ..proof.records import Rel
from ..symbols import A_fresh, B_stale, fb_excess
from .record import Comparison

_edge = CLAIM.formulas["edge"].subs(fb_excess, B_stale / A_fresh - 1)

LAW = Comparison(
    id="sync-dominant",
    title="Linear feedback under periodic sync, dominant stale part",
    kind="proved",
    source="derived here (periodic-sync)",
    bib="",
    assumptions=("linear update A theta + B phi", "hard sync every S steps", "no noise"),
    statement=r"For $B>A$ the stable interval that begins at 0 ends at"
    r" $\eta A=1-(\frac{B-A}{B+A})^{1/S}$, about $\log\frac{B+A}{B-A}/S$.",
    mapping=(("A", "slope of the update in theta"), ("B", "slope in phi")),
    lag="S is the sync interval: lags 0, ..., S - 1",
    phi_slot=True,
    not_for="B at most A (sync-fresh); an even S has a second stable window below eta A = 2 (sync-parity)",
    reading="edge",
    sureness="proved here",
    bound=_edge.replace(sympy.log, lambda ratio: sympy.log(sympy.cancel(ratio))) / A_fresh,
    requires=(Rel(A_fresh, ">", 0), Rel(B_stale, ">", A_fresh)),
    claim="periodic-sync",
)
