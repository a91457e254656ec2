"""Which representation of K_phi is smaller: by responses for groups of usual size (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from ..objects import LARGE_GROUP
from ..proof.build import assume, define, identity, inequality
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel, Step
from ..symbols import G_group, K_phi, L_len, P_top, b_top, eps_hi, slope_weight
from .closed_constants import CLAIM as GROUPS
from .response_constants import CLAIM as RESPONSES
from .weight_slope import CLAIM as SLOPE
from .weight_slope_enclosures import CLAIM as ENCLOSED

_G, _L, _w = G_group, L_len, slope_weight
_long, _short = (_G - 2) * sympy.sqrt(_G - 1), (_G - 1) * sympy.sqrt(_G - 2)
_by_groups: Any = GROUPS.formula
_one: Any = RESPONSES.formula.subs(P_top, 1)
_by_responses = _one.subs(b_top, _w / 2)
_inner = (1 - 1 / _L) * (_G - 1) + (_w / 2) ** 2
_root = sympy.sqrt(_G) / sympy.sqrt(_L)
_share, _tenths = 1 - 1 / sympy.sqrt(2), sympy.Rational(3, 10)

SMALL = Assumption("SMALL", "Groups of at most 28", r"$G\le28$.", lambda: Rel(_G, "<=", 28))


def _single(group: int) -> Step:
    """One group size with its enclosed supremum."""
    at = {_G: group, b_top: ENCLOSED.formulas[f"b_{group}"]}
    return inequality(f"at-{group}", _one.subs(at), "<", _by_groups.subs(at), "", f"G = {group}, enclosed supremum")


def _large() -> Table:
    """G = L = 290: L_w = 1428 and K_phi are rational; the bound by responses is about 10, the one by groups 1.2."""
    return Table({_G: 290, _L: 290, eps_hi: Fraction(1, 5), _w: 1428, K_phi: Fraction(6, 5) * (1 + Fraction(2, 290))})


CLAIM = Claim(
    id="response-beats-group",
    title="The bound by responses is the smaller one for usual groups",
    kind="upper",
    statement=r"For $3\le G\le28$, every $L$, every $\varepsilon_{\mathrm{hi}}>0$ and every law of the prompts, the"
    r" closed bound by responses is at most $\sqrt{G/L}$ and so below the bound by groups,"
    r" $(1+\varepsilon_{\mathrm{hi}})(\sqrt{G/L}+2/L)$; with the enclosed suprema also for $G=32$ and $64$.",
    source="derived here",
    steps=(
        define("group", LARGE_GROUP),
        assume("small", SMALL),
        define("slope", Rel(_w, "=", SLOPE.formula), uses="group", why="largest slope of the weight"),
        identity("long", _long**2, (_G - 2) ** 2 * (_G - 1), "group", "its square"),
        identity("short", _short**2, (_G - 1) ** 2 * (_G - 2), "group", "its square"),
        inequality("squares", _long**2, "<=", _short**2, "long short group", "one factor differs"),
        inequality("longer", _long, "<=", _short, "squares group", "root"),
        inequality("twice", _short**2, "<=", 2 * _long**2, "long short group", "for three and more"),
        inequality("root-two", _short, "<=", sympy.sqrt(2) * _long, "twice group", "root"),
        inequality("sign", _w, ">=", 0, "slope root-two", "a difference"),
        inequality("share", _w, "<=", _share * _long, "slope longer group", "at most a share"),
        inequality("tenths", _share, "<=", _tenths, "", "1 - 1/sqrt(2)"),
        inequality("simple", _w, "<=", _tenths * _long, "share tenths group", "in tenths"),
        inequality("power", _w**2, "<=", _tenths**2 * _long**2, "simple sign", "squares keep order"),
        inequality(
            "cubic", (_G - 1) + _tenths**2 * (_G - 2) ** 2 * (_G - 1) / 4, "<=", 16 * _G, "group small", "a cubic in G"
        ),
        inequality("places", (1 - 1 / _L) * (_G - 1), "<=", _G - 1, "group", "a share of it"),
        inequality("inside", _inner, "<=", 16 * _G, "places power long cubic", "put together"),
        inequality("root", sympy.sqrt(_inner), "<=", 4 * sympy.sqrt(_G), "inside group", "root"),
        inequality("conclusion", _by_responses, "<=", _root, "root group", "divide"),
        define("by-groups", Rel(K_phi, "=", _by_groups), why="the bound by groups"),
        inequality("groups", _root, "<", K_phi, "by-groups", "one of its terms"),
        inequality("smaller", _by_responses, "<", K_phi, "conclusion groups", "chain"),
        *(_single(group) for group in (32, 64)),
    ),
    conclusions=("smaller", "conclusion", "at-32", "at-64"),
    formula=_by_groups - _by_responses.subs(_w, SLOPE.formula),
    necessity={"SMALL": _large()},
    not_tight="smaller, conclusion, at-32, at-64: both sides are upper bounds; their ratio is 0.08 (L = 1)"
    " to 0.24 (L large) at G = 8, epsilon = 0.2",
    logits=True,
)
