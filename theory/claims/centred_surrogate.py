"""Ratio-form GRPO with centred advantages has J = 0, hence DJ = 0, while H is not zero (derived here)."""

from __future__ import annotations

import sympy

from ..objects import OBJECTIVE
from ..proof.build import define, identity, lemma
from ..proof.records import Claim, Rel
from ..symbols import G_group, J_pop, adv, group_loss, i_out, j_mate, mean_r, reward, std_r

_mates = (j_mate, 1, G_group)
_total = sympy.Sum(reward(j_mate), _mates)
_centred = sympy.Sum(adv(j_mate), _mates)

CLAIM = Claim(
    id="centred-surrogate",
    title="The centred surrogate vanishes on the diagonal",
    kind="exact",
    statement=r"For ratio-form GRPO (ratios are 1 on the diagonal, equal lengths or per-sequence means, no KL term,"
    r" any rewards, any std convention) $J(\theta)=F(\theta,\theta)=0$ for every $\theta$; hence $\mathrm DJ\equiv0$.",
    source="derived here; it fails for token means with variable lengths and for KL terms",
    steps=(
        define("mean", Rel(mean_r, "=", _total / G_group), why="mean reward of the group"),
        define("advantage", Rel(adv(j_mate), "=", (reward(j_mate) - mean_r) / std_r), why="group-relative advantage"),
        identity("centred", _centred, sympy.S.Zero, "advantage mean", "deviations from the mean sum to zero"),
        define(
            "group",
            Rel(group_loss(i_out), "=", _centred / G_group),
            why="on the diagonal every ratio is 1, so l = mean A",
        ),
        define("J", OBJECTIVE, group_loss),
        identity("conclusion", J_pop, sympy.S.Zero, "J group advantage mean", "every group contributes zero"),
        lemma("derivative", "constant-derivative", uses="conclusion", why="and so does the total derivative"),
    ),
    conclusions=("conclusion", "centred", "derivative"),
    formula=sympy.S.Zero,
)
