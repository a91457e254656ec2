"""Periodic sync of an update that only sees the rollouts: the exact edge."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from ..claims.stale_only_sync import CLAIM
from ..proof.records import Rel
from ..symbols import A_fresh, B_stale
from .record import Comparison

LAW = Comparison(
    id="sync-stale",
    title="Periodic sync of an update that sees nothing but phi",
    kind="proved",
    source="derived here (stale-only-sync)",
    bib="",
    assumptions=("linear update B phi, that is A = 0", "hard sync every S steps", "no noise"),
    statement=r"$x_{j+1}=x_j-\eta B\,x_0$ for the $S$ steps of a cycle is stable exactly for $\eta B<2/S$.",
    mapping=(("B", "slope of the update in phi"),),
    lag="S is the sync interval: lags 0, ..., S - 1",
    phi_slot=True,
    not_for="an update that sees the fresh theta (sync-dominant, sync-fresh)",
    reading="edge",
    sureness="proved here",
    bound=CLAIM.formula / B_stale,
    requires=(Rel(A_fresh, "=", 0), Rel(B_stale, ">", 0)),
    claim="stale-only-sync",
)
