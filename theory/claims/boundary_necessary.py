"""Which boundary laws are necessary: learning rates at which a run can still be alive at step T (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction

import sympy

from ..laws import law
from ..proof.build import assume, define, inequality
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel
from ..proof.vectors import Norm
from ..stability_objects import S_CRIT
from ..symbols import G_upd, R_crit, S_sync, T_horizon, a_plan, b_plan, eta, t_alive, theta_at

_max = law("max").eta_max
_drift = Norm(theta_at(t_alive) - theta_at(0))

ABOVE = Assumption(
    "BALLISTIC-ABOVE",
    "Ballistic drift where rollouts are stale",
    r"$S\,\eta\le a$ or $\lVert\theta_{t}-\theta_0\rVert\ge t\,\eta\,G_{\mathrm{upd}}$: drift is ballistic above $a$.",
    lambda: Rel(sympy.Max(a_plan * G_upd - S_sync * eta * G_upd, _drift - t_alive * eta * G_upd), ">=", 0),
)


def _alive(drift: Fraction | int, crit: int, batch: int, steps: int = 4) -> Table:
    """A run alive at this step, at this distance from its start; eta = G_upd = 1, S = 2."""
    values = {eta: 1, G_upd: 1, R_crit: crit, a_plan: batch, b_plan: crit, S_sync: 2}
    values |= {t_alive: steps, T_horizon: steps, theta_at(t_alive): (Fraction(drift),), theta_at(0): (Fraction(0),)}
    return Table(values)


CLAIM = Claim(
    id="boundary-necessary",
    title="Necessary boundary laws",
    kind="upper",
    statement=r"A run that is alive at step $T$ has $\eta\le\max(a/S,b/T)$ under (S) and ballistic drift above"
    r" $S\eta=a$: there the max form is necessary, and with (N) and (OFF) exact. The min form is not: runs with"
    r" $S\,\eta>a$ live until $T=b/\eta$. Under ballistic drift everywhere, (N) and (S), collapse comes at $b/\eta$ up"
    r" to one step (Theorem 3): then the horizon law alone is exact, and the staleness condition says nothing.",
    source="derived here",
    steps=(
        define("b", Rel(b_plan, "=", R_crit / G_upd), why="planning constant of the critical radius"),
        define("T", Rel(T_horizon, "=", t_alive), why="the horizon is the step looked at"),
        assume("not-beyond", S_CRIT, t_alive),
        assume("above", ABOVE),
        inequality(
            "either",
            sympy.Max(a_plan - S_sync * eta, b_plan - T_horizon * eta),
            ">=",
            0,
            "above not-beyond b T",
            "the drift is at most R_crit",
        ),
        inequality("conclusion", eta, "<=", _max, "either", "solved for the learning rate"),
    ),
    conclusions=("conclusion",),
    formula=_max,
    necessity={"S": _alive(4, 3, 1), "BALLISTIC-ABOVE": _alive(2, 3, 1)},
    attained=(_alive(4, 4, 1), _alive(0, 1, 2)),  # above a/S, where the min form would say no; and at a/S
)
