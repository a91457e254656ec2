"""Which boundary laws are sufficient: learning rates at which a collapse by step T is possible (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction

from ..laws import law
from ..proof.build import assume, define, earlier, inequality
from ..proof.models import World
from ..proof.records import Assumption, Claim, Rel
from ..symbols import G_upd, M_cyc, R_crit, S_int, S_sync, T_horizon, a_plan, b_plan, eta, t_col
from .collapse_time_bound import CLAIM as BOUND

_min, _max, _stale, _long = (law(name).eta_max for name in ("min", "max", "staleness", "horizon"))

BY_T = Assumption("BY-T", "Collapse by the horizon", r"$t_{\mathrm c}\le T$.", lambda: Rel(t_col, "<=", T_horizon))
OFF = Assumption(
    "OFF",
    "No collapse without staleness",
    r"(OFF) A run that collapses has $S\,\eta>a$: the hazard is switched off up to $S\eta=a$.",
    lambda: Rel(S_sync * eta, ">", a_plan),
)


def _world(updates: tuple[Fraction | int, ...], crit: int, batch: int = 1, horizon: int = 2) -> World:
    """A learner that collapses after the last of its updates; eta = G_upd = 1, S = 2."""
    n = len(updates)
    values = {eta: 1, G_upd: 1, R_crit: crit, a_plan: batch, b_plan: crit, S_sync: 2, S_int: n, M_cyc: 1}
    return World(values | {T_horizon: horizon, t_col: n}, updates=updates, t=n, lag=n)


CLAIM = Claim(
    id="boundary-sufficient",
    title="Sufficient boundary laws",
    kind="lower",
    statement=r"A run that collapses by step $T$ has, with"
    r" $b=R_{\mathrm{crit}}/G_{\mathrm{upd}}$: under (N) alone $\eta\ge b/T$, hence $\eta\ge\min(a/S,b/T)$; under (N)"
    r" and (OFF) $\eta\ge\max(a/S,b/T)$ and $\eta>a/S$. So below its $\eta_{\max}$ the horizon law is sufficient for no"
    r" collapse under (N), and with it the min form; the max form and the staleness law are sufficient only if (OFF)"
    r" holds too.",
    source="derived here",
    steps=(
        define("b", Rel(b_plan, "=", R_crit / G_upd), why="planning constant of the critical radius"),
        earlier("bound", BOUND),
        assume("by", BY_T),
        inequality("late", T_horizon, ">=", R_crit / (eta * G_upd), "bound by", "the horizon is later still"),
        inequality("horizon", eta, ">=", _long, "late b", "solved for the learning rate"),
        inequality("min", eta, ">=", _min, "horizon", "a smaller bound"),
        assume("off", OFF),
        inequality("staleness", eta, ">", _stale, "off", "divide by S"),
        inequality("max", eta, ">=", _max, "horizon staleness", "larger than both"),
    ),
    conclusions=("horizon", "min", "staleness", "max"),
    formula=_max,
    formulas={"min": _min, "horizon": _long, "staleness": _stale},
    necessity={
        "A1-upd": _world((3, 3), 6),
        "N": _world((1, 1), 3),
        "BY-T": _world((1, 1, 1), 3, horizon=2),
        "OFF": _world((1, 1), 2, batch=3),
    },
    attained=(_world((1, 1), 2),),
    not_tight="min is reached where b/T <= a/S, which (OFF) excludes at equality; staleness is strict: its ratio comes"
    " as close to 1 as a learning rate just above a/S",
)
