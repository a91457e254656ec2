"""Graded rewards in groups of two with a std: only the order of the levels is left (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from ..proof.build import assume, define, identity, inequality, lemma
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel
from ..symbols import (
    adv_two,
    chance_above,
    chance_below,
    low_lev,
    n_levels,
    own_level,
    p_level,
    r_first,
    up_lev,
    value_of,
)

_r, _b, _c = r_first, low_lev, up_lev
_lower, _upper = (_b, 1, own_level - 1), (_c, own_level + 1, n_levels)


def _standard(other: Any) -> Any:
    """``(r - m)/sigma`` in a group of r and another reward, by the definitions of mean and population std."""
    mean = (_r + other) / 2
    return (_r - mean) / sympy.sqrt(((_r - mean) ** 2 + (other - mean) ** 2) / 2)


def _sum(term: Any, over: tuple[Any, Any, Any]) -> Any:
    return sympy.Sum(term, over)


_below, _above = p_level(_b) * _standard(value_of(_b)), p_level(_c) * _standard(value_of(_c))
LOWER = Assumption(
    "LOWER", "Levels below", r"$R_b<r$ for the levels below.", lambda: Rel(value_of(low_lev), "<", r_first)
)
HIGHER = Assumption("HIGHER", "Levels above", r"$R_c>r$ for those above.", lambda: Rel(value_of(up_lev), ">", r_first))


def _three(low: int, high: int) -> Table:
    """Three levels, equally likely, and the middle one is looked at; the two others have the rewards given."""
    third = Fraction(1, 3)
    values: dict[Any, Any] = {n_levels: 3, own_level: 2, _r: 1, chance_below: third, chance_above: third}
    values |= {p_level(1): third, p_level(3): third, value_of(1): low, value_of(3): high}
    values |= {adv_two: third * (int(low < 1) - int(low > 1) + int(high < 1) - int(high > 1))}
    return Table(values, indices={_b: range(1, 2), _c: range(3, 4)})


CLAIM = Claim(
    id="graded-pairs",
    title="Graded rewards in groups of two with a std",
    kind="exact",
    statement=r"Groups of two, population std, finitely many reward levels in ascending order: the advantage is 1"
    r" against a lower reward, $-1$ against a higher one and 0 against an equal one, so the expected advantage of a"
    r" response is the chance of a lower reward less the chance of a higher one, whatever the rewards are. (The steps"
    r" look at level $\ell_0$ of reward $r$. With the sample std all are $\sqrt{1/2}$ times as large, claim"
    r" advantage-range.)",
    source="derived here",
    steps=(
        assume("low", LOWER),
        assume("high", HIGHER),
        define("A", Rel(adv_two, "=", _sum(_below, _lower) + _sum(_above, _upper)), uses="low high", why="over mates"),
        inequality("wins", _standard(value_of(_b)), "=", 1, "low", "half the gap over half the gap"),
        inequality("win", _below, "=", p_level(_b), "wins low", "times its chance"),
        lemma("win-terms", "termwise-equal", _sum(_below, _lower), p_level(_b), uses="win low"),
        inequality("losses", _standard(value_of(_c)), "=", -1, "high", "and with the other sign"),
        inequality("loss", _above, "=", -p_level(_c), "losses high", "times its chance"),
        lemma("loss-terms", "termwise-equal", _sum(_above, _upper), -p_level(_c), uses="loss high"),
        define("below", Rel(chance_below, "=", _sum(p_level(_b), _lower)), why="chance of a lower reward"),
        define("above", Rel(chance_above, "=", _sum(p_level(_c), _upper)), why="chance of a higher one"),
        identity("lost", _sum(-p_level(_c), _upper), -chance_above, "above", "named"),
        inequality(
            "conclusion", adv_two, "=", chance_below - chance_above, "A win-terms loss-terms below lost low high", "sum"
        ),
    ),
    conclusions=("conclusion",),
    formula=chance_below - chance_above,
    necessity={"LOWER": _three(2, 2), "HIGHER": _three(0, 0)},
    attained=(_three(0, 2),),
)
