"""Crossover: which of the two constraints binds (arXiv 2607.01083, derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction

from ..laws import CROSSOVER
from ..proof.build import define, identity, inequality
from ..proof.models import Table
from ..proof.records import Claim, Rel
from ..symbols import S_star, S_sync, T_horizon, a_plan, b_plan

CLAIM = Claim(
    id="crossover",
    title="Crossover staleness",
    kind="exact",
    statement=r"With $S^\ast=Ta/b$ the gap of the two bounds is"
    r" $\frac{b}{T}-\frac{a}{S}=\frac{b}{ST}(S-S^\ast)$,"
    r" a positive multiple of $S-S^\ast$: the staleness constraint binds exactly from $S^\ast$ on.",
    source="arXiv 2607.01083 (two-constraint rule), derived here",
    steps=(
        define("star", Rel(S_star, "=", CROSSOVER), why="definition of the crossover"),
        identity(
            "conclusion",
            b_plan / T_horizon - a_plan / S_sync,
            b_plan / (S_sync * T_horizon) * (S_sync - S_star),
            "star",
            "a positive multiple of S - S*",
        ),
        inequality(
            "sign",
            (b_plan / T_horizon - a_plan / S_sync) * (S_sync - S_star),
            ">=",
            0,
            "conclusion",
            "so the gap and S - S* never have opposite signs",
        ),
    ),
    conclusions=("conclusion", "sign"),
    formula=CROSSOVER,
    attained=(
        Table({a_plan: 1, b_plan: 20, T_horizon: 80, S_sync: 16, S_star: 4}),
        Table({a_plan: 1, b_plan: 20, T_horizon: 80, S_sync: 3, S_star: 4}),
        Table({a_plan: Fraction(1, 3), b_plan: 7, T_horizon: 42, S_sync: 2, S_star: 2}),
    ),
)
