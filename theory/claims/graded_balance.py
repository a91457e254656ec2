"""Graded rewards: the expected advantages balance over the levels, for any group size (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

import sympy

from ..objects import GROUP_MEAN, ROW_SUM, SLOT_ADVANTAGE, SLOT_MEAN
from ..proof.build import define, identity, inequality, lemma
from ..proof.records import Claim
from ..symbols import (
    G_group,
    adv_level,
    adv_slot,
    i_out,
    j_mate,
    level,
    n_levels,
    n_out,
    p_level,
    prob_d,
    row_total,
    slot_adv,
    slot_one,
)

_i, _j = i_out, j_mate
_groups, _slots, _levels = (_i, 1, n_out), (_j, 1, G_group), (level, 1, n_levels)
_balance = sympy.Sum(p_level(level) * adv_level(level), _levels)

CLAIM = Claim(
    id="graded-balance",
    title="Expected advantages balance over reward levels",
    kind="exact",
    statement=r"Finitely many reward levels, any group size, either std, an offset or none: $\sum_\ell p^r_\ell"
    r" A^r_\ell=0$ for the expected advantage $A^r_\ell$ of a response of level $\ell$, because the advantages of"
    r" every group sum to zero and its slots are exchangeable.",
    source="derived here",
    steps=(
        define("mean", GROUP_MEAN, _i),
        define("advantage", SLOT_ADVANTAGE, _i),
        define("row", ROW_SUM, _i),
        identity("centred", row_total(_i), 0, "row advantage mean", "deviations from the mean sum to zero"),
        define("slot", SLOT_MEAN, _i),
        lemma("swap", "slots-swapped", row_total(_i), slot_adv(_j), adv_slot(_j, _i), uses="slot row"),
        lemma("exchange", "exchangeable-slots"),
        identity("all", sympy.Sum(slot_adv(_j), _slots), G_group * slot_one, "exchange", "G equal terms"),
        lemma("levels", "total-expectation"),
        identity("none", sympy.Sum(prob_d(_i) * row_total(_i), _groups), 0, "centred", "every group contributes zero"),
        inequality("conclusion", _balance, "=", 0, "levels all swap none", "divide by G"),
    ),
    conclusions=("conclusion",),
    formula=sympy.S.Zero,
)
