"""The weight w_G = A_1 - A_0 of a prompt's gradient, and its antiderivative W_G (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from typing import Any

import sympy

from ..lemmas.binomial import basis, bernstein
from ..objects import CHANCES, GROUP_SIZE, POTENTIAL
from ..proof.build import define, earlier, identity, inequality, lemma
from ..proof.records import Claim, Rel
from ..symbols import (
    G_group,
    adv_one,
    adv_zero,
    c_suc,
    d_potential,
    k_suc,
    p_suc,
    pot_at,
    potential,
    q_fail,
    weight,
)
from .group_advantage import CLAIM as ADVANTAGE

__all__ = ["CLAIM", "coefficient"]

_G, _k, _c = G_group, k_suc, c_suc


def coefficient(k: Any) -> Any:
    """``(G-1)/sqrt((k+1)(G-1-k))``, the Bernstein coefficient number k of w_G, of degree G-2."""
    return (_G - 1) / (sympy.sqrt(k + 1) * sympy.sqrt(_G - 1 - k))


_up, _down = (ADVANTAGE.formulas[name].function for name in ("A_1", "A_0"))
_over = (_k, 0, _G - 2)
_w_term, _gap = coefficient(_k) * basis(_G - 2, _k), _up - _down
_w = bernstein(coefficient(_k), _G - 2, _k)
_W = bernstein(pot_at(_c), _G - 1, _c)
_slope_term = (_G - 1) * (pot_at(_k + 1) - pot_at(_k)) * basis(_G - 2, _k)
_slope = sympy.Sum(_slope_term, _over)
_known = "lower upper chances k-low k-high group"

CLAIM = Claim(
    id="group-weight",
    title="The weight of a prompt's gradient",
    kind="exact",
    statement=r"$w_G=A_1-A_0=\sum_{k=0}^{G-2}\binom{G-2}kp^kq^{G-2-k}\,(G-1)/\sqrt{(k+1)(G-1-k)}$ for binary rewards"
    r" and every $G\ge2$, and $pA_1+qA_0=0$, so $A_1=q\,w_G$ and $A_0=-p\,w_G$. The polynomial $W_G$ of degree at"
    r" most $G-1$ whose Bernstein coefficients grow by $1/\sqrt{(k+1)(G-1-k)}$ has $W_G'=w_G$.",
    source="derived here",
    steps=(
        define("group", GROUP_SIZE),
        define("chances", CHANCES),
        lemma("k-low", "index-low", *_over),
        lemma("k-high", "index-high", *_over),
        earlier("A_1", ADVANTAGE, "A_1"),
        earlier("A_0", ADVANTAGE, "A_0"),
        define("weight", Rel(weight(p_suc), "=", adv_one(p_suc) - adv_zero(p_suc)), why="weight of the gradient of p"),
        inequality("mates", _G - 1, ">=", 1, "group", "there is a mate"),
        lemma("lower", "absorption", _G - 1, _k + 1, uses="mates"),
        lemma("upper", "absorption", _G - 1, _k, "n - k", uses="mates"),
        identity("gap", weight(p_suc), sympy.Sum(_gap, _over), "weight A_1 A_0", "one sum"),
        identity("term", _gap, _w_term, _known, "p + q = 1 collects the two coefficients"),
        lemma("terms", "termwise-equal", sympy.Sum(_gap, _over), _w_term, uses="term"),
        identity("w", weight(p_suc), _w, "gap terms chances group", "Bernstein form"),
        identity("one-term", _up, q_fail * _w_term, _known, "the same coefficient, with one more failure"),
        lemma("one-terms", "termwise-equal", sympy.Sum(_up, _over), q_fail * _w_term, uses="one-term"),
        identity(
            "success", adv_one(p_suc), q_fail * weight(p_suc), "A_1 one-terms w chances group", "a share of the weight"
        ),
        inequality(
            "failure", adv_zero(p_suc), "=", -p_suc * weight(p_suc), "weight success chances", "and so is the other one"
        ),
        identity(
            "balance", p_suc * adv_one(p_suc) + q_fail * adv_zero(p_suc), 0, "success failure", "they cancel on average"
        ),
        define("coefficients", POTENTIAL, uses="k-low k-high"),
        define("W", Rel(potential(p_suc), "=", _W), why="a polynomial in Bernstein form of degree G - 1"),
        lemma("derivative", "bernstein-derivative", potential, pot_at(_c), _G - 1, _c, _k, uses="W chances"),
        identity("slope-term", _slope_term, _w_term, "coefficients k-low k-high", "differences of the coefficients"),
        lemma("slope-terms", "termwise-equal", _slope, _w_term, uses="slope-term"),
        identity(
            "potential",
            d_potential(p_suc),
            weight(p_suc),
            "derivative slope-terms coefficients w chances group",
            "compare",
        ),
    ),
    conclusions=("w", "balance", "success", "failure", "potential"),
    formula=_w,
)
