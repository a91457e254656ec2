"""Theorem 3, second half: under ballistic drift the collapse time is R_crit/(eta G_upd) up to rounding."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction

import sympy

from ..objects import DIRECTION, LEARNER
from ..proof.build import assume, define, earlier, inequality
from ..proof.models import World
from ..proof.records import Claim
from ..stability_objects import CYCLE_FIRST, CYCLE_LAST, S_CRIT, N
from ..symbols import G_upd, M_cyc, R_crit, S_int, e_dir, eta, t_col
from .ballistic_drift import CLAIM as BALLISTIC

_product = R_crit / G_upd
_exact = _product / eta


def _world(updates: tuple[Fraction | int, ...], crit: int, interval: int = 1, rate: int = 1) -> World:
    """A learner that collapses after the last of its updates; G_upd = 1."""
    n = len(updates)
    values = {eta: rate, G_upd: 1, R_crit: crit, t_col: n, S_int: interval, M_cyc: -(-n // interval)}
    return World(values, points={e_dir: 1}, updates=updates, t=n)


CLAIM = Claim(
    id="collapse-time",
    title="Theorem 3: the collapse time under ballistic drift",
    kind="exact",
    statement=r"Under (N), (S) and aligned updates: $0\le t_{\mathrm c}\,\eta-R_{\mathrm{crit}}/G_{\mathrm{upd}}\le"
    r"\eta$, whatever the sync interval: $t_{\mathrm c}=\lceil x\rceil$ with"
    r" $x=R_{\mathrm{crit}}/(\eta\,G_{\mathrm{upd}})$, or $x+1$ where $x$ is a whole number and the run is not yet"
    r" beyond $R_{\mathrm{crit}}$ at step $x$. So"
    r" $t_{\mathrm c}\,\eta$ is constant up to one $\eta$. In cycles of $S$ steps, the collapse falls into cycle"
    r" $M_{\mathrm c}$: $0\le M_{\mathrm c}\,S\,\eta-R_{\mathrm{crit}}/G_{\mathrm{upd}}\le S\,\eta$, constant up to"
    r" one cycle. The readings $b=3.2\cdot10^{-5}$, $\eta=10^{-6}$ give $32$ steps: $4$, $2$ and $1$ whole"
    r" cycles at $S=8,16,32$, so that nothing is rounded. At other $b/\eta$ the cycles end at different steps.",
    source="arXiv 2607.01083 (collapse-time scaling, as read by third parties), derived here",
    steps=(
        define("learner", LEARNER),
        define("unit", DIRECTION),
        earlier("at", BALLISTIC, uses="learner unit", t=t_col, why="drift at the collapse"),
        earlier("before", BALLISTIC, uses="learner unit", t=t_col - 1, why="drift one step before"),
        assume("needed", N),
        assume("not-beyond", S_CRIT, t_col - 1),
        inequality("low", t_col * eta, ">=", _product, "at needed", "drift is needed"),
        inequality("top", t_col * eta, "<=", _product + eta, "before not-beyond", "one step before it was not enough"),
        define("first", CYCLE_FIRST),
        define("last", CYCLE_LAST),
        inequality("cycles-low", M_cyc * S_int * eta, ">=", _product, "low last", "the cycle ends later"),
        inequality(
            "cycles-top", M_cyc * S_int * eta, "<=", _product + S_int * eta, "top first", "and began before or then"
        ),
    ),
    conclusions=("low", "top", "cycles-low", "cycles-top"),
    formula=_exact,
    formulas={"steps": sympy.ceiling(_exact), "product": _product},
    necessity={
        "N": _world((1, 1), 3),
        "S": _world((1, 1, 1), 1),
        "ALIGNED": _world((Fraction(1, 3),) * 3, 1),
    },
    attained=(
        _world((1, 1), 2),  # the ceiling
        _world((1, 1, 1), 2),  # one step later, at a whole number
        _world((1, 1, 1), 2, interval=2),  # the whole cycle
        *(_world((1,) * 4, 8, interval, rate=2) for interval in (1, 2, 4)),  # 4, 2 and 1 cycles, no rounding at all
    ),
)
