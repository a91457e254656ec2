"""Periodic sync without a fresh part: one cycle multiplies by 1 - S eta B (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from ..dynamics_objects import CYCLE_STALE, CYCLE_START
from ..proof.build import assume, define, identity, inequality, lemma
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel
from ..symbols import S_int, gain_stale, j_cyc, x_cyc, x_gap, x_sync

_S, _h = S_int, gain_stale
_edge = 2 / _S

STEP = Assumption("STEP", "Step size below 2/(SB)", r"$\eta B<2/S$.", lambda: Rel(_h, "<", _edge))


def _closed(j: Any) -> Any:
    return (1 - _h * j) * x_sync


def _cycle(steps: int, fb_gain: Fraction) -> Table:
    values: dict[Any, Any] = {_S: steps, _h: fb_gain, x_sync: 1, x_gap(_S): 0}
    values |= {x_cyc(j): 1 - fb_gain * j for j in range(steps + 1)} | {x_gap(j): 0 for j in range(steps + 1)}
    values[x_cyc(_S)] = values[x_cyc(steps)]
    return Table(values, indices={j_cyc: range(steps)})


CLAIM = Claim(
    id="stale-only-sync",
    title="Periodic sync: a gradient that only sees the rollouts",
    kind="exact",
    statement=r"$x_{j+1}=x_j-\eta B\,x_0$ for the $S$ steps of a cycle (the case $A=0$): the cycle multiplies the"
    r" deviation by $1-S\eta B$, so it is stable exactly for $0<\eta B<2/S$.",
    source="derived here",
    steps=(
        define("cycle", CYCLE_STALE, j_cyc),
        define("start", CYCLE_START),
        define("gap", Rel(x_gap(j_cyc), "=", x_cyc(j_cyc) - _closed(j_cyc)), why="deviation less its closed form"),
        identity("gap-step", x_gap(j_cyc + 1), x_gap(j_cyc), "gap cycle", "both fall by the same amount"),
        define("gap-first", Rel(x_gap(0), "=", x_cyc(0) - _closed(0))),
        identity("gap-start", x_gap(0), 0, "gap-first start", "and start alike"),
        lemma(
            "gap-zero", "geometric-zero", x_gap, j_cyc, sympy.S.One, _S, uses="gap-step gap-start", why="by induction"
        ),
        define("gap-last", Rel(x_gap(_S), "=", x_cyc(_S) - _closed(_S))),
        inequality("multiplier", x_cyc(_S), "=", (1 - _S * _h) * x_sync, "gap-zero gap-last", "the whole cycle"),
        inequality("top", 1 - _S * _h, "<", 1, "", "the stale gain is positive"),
        assume("step", STEP),
        inequality("low", _S * _h, "<", 2, "step", "so the factor is above -1"),
    ),
    conclusions=("multiplier", "top", "low"),
    formula=_edge,
    formulas={"edge": _edge, "multiplier": 1 - _S * _h},
    necessity={"STEP": _cycle(4, Fraction(3, 5))},
    attained=(_cycle(4, Fraction(1, 1000)), _cycle(4, Fraction(1999, 4000))),
)
