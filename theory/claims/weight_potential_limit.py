"""How far the potential W_G is from its limit 2 arcsin sqrt(p), between any two chances of success (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from typing import Any

import sympy

from ..objects import ANGLE, BELOW_ONE, CHANCES, GROUP_SIZE, TILT, TWO_CHANCES
from ..proof.build import define, earlier, inequality, lemma
from ..proof.records import Claim, Rel
from ..symbols import (
    G_group,
    angle,
    d_angle,
    d_potential,
    d_tilt,
    p_high,
    p_low,
    p_suc,
    potential,
    q_fail,
    std_at,
    tilt,
    weight,
)
from .group_weight import CLAIM as WEIGHT
from .weight_limit import CLAIM as LIMIT

_G, _p, _q, _w = G_group, p_suc, q_fail, weight(p_suc)
_std = sympy.sqrt(_p) * sympy.sqrt(1 - _p)
_std_pq, _x = sympy.sqrt(_p) * sympy.sqrt(_q), std_at(_p)
_angle, _tilt = sympy.acos(1 - 2 * _p), (2 * _p - 1) / _std
_at = {"x_std": _std_pq, "c_root": sympy.sqrt(_G) * sympy.sqrt(_G - 1) * _std_pq}
_behind = angle(_p) - potential(_p)
_ahead = tilt(_p) / (_G - 1) - _behind


def _rise(f: Any) -> Any:
    return f.subs(_p, p_high) - f.subs(_p, p_low)


_limit, _error = _rise(angle(_p)), _rise(tilt(_p)) / (_G - 1)
_catches_up = d_tilt(_p) / (_G - 1) - d_angle(_p) + d_potential(_p)

CLAIM = Claim(
    id="weight-potential-limit",
    title="The limit of the potential and where it is usable",
    kind="upper",
    statement=r"For every $G\ge2$ and $0<p_0\le p_1<1$: $0\le[\alpha]_{p_0}^{p_1}-[W_G]_{p_0}^{p_1}\le"
    r"[\beta]_{p_0}^{p_1}/(G-1)$ with $\alpha(p)=\arccos(1-2p)=2\arcsin\sqrt p$ and $\beta(p)=(2p-1)/\sqrt{p(1-p)}$."
    r" So $W_G\to2\arcsin\sqrt p$ up to a constant as $G\to\infty$, from below between any two chances. The bound on"
    r" the error is small against $[\alpha]$ where $Gp(1-p)\gg1$, because $\beta'=\alpha'/(2p(1-p))$; near 0 and 1 the"
    r" limit is not usable, because $\alpha'$ is unbounded there and $w_G\le\sqrt{G-1}$ (claim weight-limit).",
    source="derived here",
    steps=(
        define("group", GROUP_SIZE),
        define("chances", CHANCES),
        define("order", TWO_CHANCES),
        define("top", BELOW_ONE),
        inequality("left", 1 - _p, ">", 0, "chances", "a response may fail"),
        inequality("mate", _G - 1, ">=", 1, "group", "there is a mate"),
        define("alpha", ANGLE, uses="left"),
        define("beta", TILT, uses="left"),
        define("std", Rel(std_at(_p), "=", _std), uses="left", why="std of one reward"),
        lemma("d-alpha", "rules-of-differentiation", angle, _angle, uses="alpha left"),
        lemma("d-beta", "rules-of-differentiation", tilt, _tilt, uses="beta left"),
        inequality("d-angle", d_angle(_p) * _x, "=", 1, "d-alpha std left", "one over the std"),
        inequality("d-tilt", 2 * d_tilt(_p) * _x**3, "=", 1, "d-beta std left", "half of one over its cube"),
        inequality("root", sympy.sqrt(_q), "=", sympy.sqrt(1 - _p), "chances left", "the same chance"),
        earlier("potential", WEIGHT, "potential"),
        earlier("close", LIMIT, "close", uses="group", **_at),
        earlier("upper", LIMIT, "upper", uses="group", **_at),
        inequality("share", sympy.sqrt(_G - 1) / sympy.sqrt(_G), "<=", 1, "mate", "G - 1 is less than G"),
        inequality("most", _w * _x, "<=", 1, "upper share std root left", "the upper bound of the weight"),
        inequality("slow", d_angle(_p) - d_potential(_p), ">=", 0, "potential most d-angle", "W_G rises more slowly"),
        lemma("behind", "nondecreasing", _behind, p_low, p_high, uses="slow order top"),
        inequality("below", _rise(potential(_p)), "<=", _limit, "behind", "rearrange"),
        inequality(
            "least", _w * _x + 1 / (2 * (_G - 1) * _x**2), ">=", 1, "close std root left mate", "its lower bound"
        ),
        inequality("fast", _catches_up, ">=", 0, "potential least d-angle d-tilt mate", "but not by more than beta"),
        lemma("ahead", "nondecreasing", _ahead, p_low, p_high, uses="fast order top mate"),
        inequality("above", _limit - _rise(potential(_p)), "<=", _error, "ahead mate", "rearrange"),
    ),
    conclusions=("below", "above"),
    formula=_rise(_tilt) / (_G - 1),
    formulas={"limit": _rise(_angle), "error": _rise(_tilt) / (_G - 1)},
    not_tight="below is an equality for equal chances only and approached as G grows: from 0.45 to 0.55 at G = 256 the"
    " ratio of the two sides is 0.998. above: the largest share of the error found"
    " is 0.45, between chances near 0.008 at G = 128",
)
