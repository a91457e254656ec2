"""Suprema of the slope of w_G for single group sizes, enclosed by interval arithmetic (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sympy

from ..lemmas.binomial import bernstein
from ..objects import CHANCES
from ..proof.build import define, enclosure, inequality
from ..proof.records import Claim, Step
from ..symbols import G_group, h_suc, p_suc, q_fail
from .group_weight import coefficient

__all__ = ["CLAIM", "GROUPS", "slope"]

_ENCLOSED = {  # G: (reached, bound, at p) of |w'| sqrt(p(1-p)), then of |w'| p(1-p)
    4: ("0.11602", "0.11604", "0.147", "0.044657", "0.044663", "0.212"),
    6: ("0.44814", "0.4482", "0.139", "0.16977", "0.1698", "0.206"),
    8: ("0.80202", "0.80211", "0.117", "0.28847", "0.28851", "0.187"),
    16: ("2.2099", "2.2102", "0.064", "0.63894", "0.63901", "0.123"),
    32: ("4.9994", "5", "0.0324", "1.0841", "1.0843", "0.0706"),
    64: ("10.562", "10.564", "0.0162", "1.6654", "1.6657", "0.0379"),
}
GROUPS = tuple(_ENCLOSED)
_rise = (G_group - 2) * (coefficient(h_suc + 1) - coefficient(h_suc))
_slope = bernstein(_rise, G_group - 3, h_suc)


def slope(group: int) -> Any:
    """``w_G'(p)`` for one group size of at least 3: differences of the Bernstein coefficients of w_G."""
    return _slope.subs(G_group, group)


def _steps() -> Iterator[Step]:
    spread = p_suc * q_fail
    for group, numbers in _ENCLOSED.items():
        b_low, b_top, b_at, c_low, c_top, c_at = map(sympy.Rational, numbers)
        w = slope(group)
        there, here = (w.subs({p_suc: at, q_fail: 1 - at}) for at in (b_at, c_at))
        yield enclosure(
            f"b-{group}", w**2 * spread, "<=", b_top**2, "low high other", f"G = {group}, on the whole interval"
        )
        yield enclosure(f"b-{group}-reached", there**2 * b_at * (1 - b_at), ">=", b_low**2, "", f"at p = {b_at}")
        yield enclosure(f"c-{group}", sympy.Abs(w) * spread, "<=", c_top, "low high other", f"G = {group}, diagonal")
        yield enclosure(f"c-{group}-reached", sympy.Abs(here) * c_at * (1 - c_at), ">=", c_low, "", f"at p = {c_at}")


_rows = tuple(_steps())
CLAIM = Claim(
    id="weight-slope-enclosures",
    title="Slope of the group weight, enclosed",
    kind="upper",
    statement=r"For $G=4,6,8,16,32,64$ the suprema over $p$ of $\lvert w_G'(p)\rvert\sqrt{p(1-p)}$ and of"
    r" $\lvert w_G'(p)\rvert\,p(1-p)$ lie between the rationals of the steps, at most one part in a thousand apart."
    r" For $G=2,3$ the weight is constant and both are 0.",
    source="derived here",
    steps=(
        define("chances", CHANCES),
        inequality("low", p_suc, ">", 0, "chances", "a chance"),
        inequality("high", p_suc, "<", 1, "chances", "its complement is positive"),
        inequality("other", q_fail, "=", 1 - p_suc, "chances", "a response succeeds or fails"),
        *_rows,
    ),
    conclusions=tuple(step.id for step in _rows),
    formulas={
        f"{name}_{group}": sympy.Rational(numbers[place])
        for group, numbers in _ENCLOSED.items()
        for name, place in (("b", 1), ("c", 4), ("b_reached", 0), ("c_reached", 3))
    },
    not_tight=f"{', '.join(step.id for step in _rows)}: the suprema are irrational;"
    " the points that are reached come within 0.0005 of every bound, relative",
)
