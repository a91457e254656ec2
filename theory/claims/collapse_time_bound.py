"""Theorem 3, first half: no collapse before R_crit/(eta G_upd) learner steps, if collapse needs drift."""

from __future__ import annotations

from fractions import Fraction

from ..proof.build import assume, define, earlier, inequality
from ..proof.models import World
from ..proof.records import Claim
from ..stability_objects import CYCLE_LAST, N
from ..symbols import G_upd, M_cyc, R_crit, S_int, eta, t_col
from .drift import CLAIM as DRIFT

_steps = R_crit / (eta * G_upd)


def _world(updates: tuple[Fraction | int, ...], crit: Fraction | int) -> World:
    """A learner that collapses after the last of its updates, in the first cycle of as many steps."""
    n = len(updates)
    return World({eta: 1, G_upd: 1, R_crit: crit, t_col: n, S_int: n, M_cyc: 1}, updates=updates, t=n, lag=n)


CLAIM = Claim(
    id="collapse-time-bound",
    title="Theorem 3: a collapse takes time",
    kind="lower",
    statement=r"Under (N) a collapse at learner step $t_{\mathrm c}$ has $t_{\mathrm c}\ge R_{\mathrm{crit}}/"
    r"(\eta\,G_{\mathrm{upd}})$, for every sync interval; as a whole number"
    r" $t_{\mathrm c}\ge\lceil R_{\mathrm{crit}}/(\eta\,G_{\mathrm{upd}})\rceil$. In cycles: the cycle $M_{\mathrm c}$"
    r" of the collapse has $M_{\mathrm c}\,S\,\eta\ge R_{\mathrm{crit}}/G_{\mathrm{upd}}$.",
    source="arXiv 2607.01083 (collapse-time scaling), derived here",
    steps=(
        earlier("drift", DRIFT, t=t_col, s_t=t_col, why="drift from the start"),
        assume("needed", N),
        inequality("conclusion", t_col, ">=", _steps, "drift needed", "so many steps are needed to get there"),
        define("cycle", CYCLE_LAST),
        inequality("cycles", M_cyc * S_int * eta, ">=", R_crit / G_upd, "conclusion cycle", "the cycle ends later"),
    ),
    conclusions=("conclusion", "cycles"),
    formula=_steps,
    formulas={"cycles": R_crit / G_upd},
    necessity={"A1-upd": _world((2, 2), 4), "N": _world((1, 1), 3)},
    attained=(_world((1, 1), 2),),
)
