"""The largest slope of the weight w_G in the chance of success, for every group size (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from typing import Any

import sympy

from ..lemmas.binomial import basis, bernstein
from ..objects import CHANCES, LARGE_GROUP
from ..proof.build import define, earlier, identity, inequality, lemma
from ..proof.records import Claim, Rel, Step
from ..symbols import (
    G_group,
    d_weight,
    drop_weight,
    h_suc,
    k_suc,
    p_suc,
    q_fail,
    root_one,
    root_two,
    slope_weight,
    spread_at,
    weight,
    weight_at,
)
from .group_weight import CLAIM as WEIGHT
from .group_weight import coefficient

_G, _k, _h = G_group, k_suc, h_suc
_over = (_h, 0, _G - 3)
_bound: Any = (_G - 2) * sympy.sqrt(_G - 1) - (_G - 1) * sympy.sqrt(_G - 2) / sympy.sqrt(2)
_basis, _inside = basis(_G - 3, _h), "h-low h-high"
_here, _there = spread_at(_h), spread_at(_h + 1)
_here2, _there2 = (_h + 1) * (_G - 1 - _h), (_h + 2) * (_G - 2 - _h)
_sum, _both, _apart = _here + _there, root_one + root_two, root_two - root_one
_rise = weight_at(_h + 1) - weight_at(_h)
_ends = root_one * root_two
_drop: Any = sympy.sqrt(_G - 1) - (_G - 1) / (sympy.sqrt(2) * sympy.sqrt(_G - 2))
_slopes = sympy.Sum((_G - 2) * _rise * _basis, _over)
_falls = sympy.Sum(-(_G - 2) * _rise * _basis, _over)
_most = sympy.Sum((_G - 2) * drop_weight * _basis, _over)
_w = bernstein(weight_at(_k), _G - 2, _k)


def _reached(tag: str, change: Any, end: Any, near: Any) -> tuple[Step, ...]:
    """``+-w_G' >= (2 near^(G-3) - 1) L_w``; near is the chance that tends to 1 at that end."""
    term = (_G - 2) * (drop_weight + change) * _basis
    total, side = sympy.Sum(term, _over), -d_weight(p_suc) if tag == "left" else d_weight(p_suc)
    used = "lower" if tag == "right" else "upper"
    first, most = 2 * slope_weight * near ** (_G - 3), slope_weight * (2 * near ** (_G - 3) - 1)
    return (
        inequality(f"{tag}-term", term, ">=", 0, f"{used} positive group", "no term is negative"),
        lemma(f"{tag}-one", "one-term", total, end, uses=f"{tag}-term enough"),
        identity(f"{tag}-end", term.subs(_h, end), first, "coefficient drop slope all group", "the largest difference"),
        identity(f"{tag}-total", total, side + slope_weight, "derivative theorem slope chances group", "two sums"),
        inequality(f"{tag}-kept", total, ">=", first, f"{tag}-one {tag}-end", "keep one term"),
        inequality(f"{tag}-reached", side, ">=", most, f"{tag}-kept {tag}-total", "subtract the bound"),
    )


CLAIM = Claim(
    id="weight-slope",
    title="The largest slope of the weight",
    kind="upper",
    statement=r"$|w_G'(p)|\le L_w=(G-2)\sqrt{G-1}-(G-1)\sqrt{(G-2)/2}$ for every $p$ in $(0,1)$ and every $G\ge3$,"
    r" and $-w_G'\ge(2q^{G-3}-1)L_w$, $w_G'\ge(2p^{G-3}-1)L_w$: the bound is the supremum, approached at both ends.",
    source="derived here",
    steps=(
        define("group", LARGE_GROUP),
        define("chances", CHANCES),
        lemma("h-low", "index-low", *_over),
        lemma("h-high", "index-high", *_over),
        lemma("k-low", "index-low", _k, 0, _G - 2),
        lemma("k-high", "index-high", _k, 0, _G - 2),
        define("coefficient", Rel(weight_at(_k), "=", coefficient(_k)), uses="k-low k-high", why="coefficient of w_G"),
        define(
            "spread",
            Rel(spread_at(_k), "=", sympy.sqrt(_k + 1) * sympy.sqrt(_G - 1 - _k)),
            uses="k-low k-high",
            why="G times the std of the group",
        ),
        define("one", Rel(root_one, "=", sympy.sqrt(_G - 1)), uses="group", why="the root at both ends"),
        define("two", Rel(root_two, "=", sympy.sqrt(2) * sympy.sqrt(_G - 2)), uses="group", why="the root next to it"),
        identity("here2", _here**2, _here2, f"spread {_inside}", "its square"),
        identity("there2", _there**2, _there2, f"spread {_inside}", "its square"),
        inequality("here", _here, ">", 0, f"here2 {_inside}", "its square is positive"),
        inequality("there", _there, ">", 0, f"there2 {_inside}", "its square is positive"),
        inequality(
            "products", _here2 * _there2, ">=", 2 * (_G - 1) * (_G - 2), f"group {_inside}", "equal at both ends"
        ),
        identity("product2", (_here * _there) ** 2, _here2 * _there2, f"spread {_inside}", "square of the product"),
        identity("ends2", (root_one * root_two) ** 2, 2 * (_G - 1) * (_G - 2), "one two group", "and at the ends"),
        inequality(
            "product", _here * _there, ">=", root_one * root_two, "product2 ends2 products", "root of both sides"
        ),
        inequality("sums", _here2 + _there2, ">=", 3 * _G - 5, _inside, "equal at both ends"),
        identity("sum2", _sum**2, _here2 + _there2 + 2 * _here * _there, f"spread {_inside}", "expand the square"),
        identity("both2", _both**2, 3 * _G - 5 + 2 * _ends, "one two group", "and at the ends"),
        inequality("product-more", _sum**2, ">=", _here2 + _there2 + 2 * _ends, "sum2 product", "the product is least"),
        inequality(
            "squares-more", _sum**2, ">=", 3 * _G - 5 + 2 * _ends, "product-more sums", "and so are the squares"
        ),
        inequality("squares", _sum**2, ">=", _both**2, "squares-more both2", "compare"),
        inequality("sum", _sum, ">=", _both, "squares", "root of both sides"),
        identity("gap2", (_there - _here) * _sum, _G - 3 - 2 * _h, f"spread {_inside}", "difference of the squares"),
        identity("apart2", _apart * _both, _G - 3, "one two group", "and at the ends"),
        inequality("apart", _apart, ">=", 0, "apart2 group", "the ends come first"),
        inequality(
            "ahead2", (_there - _here) * _sum, "<=", _apart * _both, f"gap2 apart2 {_inside}", "h is not negative"
        ),
        inequality("ahead", _there - _here, "<=", _apart, "ahead2 sum apart", "divide"),
        inequality(
            "behind2", (_here - _there) * _sum, "<=", _apart * _both, f"gap2 apart2 {_inside}", "h is at most G - 3"
        ),
        inequality("behind", _here - _there, "<=", _apart, "behind2 sum apart", "divide"),
        identity(
            "fall",
            -_rise * _here * _there,
            (_G - 1) * (_there - _here),
            f"coefficient spread {_inside}",
            "two reciprocals",
        ),
        define("drop", Rel(drop_weight, "=", _drop), uses="group", why="b_0 - b_1"),
        identity(
            "most", drop_weight * root_one * root_two, (_G - 1) * _apart, "drop one two group", "the same at the ends"
        ),
        inequality("sign", drop_weight, ">=", 0, "most apart group", "a positive quotient"),
        inequality(
            "wide",
            drop_weight * _here * _there,
            ">=",
            (_G - 1) * _apart,
            "sign product most",
            "the product is least there",
        ),
        inequality("lower", -_rise, "<=", drop_weight, "fall wide ahead here there group", "divide"),
        inequality("upper", _rise, "<=", drop_weight, "fall wide behind here there group", "divide"),
        lemma("positive", "binomial-positive", _G - 3, _h, uses=_inside),
        inequality("enough", _G - 3, ">=", 0, "group", "three at least"),
        lemma("theorem", "binomial-theorem", _G - 3, _h, uses="chances enough"),
        define("slope", Rel(slope_weight, "=", (_G - 2) * drop_weight), why="each difference counts G - 2 times"),
        identity("pull", _most, slope_weight, "theorem chances group slope", "the chances sum to one"),
        identity("value", slope_weight, _bound, "slope drop group", "in closed form"),
        earlier("w", WEIGHT, "w"),
        identity("bernstein", weight(p_suc), _w, "w coefficient", "name the coefficients"),
        lemma("derivative", "bernstein-derivative", weight, weight_at(_k), _G - 2, _k, _h, uses="bernstein chances"),
        inequality("terms-up", _slopes, "<=", _most, "upper positive group", "term by term"),
        inequality("terms-down", _falls, "<=", _most, "lower positive group", "term by term"),
        lemma("all", "binomial-end", _G - 3, uses="enough"),
        *_reached("left", -_rise, sympy.S.Zero, q_fail),
        *_reached("right", _rise, _G - 3, p_suc),
        inequality(
            "bound", sympy.Abs(d_weight(p_suc)), "<=", slope_weight, "derivative terms-up terms-down pull", "both signs"
        ),
    ),
    conclusions=("bound", "left-reached", "right-reached", "value"),
    formula=_bound,
    not_tight="bound, left-reached, right-reached: the supremum is not attained inside (0, 1) for G >= 4: the ratio"
    " of |w_G'| to the bound is at least 2 q^(G-3) - 1, which tends to 1 as p tends to 0; for G = 3 both are 0",
)
