"""The largest slope of A_1 and A_0 in the chance of success, for every group size (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from ..lemmas.binomial import basis, bernstein
from ..objects import CHANCES, GROUP_SIZE
from ..proof.build import define, earlier, identity, inequality, lemma
from ..proof.models import Table
from ..proof.records import Claim, Rel, Step
from ..symbols import (
    G_group,
    adv_at,
    adv_one,
    adv_zero,
    c_suc,
    d_one,
    d_zero,
    drop_max,
    h_suc,
    k_suc,
    p_suc,
    q_fail,
    rest_at,
    slope_adv,
    spread_at,
    under_min,
)
from .group_advantage import CLAIM as ADVANTAGE

_G, _k, _c, _h = G_group, k_suc, c_suc, h_suc
_over = (_k, 0, _G - 2)
_first, _second, _two = sympy.sqrt(_G - 1), sympy.sqrt(_G - 2), sympy.sqrt(2)
_drop: Any = _first - _second / _two
_slope = (_G - 1) * _drop
_basis, _inside = basis(_G - 2, _k), "k-low k-high"
_chances = sympy.Sum(_basis, _over)


def _fall(u: Any) -> Any:
    return adv_at(u) - adv_at(u + 1)


def _differences(tag: str, u: Any) -> tuple[Step, ...]:
    """``0 <= a_u - a_{u+1} <= D_A`` for an integer u of 0..G-2, an expression in the index k."""
    here, there, rest = spread_at(u), spread_at(u + 1), rest_at(u)
    sum_rest, under = u * here + (u + 1) * there, 2 * here + rest
    squares = u**2 * (u + 1) * (_G - 1 - u) + (u + 1) ** 2 * (u + 2) * (_G - 2 - u)
    return (
        lemma(f"{tag}-gap", "integer-gap", u),
        identity(f"{tag}-here2", here**2, (u + 1) * (_G - 1 - u), f"spread {_inside}", "its square"),
        identity(f"{tag}-sum", rest, sum_rest, "rest", "the part that varies"),
        inequality(f"{tag}-here", here, ">=", _first, f"{tag}-here2 {_inside}", "u(G-2-u) is not negative"),
        inequality(f"{tag}-squares", squares, ">=", 2 * (_G - 2), f"{tag}-gap {_inside}", "equal at u = 0; u >= 1"),
        identity(
            f"{tag}-mixed",
            rest**2,
            squares + 2 * u * (u + 1) * here * there,
            f"rest spread {_inside}",
            "expand the square",
        ),
        inequality(f"{tag}-cross", u * (u + 1) * here * there, ">=", 0, _inside, "no factor is negative"),
        inequality(
            f"{tag}-rest2", rest**2, ">=", 2 * (_G - 2), f"{tag}-mixed {tag}-cross {tag}-squares", "drop that term"
        ),
        inequality(f"{tag}-sign", rest, ">=", 0, f"{tag}-sum {_inside}", "a sum of such"),
        inequality(f"{tag}-rest", rest, ">=", _two * _second, f"{tag}-rest2 {tag}-sign group", "root of both"),
        inequality(f"{tag}-least", under, ">=", under_min, f"{tag}-here {tag}-rest least", "add the two"),
        inequality(f"{tag}-under", under, ">", 0, f"{tag}-least", "so it is positive"),
        identity(
            f"{tag}-change",
            _fall(u) * under,
            _G,
            f"advantage rest spread {_inside}",
            "rationalise the difference of roots",
        ),
        inequality(f"{tag}-most", drop_max * under, ">=", _G, f"{tag}-least product", "least below, largest above"),
        inequality(f"{tag}-drop", _fall(u), "<=", drop_max, f"{tag}-change {tag}-most {tag}-under", "divide"),
        inequality(f"{tag}-fall", _fall(u), ">=", 0, f"{tag}-change {tag}-under", "a positive quotient"),
    )


def _slopes(tag: str, derivative: Any, u: Any, end: Any, near: Any) -> tuple[Step, ...]:
    """From the differences to ``near**(G-2) L_A <= -A_r' <= L_A``; near is the chance that tends to 1 at the end."""
    term = (_G - 1) * _fall(u) * _basis
    terms, most = sympy.Sum(term, _over), sympy.Sum((_G - 1) * drop_max * _basis, _over)
    first = (_G - 1) * drop_max * near ** (_G - 2)
    return (
        inequality(f"{tag}-terms", terms, "<=", most, f"{tag}-drop positive group", "term by term"),
        inequality(f"{tag}-term", term, ">=", 0, f"{tag}-fall positive group", "no term is negative"),
        lemma(f"{tag}-one", "one-term", terms, end, uses=f"{tag}-term enough"),
        identity(f"{tag}-end", term.subs(_k, end), first, "advantage drop all group", "the largest difference"),
        inequality(
            f"{tag}-bound",
            -derivative,
            "<=",
            slope_adv,
            f"{tag}-derivative {tag}-terms pull slope",
            "the derivative is minus that sum",
        ),
        inequality(
            f"{tag}-reached",
            -derivative,
            ">=",
            slope_adv * near ** (_G - 2),
            f"{tag}-derivative {tag}-one {tag}-end slope",
            "keep one term",
        ),
    )


_full_one = bernstein(adv_at(_c), _G - 1, _c)
_full_zero = bernstein(-adv_at(_G - 1 - _c), _G - 1, _c)


def _two_responses() -> Table:
    """G = 2 with success and failure equally likely: A_1 = q, A_0 = -p."""
    half = Fraction(1, 2)
    values: dict[Any, Any] = {
        _G: 2,
        p_suc: half,
        q_fail: half,
        adv_at(0): 1,
        adv_at(1): 0,
        spread_at(0): 1,
        spread_at(1): 0,
    }
    values |= {rest_at(0): 0, drop_max: 1, slope_adv: 1, under_min: 2, adv_one(p_suc): half, adv_zero(p_suc): -half}
    return Table(values | {d_one(p_suc): -1, d_zero(p_suc): -1}, indices={_k: range(1)})


CLAIM = Claim(
    id="advantage-slope",
    title="The largest slope of the expected advantages",
    kind="upper",
    statement=r"$|A_r'(p)|\le L_A=(G-1)\bigl(\sqrt{G-1}-\sqrt{(G-2)/2}\bigr)$ for $r=0,1$, every $p$ in $(0,1)$ and"
    r" every $G\ge2$. The slopes are negative, $q^{G-2}L_A\le-A_1'\le L_A$ and $p^{G-2}L_A\le-A_0'\le L_A$: the"
    r" bound is the supremum, approached at $p\to0$ by $A_1$ and at $p\to1$ by $A_0$, and reached everywhere for"
    r" $G=2$.",
    source="derived here",
    steps=(
        define("group", GROUP_SIZE),
        define("chances", CHANCES),
        lemma("k-low", "index-low", *_over),
        lemma("k-high", "index-high", *_over),
        define(
            "advantage",
            Rel(adv_at(_k), "=", sympy.sqrt(_G - 1 - _k) / sympy.sqrt(_k + 1)),
            uses=_inside,
            why="advantage with k successful mates",
        ),
        define(
            "spread",
            Rel(spread_at(_k), "=", sympy.sqrt(_k + 1) * sympy.sqrt(_G - 1 - _k)),
            uses=_inside,
            why="G times the std of the group",
        ),
        define(
            "rest", Rel(rest_at(_k), "=", _k * spread_at(_k) + (_k + 1) * spread_at(_k + 1)), why="in a denominator"
        ),
        define("drop", Rel(drop_max, "=", _drop), uses="group", why="a_0 - a_1"),
        define("slope", Rel(slope_adv, "=", (_G - 1) * drop_max), why="each difference counts G - 1 times"),
        identity("value", slope_adv, _slope, "slope drop group", "in closed form"),
        define("least", Rel(under_min, "=", 2 * _first + _two * _second), uses="group", why="denominator at u = 0"),
        identity("product", drop_max * under_min, _G, "drop least group", "the same difference at u = 0"),
        *_differences("one", _k),
        *_differences("zero", _G - 2 - _k),
        lemma("positive", "binomial-positive", _G - 2, _k, uses=_inside),
        inequality("enough", _G - 2, ">=", 0, "group", "two at least"),
        lemma("all", "binomial-end", _G - 2, uses="enough"),
        lemma("theorem", "binomial-theorem", _G - 2, _k, uses="chances enough"),
        identity(
            "pull",
            sympy.Sum((_G - 1) * drop_max * _basis, _over),
            (_G - 1) * drop_max,
            "theorem chances group",
            "the chances sum to one",
        ),
        earlier("A_1", ADVANTAGE, "A_1"),
        lemma("one-last", "split-last", _full_one, _k),
        identity("one-full", adv_one(p_suc), _full_one, "A_1 one-last advantage", "the last coefficient is 0"),
        lemma("one-derivative", "bernstein-derivative", adv_one, adv_at(_c), _G - 1, _c, _k, uses="one-full chances"),
        earlier("A_0", ADVANTAGE, "A_0"),
        lemma("zero-first", "split-first", _full_zero, _h),
        lemma("zero-shift", "index-shift", sympy.Sum(_full_zero.function.subs(_c, _h), (_h, 1, _G - 1)), _k, 1),
        identity("zero-full", adv_zero(p_suc), _full_zero, "A_0 zero-first zero-shift advantage", "the first is 0"),
        lemma(
            "zero-derivative",
            "bernstein-derivative",
            adv_zero,
            -adv_at(_G - 1 - _c),
            _G - 1,
            _c,
            _k,
            uses="zero-full chances",
        ),
        *_slopes("one", d_one(p_suc), _k, sympy.S.Zero, q_fail),
        *_slopes("zero", d_zero(p_suc), _G - 2 - _k, _G - 2, p_suc),
    ),
    conclusions=("one-bound", "zero-bound", "one-reached", "zero-reached", "value"),
    formula=_slope,
    attained=(_two_responses(),),
)
