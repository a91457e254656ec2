"""Groups of two and three responses have a constant weight w_G: no effect of the std can show there (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

import sympy

from ..lemmas.binomial import bernstein
from ..objects import CHANCES, GROUP_SIZE
from ..proof.build import define, identity
from ..proof.records import Claim
from ..symbols import G_group, h_suc, k_suc
from .group_weight import coefficient

_G, _k, _h = G_group, k_suc, h_suc
_two = bernstein(coefficient(_k).subs(_G, 2), 0, _k)
_three = bernstein(coefficient(_h).subs(_G, 3), 1, _h)
_long = (_G - 2) * sympy.sqrt(_G - 1)
_short = (_G - 1) * sympy.sqrt(_G - 2) / sympy.sqrt(2)

CLAIM = Claim(
    id="small-groups",
    title="The weight is constant for groups of two and three only",
    kind="exact",
    statement=r"$w_2=1$ and $w_3=\sqrt2$ for every $p$. So the expected advantages $q\,w_G$ and $-p\,w_G$ (claim"
    r" group-weight) are a constant times $r-p$ there, as they are without a std, and nothing that $H$ makes of them"
    r" shows the std. The largest slope $L_w$ of $w_G$ (claim weight-slope) times a positive number is"
    r" $(G-1)(G-2)(G-3)/2$, so it is positive for every $G\ge4$.",
    source="derived here",
    steps=(
        define("chances", CHANCES),
        identity("two", _two, 1, "", "one term"),
        identity("three", _three, sympy.sqrt(2), "chances", "two equal terms"),
        define("group", GROUP_SIZE),
        identity("slope", (_long - _short) * (_long + _short), (_G - 1) * (_G - 2) * (_G - 3) / 2, "group", "expand"),
    ),
    conclusions=("two", "three", "slope"),
    formula=sympy.sqrt(_G - 1),
    formulas={"two": _two, "three": _three},
)
