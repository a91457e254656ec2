"""The blend of two bounds lies inside the min form at p > 0 and outside the max form at p < 0 (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

import sympy

from ..proof.build import assume, inequality, lemma
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel
from ..symbols import load_1, load_2, p_whole

_x, _y, _n, _one = load_1, load_2, p_whole, sympy.S.One

BLEND = Assumption(
    "BLEND",
    "Within the blend",
    r"$x_1^p+x_2^p\le1$: $\eta\le\eta_{\max}$ of the blend at the power $p$, or $\eta\ge\eta_{\max}$ at $-p$.",
    lambda: Rel(_x**_n + _y**_n, "<=", 1),
)


CLAIM = Claim(
    id="blend-order",
    title="Where the blend lies",
    kind="upper",
    statement=r"Up to the largest learning rate of the blend $\eta_{\max}^{-p}=(S/a)^p+(T/b)^p$, $p\ge1$ whole,"
    r" the loads $x_1=S\eta/a$ and $x_2=T\eta/b$ satisfy $x_1^p+x_2^p\le1$, so both are at most $1$:"
    r" $\eta\le\min(a/S,b/T)$, and the blend is sufficient for what the min form is. At the power $-p$ the inverse"
    r" loads $a/(S\eta)$ and $b/(T\eta)$ do so from $\eta_{\max}$ on: $\eta\ge\max(a/S,b/T)$, and the blend is"
    r" necessary for what the max form is.",
    source="derived here",
    steps=(
        assume("blend", BLEND),
        lemma("first-power", "power-order", _x, _one, _n),
        lemma("second-power", "power-order", _y, _one, _n),
        inequality("first", _x, "<=", 1, "blend first-power", "a load above 1 would leave less than nothing"),
        inequality("second", _y, "<=", 1, "blend second-power", "and so for this one"),
    ),
    conclusions=("first", "second"),
    formula=_x**_n + _y**_n,
    necessity={"BLEND": Table({_x: 2, _y: 1, _n: 1})},
    not_tight="limits only: first and second come as close to 1 as one bound is far away, 0.995 where the other load is"
    " 0.005 at p = 1",
)
