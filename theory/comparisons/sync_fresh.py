"""Periodic sync with a dominant fresh part: bounded below for every S, and parity decides."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

import sympy

from ..claims.sync_parity import CLAIM
from ..proof.records import Rel
from ..symbols import A_fresh, B_stale, S_int, fb_ratio_odd
from .record import Comparison

_odd = CLAIM.formulas["odd_edge"].subs(fb_ratio_odd, (A_fresh - B_stale) / (A_fresh + B_stale))

LAW = Comparison(
    id="sync-fresh",
    title="Linear feedback under periodic sync, dominant fresh part",
    kind="proved",
    source="derived here (sync-parity)",
    bib="",
    assumptions=("linear update A theta + B phi", "hard sync every S steps", "no noise"),
    statement=r"For $\lvert B\rvert<A$: stable exactly up to $\eta A=2$ where $S$ is even, and up to"
    r" $\eta A=1+(\frac{A-B}{A+B})^{1/S}$ where it is odd: no $1/S$ law.",
    mapping=(("A", "slope of the update in theta"), ("B", "slope in phi")),
    lag="S is the sync interval: lags 0, ..., S - 1",
    phi_slot=True,
    not_for="|B| at least A (sync-dominant)",
    reading="edge",
    sureness="proved here",
    bound=sympy.Piecewise((sympy.Integer(2), sympy.Eq(sympy.Mod(S_int, 2), 0)), (_odd, True)) / A_fresh,
    requires=(Rel(sympy.Abs(B_stale), "<", A_fresh),),
    claim="sync-parity",
    falls=False,
)
