"""Periodic sync: the multiplier of one cycle, and the edge when the stale part dominates (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from ..dynamics_objects import CYCLE, CYCLE_START
from ..proof.build import assume, define, identity, inequality, lemma
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel
from ..symbols import S_int, cyc_q, cyc_r, fb_excess, fb_ratio, fb_root, j_cyc, x_cyc, x_gap, x_sync

_S, _r, _q, _b = S_int, cyc_r, cyc_q, fb_excess
_beta: Any = 1 + _b
_factor = _q - _beta * (1 - _q)
_bare = _r**_S - _beta * (1 - _r**_S)
_ratio = _b / (_b + 2)
_root = sympy.exp(sympy.log(_ratio) / _S)
_L = -sympy.log(fb_ratio)

MOVING = Assumption("MOVING", "The learner moves", r"$\eta A>0$, that is $r=1-\eta A<1$.", lambda: Rel(_r, "<", 1))


def _closed(j: Any) -> Any:
    return (_r**j - _beta * (1 - _r**j)) * x_sync


def cycle(ratio: Fraction, root: Fraction, steps: int, r: Fraction) -> Table:
    """A cycle of S steps with beta from its least ratio; states are the closed form."""
    beta = (1 + ratio) / (1 - ratio)
    values: dict[Any, Any] = {_S: steps, _r: r, _b: beta - 1, fb_ratio: ratio, fb_root: root, _q: r**steps, x_sync: 1}
    values |= {x_cyc(j): r**j - beta * (1 - r**j) for j in range(steps + 1)}
    values |= {x_gap(j): 0 for j in range(steps + 1)} | {x_gap(_S): 0, x_cyc(_S): values[x_cyc(steps)]}
    return Table(values, indices={j_cyc: range(steps)})


CLAIM = Claim(
    id="periodic-sync",
    title="Periodic sync: multiplier of a cycle and the edge for a dominant stale part",
    kind="exact",
    statement=r"$x_{j+1}=x_j-\eta(A\,x_j+B\,x_0)$ for the $S$ steps of a cycle whose rollouts come from $x_0$,"
    r" $0<r=1-\eta A<1$, $\beta=B/A=1+\bar\beta$: one cycle multiplies the deviation by $m=r^S-\beta(1-r^S)$. For"
    r" $\beta>1$ always $m<1$, and $m+1$ has the sign of $r-\kappa$ with $\kappa=(\frac{\beta-1}{\beta+1})^{1/S}$: the"
    r" stable interval ends exactly at $\eta A=1-\kappa$, and with $\Lambda=\log\frac{\beta+1}{\beta-1}$"
    r" $\Lambda-\frac{\Lambda^2}{2S}\le S(1-\kappa)\le\Lambda$.",
    source="derived here",
    steps=(
        define("cycle", CYCLE, j_cyc),
        define("start", CYCLE_START),
        define("gap", Rel(x_gap(j_cyc), "=", x_cyc(j_cyc) - _closed(j_cyc)), why="deviation less its closed form"),
        identity("gap-step", x_gap(j_cyc + 1), _r * x_gap(j_cyc), "gap cycle", "both follow one recursion"),
        define("gap-first", Rel(x_gap(0), "=", x_cyc(0) - _closed(0))),
        identity("gap-start", x_gap(0), 0, "gap-first start", "and start alike"),
        lemma("gap-zero", "geometric-zero", x_gap, j_cyc, _r, _S, uses="gap-step gap-start", why="by induction"),
        define("gap-last", Rel(x_gap(_S), "=", x_cyc(_S) - _closed(_S))),
        define("power", Rel(_q, "=", _r**_S)),
        inequality("multiplier", x_cyc(_S), "=", _bare * x_sync, "gap-zero gap-last", "the whole cycle"),
        assume("moving", MOVING),
        lemma("decrease", "power-order", _r, sympy.S.One, _S),
        inequality("below-one", _q, "<", 1, "decrease moving power", "powers of a number below 1"),
        inequality("top", _factor, "<", 1, "below-one", "m - 1 = (1 + beta)(q - 1)"),
        define("ratio", Rel(fb_ratio, "=", _ratio), why="where m = -1"),
        define("root", Rel(fb_root, "=", sympy.exp(sympy.log(fb_ratio) / _S)), why="its S-th root"),
        lemma("root-power", "root", fb_root, fb_ratio, _S, uses="root"),
        lemma("order", "power-order", _r, fb_root, _S),
        identity("least", _factor + 1, (2 + _b) * (_q - fb_ratio), "ratio", "m + 1"),
        inequality(
            "sign",
            (_factor + 1) * (_r - fb_root),
            ">=",
            (2 + _b) * (_r - fb_root) ** 2 * fb_root ** (_S - 1),
            "least power root-power order",
            "m + 1 has the sign of r - kappa",
        ),
        identity("ratio-below", 1 - fb_ratio, 2 / (2 + _b), "ratio", ""),
        inequality("ratio-one", fb_ratio, "<", 1, "ratio-below", ""),
        lemma("log", "log-negative", fb_ratio, uses="ratio-one"),
        inequality("negative", sympy.log(fb_ratio) / _S, "<=", 0, "log", ""),
        lemma("tangent", "exp-above-tangent", sympy.log(fb_ratio) / _S),
        lemma("parabola", "exp-below-parabola", sympy.log(fb_ratio) / _S, uses="negative"),
        inequality("law-upper", _S * (1 - fb_root), "<=", _L, "root tangent", "the 1/S law"),
        inequality("law-lower", _S * (1 - fb_root), ">=", _L - _L**2 / (2 * _S), "root parabola", "and its rate"),
    ),
    conclusions=("multiplier", "top", "sign", "law-upper", "law-lower"),
    formula=1 - _root,
    formulas={"multiplier": _bare, "edge": 1 - _root, "limit": -sympy.log(_ratio)},
    necessity={"MOVING": cycle(Fraction(1, 4), Fraction(1, 2), 2, Fraction(3, 2))},
    attained=(
        cycle(Fraction(1, 4), Fraction(1, 4), 1, Fraction(999, 1000)),
        cycle(Fraction(1, 4), Fraction(1, 2), 2, Fraction(1, 2)),  # at the edge: m = -1
    ),
)
