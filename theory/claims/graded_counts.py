"""Graded rewards with any normaliser: the expected advantage of a level from the counts of levels (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from ..objects import SLOT_ADVANTAGE
from ..proof.build import assume, define, identity, inequality, lemma
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel
from ..symbols import (
    G_group,
    adv_own,
    adv_slot,
    count_at,
    i_out,
    ind_slot,
    j_mate,
    mean_at,
    n_out,
    p_own,
    prob_d,
    r_first,
    rew_slot,
    row_lev,
    scale_at,
    slot_lev,
)

_i, _j, _r = i_out, j_mate, r_first
_groups, _slots = (_i, 1, n_out), (_j, 1, G_group)
_value, _deviation = ind_slot(_j, _i) * adv_slot(_j, _i), (_r - mean_at(_i)) * scale_at(_i)
_formula = sympy.Sum(prob_d(_i) * count_at(_i) * _deviation, _groups) / G_group

AT_LEVEL = Assumption(
    "AT-LEVEL",
    "The level looked at has one reward",
    r"$1_jr_j=1_jr$: a response of the level has the reward $r$.",
    lambda: Rel(ind_slot(j_mate, i_out) * rew_slot(j_mate, i_out), "=", ind_slot(j_mate, i_out) * r_first),
)


def _swapped(own: int) -> Table:
    """Groups of a success and a failure, either way round; the level of the failures is said to have reward own."""
    half = Fraction(1, 2)
    values: dict[Any, Any] = {G_group: 2, n_out: 2, _r: own, p_own: half, adv_own: -1}
    for group, failure in ((1, 2), (2, 1)):
        values |= {
            prob_d(group): half,
            mean_at(group): half,
            scale_at(group): 2,
            count_at(group): 1,
            row_lev(group): -1,
        }
        for slot in (1, 2):
            lost = int(slot == failure)
            values |= {
                rew_slot(slot, group): 1 - lost,
                adv_slot(slot, group): 1 - 2 * lost,
                ind_slot(slot, group): lost,
            }
            values[slot_lev(slot)] = -half
    return Table(values, indices={_i: range(1, 3), _j: range(1, 3)})


CLAIM = Claim(
    id="graded-counts",
    title="Expected advantage of a reward level",
    kind="exact",
    statement=r"Finitely many reward levels, any $G$, any factor $\varsigma$ of a group (one over either std, 0 in a"
    r" uniform group, an offset, or 1 for no std): a response of reward $r$, of chance $p_r$, has the expected"
    r" advantage $A(r)=\frac1{Gp_r}\mathbb E[n\,(r-m)\,\varsigma]$ over the groups, with $n$ the number of responses"
    r" of that reward and $m$ the mean reward. (They are functions of the counts of the levels, so the mean is a finite"
    r" sum over the multinomial law of these; for two levels it is that of claim group-advantage.)",
    source="derived here",
    steps=(
        define("advantage", SLOT_ADVANTAGE, _i),
        assume("level", AT_LEVEL),
        define("slot", Rel(slot_lev(_j), "=", sympy.Sum(prob_d(_i) * _value, _groups)), why="mean over the groups"),
        define("row", Rel(row_lev(_i), "=", sympy.Sum(_value, _slots)), why="sum over the responses of the level"),
        define("count", Rel(count_at(_i), "=", sympy.Sum(ind_slot(_j, _i), _slots)), why="how many they are"),
        inequality("term", _value, "=", ind_slot(_j, _i) * _deviation, "advantage level", "one advantage for all"),
        lemma("terms", "termwise-equal", sympy.Sum(_value, _slots), ind_slot(_j, _i) * _deviation, uses="term"),
        identity(
            "pull", sympy.Sum(ind_slot(_j, _i) * _deviation, _slots), count_at(_i) * _deviation, "count", "factor"
        ),
        inequality("each", row_lev(_i), "=", count_at(_i) * _deviation, "row terms pull", "the count times it"),
        lemma("swap", "slots-swapped", row_lev(_i), slot_lev(_j), _value, uses="slot row"),
        lemma("same", "slot-of-a-level", slot_lev, uses="slot"),
        identity("all", sympy.Sum(slot_lev(_j), _slots), G_group * p_own * adv_own, "same", "G equal terms"),
        identity("sum", sympy.Sum(prob_d(_i) * row_lev(_i), _groups), G_group * _formula, "each", "insert"),
        inequality("conclusion", p_own * adv_own, "=", _formula, "all swap sum", "divide by G"),
    ),
    conclusions=("conclusion",),
    formula=_formula / p_own,
    necessity={"AT-LEVEL": _swapped(1)},
    attained=(_swapped(0),),
)
