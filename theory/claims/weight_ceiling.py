"""The weight w_G of a prompt's gradient is at most sqrt(G - 1), whatever the chance of success (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction

import sympy

from ..lemmas.binomial import basis, bernstein
from ..objects import CHANCES, GROUP_SIZE
from ..proof.build import define, earlier, identity, inequality, lemma
from ..proof.models import Table
from ..proof.records import Claim, Rel
from ..symbols import (
    G_group,
    adv_one,
    adv_zero,
    k_suc,
    p_suc,
    pot_at,
    potential,
    q_fail,
    root_one,
    spread_at,
    weight,
    weight_at,
)
from .group_weight import CLAIM as WEIGHT
from .group_weight import coefficient

_G, _k = G_group, k_suc
_over = (_k, 0, _G - 2)
_b, _basis, _spread, _top = weight_at(_k), basis(_G - 2, _k), spread_at(_k), root_one
_w = bernstein(_b, _G - 2, _k)
_most, _below = sympy.Sum(_top * _basis, _over), sympy.Sum(-_b * _basis, _over)
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
        define("coefficient", Rel(_b, "=", coefficient(_k)), uses="k-low k-high", why="coefficient of w_G"),
        define(
            "spread",
            Rel(_spread, "=", sympy.sqrt(_k + 1) * sympy.sqrt(_G - 1 - _k)),
            uses="k-low k-high",
            why="G times the std of the group",
        ),
        define("one", Rel(_top, "=", sympy.sqrt(_G - 1)), uses="group", why="the root at both ends"),
        identity("spread2", _spread**2, (_k + 1) * (_G - 1 - _k), "spread k-low k-high", "its square"),
        identity("one2", _top**2, _G - 1, "one group", "its square"),
        inequality("inside", _spread**2, ">", 0, "spread2 k-low k-high", "both factors are positive"),
        inequality("squares", _spread**2, ">=", _top**2, "spread2 one2 k-low k-high", "k(G-2-k) is not negative"),
        inequality("roots", _spread, ">=", _top, "squares inside", "root of both sides"),
        identity("product", _b * _spread, _top**2, "coefficient spread one k-low k-high group", "one reciprocal"),
        inequality("each", _b, "<=", _top, "roots product one2 group", "divide"),
        inequality("sign", _b, ">=", 0, "roots product one2 group", "a positive quotient"),
        lemma("positive", "binomial-positive", _G - 2, _k, uses="k-low k-high"),
        inequality("enough", _G - 2, ">=", 0, "group", "two at least"),
        lemma("theorem", "binomial-theorem", _G - 2, _k, uses="chances enough"),
        earlier("w", WEIGHT, "w"),
        identity("bernstein", weight(p_suc), _w, "w coefficient", "name the coefficients"),
        inequality("above", _w, "<=", _most, "each positive", "term by term"),
        inequality("below", _below, "<=", _most, "sign positive", "term by term"),
        identity("pull", _most, _top, "theorem chances group", "the chances sum to one"),
        inequality("size", sympy.Abs(weight(p_suc)), "<=", _top, "bernstein above below pull", "both signs"),
        inequality("conclusion", sympy.Abs(weight(p_suc)), "<=", sympy.sqrt(_G - 1), "size one", "in closed form"),
    ),
    conclusions=("conclusion",),
    formula=sympy.sqrt(_G - 1),
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
                **{weight_at(0): 1, spread_at(0): 1, root_one: 1},
            },
            indices={_k: range(1)},
        ),
    ),
)
