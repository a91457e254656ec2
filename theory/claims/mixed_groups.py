"""The chance that a group of binary rewards is mixed, from the binomial theorem (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

import sympy

from ..lemmas.binomial import basis, bernstein
from ..objects import CHANCES
from ..proof.build import define, identity, lemma
from ..proof.records import Claim
from ..symbols import G_group, c_suc, h_suc, j_suc, k_suc, p_suc, q_fail

_G, _k, _c, _h, _j = G_group, k_suc, c_suc, h_suc, j_suc
_chance = 1 - p_suc**_G - q_fail**_G
_all = bernstein(1, _G, _c)
_some = sympy.Sum(basis(_G, _h), (_h, 1, _G))
_shifted = sympy.Sum(basis(_G, _j + 1), (_j, 0, _G - 1))
_mixed = sympy.Sum(basis(_G, _k + 1), (_k, 0, _G - 2))

CLAIM = Claim(
    id="mixed-groups",
    title="The chance that a group is mixed",
    kind="exact",
    statement=r"Among $G$ independent responses that succeed with chance $p$, some but not all succeed with chance"
    r" $\sum_{k=0}^{G-2}\binom G{k+1}p^{k+1}q^{G-1-k}=1-p^G-q^G$.",
    source="derived here",
    steps=(
        define("chances", CHANCES),
        lemma("theorem", "binomial-theorem", _G, _c, uses="chances"),
        lemma("none", "split-first", _all, _h, why="no success apart"),
        lemma("shift", "index-shift", _some, _j, 1),
        lemma("all", "split-last", _shifted, _k, why="no failure apart"),
        lemma("end", "binomial-end", _G),
        identity("mixed", _mixed, _chance, "theorem none shift all end chances", "the two uniform groups are left out"),
    ),
    conclusions=("mixed",),
    formula=_chance,
    formulas={"sum": _mixed},
)
