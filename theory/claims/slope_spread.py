"""What the slope of w_G costs in the bounds by responses, in closed form for every group size (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from typing import Any

import sympy

from ..objects import CHANCES, LARGE_GROUP
from ..proof.build import define, earlier, inequality
from ..proof.records import Claim
from ..symbols import b_top, c_top, d_weight, p_suc, q_fail, slope_weight
from .response_constants import CLAIM as RESPONSES
from .response_diagonal import CLAIM as DIAGONAL
from .weight_slope import CLAIM as SLOPE

_w, _size = d_weight(p_suc), sympy.Abs(d_weight(p_suc))
_spread = p_suc * q_fail
_L_w: Any = SLOPE.step("value").statement.rhs

CLAIM = Claim(
    id="slope-spread",
    title="The slope of the weight in the bounds by responses",
    kind="upper",
    statement=r"For every $G\ge3$ and every $p$ in $(0,1)$: $w_G'(p)^2p(1-p)\le\tfrac14L_w^2$ and"
    r" $\lvert w_G'(p)\rvert p(1-p)\le\tfrac14L_w$ with the largest slope"
    r" $L_w=(G-2)\sqrt{G-1}-(G-1)\sqrt{(G-2)/2}$. So the bounds by responses hold"
    r" with $\overline{b}=\tfrac12L_w$ and $\overline{c}=\tfrac14L_w$, and only $G$, $L$ and $\max_xP_x$ are left.",
    source="derived here",
    steps=(
        define("group", LARGE_GROUP),
        define("chances", CHANCES),
        inequality("quarter", _spread, "<=", sympy.Rational(1, 4), "chances", "largest at one half"),
        earlier("largest", SLOPE, "bound"),
        inequality("square", _w**2, "<=", slope_weight**2, "largest", "squares keep order"),
        inequality("b-spread", _w**2 * _spread, "<=", _w**2 / 4, "quarter", "times a square"),
        inequality("b", _w**2 * _spread, "<=", (slope_weight / 2) ** 2, "b-spread square", "chain"),
        inequality("c-spread", _size * _spread, "<=", _size / 4, "quarter", "times a size"),
        inequality("c", _size * _spread, "<=", slope_weight / 4, "c-spread largest", "chain"),
        earlier("value", SLOPE, "value", uses="group"),
    ),
    conclusions=("b", "c", "value"),
    formula=_L_w,
    formulas={
        "K_phi": RESPONSES.formula.subs(b_top, _L_w / 2),
        "K_diagonal": DIAGONAL.formula.subs(c_top, _L_w / 4),
    },
    not_tight="b, c: the slope is largest at the ends, where p(1-p) vanishes; the suprema are 0.43 and 0.31 of these"
    " bounds at G = 8, 0.15 and 0.05 at G = 64",
)
