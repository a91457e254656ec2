"""The largest group-relative advantage, for any rewards and either std: Samuelson's inequality (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction

import sympy

from ..objects import GROUP_SIZE
from ..proof.build import define, identity, inequality, lemma
from ..proof.models import Table
from ..proof.records import Claim, Rel
from ..symbols import G_group, j_mate, mean_r, r_first, reward, var_pop, var_sam

_G, _j = G_group, j_mate
_over = (_j, 1, _G - 1)
_own, _mate = r_first - mean_r, reward(_j) - mean_r
_mates, _squares = sympy.Sum(_mate, _over), sympy.Sum(_mate**2, _over)
_sizes = sympy.Sum(sympy.Abs(_mate), _over)
_population, _sample = sympy.sqrt(_G - 1), (_G - 1) / sympy.sqrt(_G)

_half = Fraction(1, 2)
_pair = Table({_G: 2, r_first: 1, reward(1): 0, mean_r: _half, var_pop: _half**2, var_sam: _half})

CLAIM = Claim(
    id="advantage-range",
    title="The largest group-relative advantage",
    kind="upper",
    statement=r"Any rewards, $G\ge2$: $|r-m|\le\sqrt{G-1}\,\sigma_r$ with the population std and"
    r" $|r-m|\le\frac{G-1}{\sqrt G}s_r$ with the sample std, for every response. So $A_{\max}=\sqrt{G-1}$ and"
    r" $(G-1)/\sqrt G$, reached for every $G$ by one success among failures, where $m=1/G$ and $\sigma_r^2=m(1-m)$."
    r" As $G\sigma_r^2=(G-1)s_r^2$, the sample std makes every advantage, and every mean of advantages,"
    r" $\sqrt{(G-1)/G}$ times as large.",
    source="Samuelson, J. Amer. Statist. Assoc. 63 (1968) 1522; derived here",
    steps=(
        define("group", GROUP_SIZE),
        define("mean", Rel(mean_r, "=", (r_first + sympy.Sum(reward(_j), _over)) / _G), why="mean reward"),
        inequality("spread", _squares, ">=", sympy.Sum(sympy.S.Zero, _over), "", "no term is negative"),
        define("variance", Rel(var_pop, "=", (_own**2 + _squares) / _G), uses="spread", why="population variance"),
        define(
            "sample-variance", Rel(var_sam, "=", (_own**2 + _squares) / (_G - 1)), uses="group spread", why="Bessel"
        ),
        identity("own", _own, -_mates, "mean", "deviations sum to zero"),
        inequality("above", _mates, "<=", _sizes, "", "term by term"),
        inequality("below", sympy.Sum(-_mate, _over), "<=", _sizes, "", "term by term"),
        lemma("power-mean", "power-mean", _mate, _j, _G - 1),
        inequality("mates", _own**2, "<=", (_G - 1) * _squares, "own above below power-mean", "the mates balance it"),
        inequality("square", _own**2, "<=", (_G - 1) * var_pop, "mates variance group", "add own share"),
        inequality("population", sympy.Abs(_own), "<=", _population * sympy.sqrt(var_pop), "square group", "root"),
        inequality(
            "bessel", _G * var_pop, "=", (_G - 1) * var_sam, "variance sample-variance group", "the same spread"
        ),
        inequality("square-sample", _G * _own**2, "<=", (_G - 1) ** 2 * var_sam, "square bessel group", "other std"),
        inequality("sample", sympy.Abs(_own), "<=", _sample * sympy.sqrt(var_sam), "square-sample group", "root"),
        identity("reached", (1 - 1 / _G) ** 2, (_G - 1) * (1 / _G) * (1 - 1 / _G), "group", "1 - m against m(1 - m)"),
    ),
    conclusions=("population", "sample", "bessel", "reached"),
    formula=_population,
    formulas={"population": _population, "sample": _sample},
    attained=(_pair,),
)
