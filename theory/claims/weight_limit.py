"""How far w_G is from its limit 1/sqrt(p(1-p)), for every group size and every chance of success (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from typing import Any

import sympy

from ..lemmas.binomial import basis
from ..objects import CHANCES, GROUP_SIZE
from ..proof.build import define, earlier, identity, inequality, lemma
from ..proof.records import Claim, Rel
from ..symbols import (
    G_group,
    k_suc,
    mean_root,
    p_suc,
    q_fail,
    scale_root,
    spread_at,
    std_one,
    weight,
    weight_at,
)
from .group_weight import CLAIM as WEIGHT
from .group_weight import coefficient
from .mixed_groups import CLAIM as MIXED

_G, _k, _p, _q, _w = G_group, k_suc, p_suc, q_fail, weight(p_suc)
_over, _basis, _inside = (_k, 0, _G - 2), basis(_G - 2, _k), "k-low k-high"
_here, _b, _t, _c, _x = spread_at(_k), weight_at(_k), mean_root, scale_root, std_one
_mean: Any = (_G - 2) * (_G - 3) * _p * _q + _G - 1
_lower = (_G - 1) / sympy.sqrt(_mean)


def _total(term: Any) -> Any:
    return sympy.Sum(term * _basis, _over)


_tangent = (_G - 1) * (3 * _t**2 - _here**2) / (2 * _t**3)
_chord = (_G - 1) * (_c / _here**2 + 1 / _c) / 2
_inverse = _basis / _here**2
_most = sympy.sqrt(_G - 1) / sympy.sqrt(_G)
_error = 1 / (2 * (_G - 1) * _x**2)
_scaled, _group = _G * (_G - 1) * _p * _q * _inverse, basis(_G, _k + 1)

CLAIM = Claim(
    id="weight-limit",
    title="The limit of the weight and where it is usable",
    kind="upper",
    statement=r"For every $G\ge2$ and $p$ in $(0,1)$, with $\sigma_p=\sqrt{pq}$ and $\mu^2=(G-2)(G-3)pq+G-1$:"
    r" $(G-1)/\mu\le w_G\le\sqrt{G-1}$ and $1-\frac1{2(G-1)pq}\le w_G\,\sigma_p\le\sqrt{(G-1)/G}$. So"
    r" $w_G\to1/\sqrt{p(1-p)}$ as $G\to\infty$, with a relative error of at most $1/(2(G-1)pq)$: the limit is usable"
    r" where $Gp(1-p)\gg1$ only. Where $(G-1)pq$ is small it is not: $w_G\,\sigma_p\le\sqrt{G-1}\,\sigma_p$.",
    source="derived here",
    steps=(
        define("group", GROUP_SIZE),
        define("chances", CHANCES),
        define("std", Rel(_x, "=", sympy.sqrt(_p) * sympy.sqrt(_q)), why="std of one reward"),
        identity("std2", _x**2, _p * _q, "std", "its variance"),
        define("scale", Rel(_c, "=", sympy.sqrt(_G) * sympy.sqrt(_G - 1) * _x), uses="group", why="a scale"),
        inequality("enough", _G - 2, ">=", 0, "group", "two at least"),
        define("root", Rel(_t, "=", sympy.sqrt(_mean)), uses="group chances", why="root of the mean"),
        inequality("mate", _G - 1, ">=", 1, "group", "there is one"),
        inequality("pair", _G * (_G - 1), ">", 0, "group", "there are two"),
        identity("scale2", _c**2, _G * (_G - 1) * _x**2, "scale group", "its square"),
        identity("root2", _t**2, _mean, "root group chances", "its square"),
        lemma("k-low", "index-low", *_over),
        lemma("k-high", "index-high", *_over),
        define("coefficient", Rel(_b, "=", coefficient(_k)), uses=_inside, why="coefficient of w_G"),
        define(
            "spread",
            Rel(_here, "=", sympy.sqrt(_k + 1) * sympy.sqrt(_G - 1 - _k)),
            uses=_inside,
            why="G times the std of the group",
        ),
        identity("square", _here**2, (_k + 1) * (_G - 1 - _k), f"spread {_inside}", "its square"),
        identity("quotient", _b * _here, _G - 1, f"coefficient spread {_inside}", "the coefficient is a reciprocal"),
        inequality("positive-s", _here, ">", 0, f"square {_inside}", "its square is positive"),
        lemma("positive", "binomial-positive", _G - 2, _k, uses=_inside),
        lemma("theorem", "binomial-theorem", _G - 2, _k, uses="chances enough"),
        lemma("covariance", "binomial-covariance", _G - 2, _k, uses="chances enough"),
        earlier("w", WEIGHT, "w"),
        identity("weights", _w, _total(_b), "w coefficient", "name the coefficients"),
        # the lower bound: 1/s is convex in s^2, so its mean is at least its value at the mean
        identity("mean", _total(_here**2), _mean, "spread theorem covariance chances group", "mean of the square"),
        inequality("cubic", 2 * _t**3 - 3 * _t**2 * _here + _here**3, ">=", 0, "positive-s", "(t-s)^2 (2t+s)"),
        inequality("tangent", _b, ">=", _tangent, "quotient cubic positive-s group", "a tangent of 1/s"),
        inequality("tangents", _total(_b), ">=", _total(_tangent), "tangent positive", "term by term"),
        identity(
            "at-mean",
            _total(_tangent),
            (_G - 1) / _t,
            "mean theorem root spread chances group",
            "the mean is t^2",
        ),
        inequality("lower", _w, ">=", (_G - 1) / _t, "weights tangents at-mean", "Jensen's inequality"),
        # the two upper bounds: the largest coefficient, and a chord of 1/s
        inequality("root-least", _here, ">=", sympy.sqrt(_G - 1), f"square {_inside}", "least at both ends"),
        inequality("most", _b, "<=", sympy.sqrt(_G - 1), "quotient root-least positive-s", "largest at both ends"),
        inequality("mosts", _total(_b), "<=", _total(sympy.sqrt(_G - 1)), "most positive", "term by term"),
        identity(
            "pulled", _total(sympy.sqrt(_G - 1)), sympy.sqrt(_G - 1), "theorem chances group", "chances sum to one"
        ),
        inequality("flat", _w, "<=", sympy.sqrt(_G - 1), "weights mosts pulled", "at most the largest"),
        lemma("pairs", "absorption", _G, _k + 1),
        lemma("mates", "absorption", _G - 1, _k, "n - k", uses="mate"),
        identity(
            "inverse", _scaled, _group, f"spread pairs mates positive-s pair chances {_inside}", "absorb both factors"
        ),
        lemma("inverses", "termwise-equal", sympy.Sum(_scaled, _over), _group, uses="inverse positive-s"),
        earlier("mixed", MIXED),
        inequality(
            "inverse-mean",
            _c**2 * sympy.Sum(_inverse, _over),
            "<=",
            1,
            "inverses mixed scale2 std2 pair positive-s",
            "a group is mixed with chance at most 1",
        ),
        inequality("chord", _b, "<=", _chord, "quotient positive-s group", "2/s is at most c/s^2 + 1/c"),
        inequality("chords", _total(_b), "<=", _total(_chord), "chord positive positive-s", "term by term"),
        identity(
            "split",
            _total(_chord),
            (_G - 1) * (_c * sympy.Sum(_inverse, _over) + 1 / _c) / 2,
            "theorem spread chances group",
            "two sums",
        ),
        inequality("upper-scale", _w * _c, "<=", _G - 1, "weights chords split inverse-mean group", "put together"),
        inequality("upper", _w * _x, "<=", _most, "upper-scale scale group", "divide by the scale"),
        inequality("far", _w * _x, "<=", sympy.sqrt(_G - 1) * _x, "flat", "the largest coefficient"),
        inequality("wide", _t**2, "<=", (_G - 1) ** 2 * _x**2 + _G - 1, "root2 std2 group", "enlarge the mean"),
        inequality("narrow", _t, "<=", (_G - 1) * _x + 1 / (2 * _x), "wide group", "root of both sides"),
        inequality("close", _w * _x + _error, ">=", 1, "lower narrow group", "divide"),
    ),
    conclusions=("lower", "flat", "upper", "close", "far"),
    formula=_lower,
    not_tight="the bounds of w_G, lower and flat, are equalities for G = 2, where w_G = 1, and for G = 3, where it is"
    " sqrt(2), and so is far there, with irrational roots that no rational instance holds; those of w_G sqrt(pq), close"
    " and upper, are approached as G grows: the ratios at p = 1/2, G = 64 are 0.9998 (close), 0.9999 (upper)",
    formulas={"lower": _lower, "flat": sympy.sqrt(_G - 1), "upper": _most, "close": 1 - _error},
)
