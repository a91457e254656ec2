"""Graded rewards without a std: the expected advantage in closed form, for any group size (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

import sympy

from ..objects import GROUP_SIZE, NORMALISED
from ..proof.build import define, identity, inequality, lemma
from ..proof.records import Claim, Rel
from ..symbols import (
    G_group,
    adv_loo,
    adv_plain,
    i_out,
    level,
    mates_total,
    mean_value,
    n_levels,
    n_out,
    p_level,
    prob_d,
    r_first,
    value_of,
)

_G, _r, _i = G_group, r_first, i_out
_over = (_i, 1, n_out)
_mean = sympy.Sum(p_level(level) * value_of(level), (level, 1, n_levels))
_one, _mates = sympy.Sum(prob_d(_i), _over), sympy.Sum(prob_d(_i) * mates_total(_i), _over)
_centred = sympy.Sum(prob_d(_i) * (_r - (_r + mates_total(_i)) / _G), _over)
_left_out = sympy.Sum(prob_d(_i) * (_r - mates_total(_i) / (_G - 1)), _over)
_plain, _loo = (1 - 1 / _G) * (_r - mean_value), _r - mean_value

CLAIM = Claim(
    id="graded-advantage",
    title="Expected advantages of graded rewards without a std",
    kind="exact",
    statement=r"Finitely many reward levels $R_\ell$ of chances $p^r_\ell$, $\overline R=\sum_\ell p^r_\ell R_\ell$,"
    r" and any $G\ge2$: among $G-1$ independent mates a response of reward $r$ has the expected advantage"
    r" $(1-\frac1G)(r-\overline R)$ without a std (Dr. GRPO) and $r-\overline R$ with RLOO. Both are affine in $r$, so"
    r" $H(\theta,\theta)$ is a gradient for any rewards (claim potential). With a std they are not: claims"
    r" graded-pairs and curl-levels.",
    source="derived here; Dr. GRPO arXiv 2503.20783, RLOO arXiv 2402.14740",
    steps=(
        define("group", GROUP_SIZE),
        define("one", NORMALISED, _i, n_out),
        define("mean", Rel(mean_value, "=", _mean), why="mean reward of one response"),
        lemma("mates", "mates-total"),
        define("centred", Rel(adv_plain, "=", _centred), why="own reward less the mean of the group, over the mates"),
        identity("centred-sums", _centred, (_r - _r / _G) * _one - _mates / _G, "group", "two sums"),
        inequality("plain", adv_plain, "=", _plain, "centred centred-sums one mates mean group", "put together"),
        define("left-out", Rel(adv_loo, "=", _left_out), uses="group", why="own reward less the mean of the mates"),
        identity("left-out-sums", _left_out, _r * _one - _mates / (_G - 1), "group", "two sums"),
        inequality("RLOO", adv_loo, "=", _loo, "left-out left-out-sums one mates mean group", "put together"),
    ),
    conclusions=("plain", "RLOO"),
    formula=_plain,
    formulas={"plain": _plain, "RLOO": _loo},
)
