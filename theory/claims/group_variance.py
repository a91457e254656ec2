"""The variance of a group of binary rewards, population and sample (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from ..objects import GROUP_SIZE
from ..proof.build import assume, define, identity, inequality
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel
from ..symbols import G_group, j_mate, mean_r, reward, var_pop, var_sam

_mates = (j_mate, 1, G_group)
_total, _squares = sympy.Sum(reward(j_mate), _mates), sympy.Sum(reward(j_mate) ** 2, _mates)
_spread = sympy.Sum((reward(j_mate) - mean_r) ** 2, _mates)
_bessel: Any = sympy.sqrt((G_group - 1) / G_group)
_bernoulli = mean_r * (1 - mean_r)

BINARY = Assumption(
    "BINARY",
    "Binary rewards",
    r"$r_j\in\{0,1\}$, that is $r_j^2=r_j$.",
    lambda: Rel(reward(j_mate) ** 2, "=", reward(j_mate)),
)


def _pair(high: int) -> Table:
    """Two responses with rewards ``high`` and 0."""
    mean = Fraction(high, 2)
    values: dict[Any, Any] = {G_group: 2, reward(1): high, reward(2): 0, mean_r: mean}
    return Table(values | {var_pop: mean**2, var_sam: 2 * mean**2}, indices={j_mate: range(1, 3)})


CLAIM = Claim(
    id="group-variance",
    title="The variance of a group of binary rewards",
    kind="exact",
    statement=r"$G\ge2$ binary rewards with mean $m$ have the population variance $\sigma_r^2=m(1-m)$, and the"
    r" sample std is $s_r=\sigma_r\sqrt{G/(G-1)}$: with it every advantage is $\sqrt{(G-1)/G}$ times as large.",
    source="derived here",
    steps=(
        define("group", GROUP_SIZE),
        define("mean", Rel(mean_r, "=", _total / G_group), why="mean reward of the group"),
        define("variance", Rel(var_pop, "=", _spread / G_group), why="population variance"),
        define("sample-variance", Rel(var_sam, "=", _spread / (G_group - 1)), uses="group", why="Bessel's variance"),
        assume("binary", BINARY),
        inequality("squares", _squares, "=", _total, "binary", "term by term"),
        identity("spread", _spread, _squares - G_group * mean_r**2, "mean", "expand the square"),
        identity("total", _total, G_group * mean_r, "mean", "G times the mean"),
        inequality("bernoulli", var_pop, "=", _bernoulli, "variance spread squares total", "variance of 0s and 1s"),
        inequality(
            "bessel", var_pop, "=", (G_group - 1) / G_group * var_sam, "variance sample-variance group", "same spread"
        ),
        inequality(
            "sample", sympy.sqrt(var_pop), "=", _bessel * sympy.sqrt(var_sam), "bessel group", "root of both sides"
        ),
    ),
    conclusions=("bernoulli", "sample"),
    formula=_bernoulli,
    formulas={"sample_std": _bessel},
    necessity={"BINARY": _pair(2)},
)
