"""The weight w_G of a prompt's gradient is at most sqrt(G - 1), whatever the chance of success (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from ..lemmas.binomial import basis, bernstein
from ..objects import CHANCES, GROUP_SIZE
from ..proof.build import define, earlier, identity, inequality, lemma
from ..proof.models import Table
from ..proof.records import Claim
from ..symbols import G_group, adv_one, adv_zero, k_suc, p_suc, pot_at, potential, q_fail, weight
from .group_weight import CLAIM as WEIGHT
from .group_weight import coefficient

_G, _k = G_group, k_suc
_over = (_k, 0, _G - 2)
_b, _basis = coefficient(_k), basis(_G - 2, _k)
_top: Any = sympy.sqrt(_G - 1)
_w = bernstein(_b, _G - 2, _k)
_most = sympy.Sum(_top * _basis, _over)
_below = sympy.Sum(-_b * _basis, _over)
_roots = sympy.sqrt(_k + 1) * sympy.sqrt(_G - 1 - _k)
_half = Fraction(1, 2)

CLAIM = Claim(
    id="weight-ceiling",
    title="The largest weight of a prompt",
    kind="upper",
    statement=r"$\lvert w_G(p)\rvert\le\sqrt{G-1}$ for every $p$ in $(0,1)$ and every $G\ge2$.",
    source="derived here",
    steps=(
        define("group", GROUP_SIZE),
        define("chances", CHANCES),
        lemma("k-low", "index-low", *_over),
        lemma("k-high", "index-high", *_over),
        inequality("places", (_k + 1) * (_G - 1 - _k), ">=", _G - 1, "k-low k-high", "k(G-2-k) is not negative"),
        identity("square", _roots**2, (_k + 1) * (_G - 1 - _k), "", "square of the denominator"),
        inequality("roots", _roots, ">=", _top, "square places k-low k-high", "root of both sides"),
        identity("coefficient", _b * _roots, _top**2, "k-low k-high", "the coefficient"),
        inequality("each", _b, "<=", _top, "roots coefficient k-low k-high group", "divide"),
        inequality("sign", _b, ">=", 0, "k-low k-high", "nothing is negative"),
        lemma("positive", "binomial-positive", _G - 2, _k, uses="k-low k-high"),
        inequality("enough", _G - 2, ">=", 0, "group", "two at least"),
        lemma("theorem", "binomial-theorem", _G - 2, _k, uses="chances enough"),
        earlier("w", WEIGHT, "w"),
        inequality("above", _w, "<=", _most, "each positive", "term by term"),
        inequality("below", _below, "<=", _most, "sign positive", "term by term"),
        identity("pull", _most, _top, "theorem chances group", "the chances sum to one"),
        inequality("conclusion", sympy.Abs(weight(p_suc)), "<=", _top, "w above below pull", "both signs"),
    ),
    conclusions=("conclusion",),
    formula=_top,
    attained=(
        Table(
            {
                **{
                    _G: 2,
                    p_suc: _half,
                    q_fail: _half,
                    weight(p_suc): 1,
                    adv_one(p_suc): _half,
                    adv_zero(p_suc): -_half,
                },
                **{pot_at(0): 0, pot_at(1): 1, potential(p_suc): _half},
            },
            indices={_k: range(1)},
        ),
    ),
)
