"""Shared definitions of collapse: what it needs, what brings it about, the cycle in which it falls."""

from __future__ import annotations

from typing import Any

import sympy

from . import symbols as sy
from .proof.records import Assumption, Definition, Rel
from .proof.vectors import Inner, Norm

__all__ = [
    "ALIGNED",
    "CHANCE",
    "CYCLE_FIRST",
    "CYCLE_LAST",
    "MEAN_AWAY",
    "RUNS",
    "STABILITY",
    "S_CRIT",
    "TURN",
    "TURN_X",
    "TURN_Y",
    "WHITE_DRIFT",
    "WHITE_DRIFT_START",
    "N",
]


def _from_start(t: Any) -> Any:
    return Norm(sy.theta_at(t) - sy.theta_at(0))


def _over_runs(term: Any) -> Any:
    return sympy.Sum(sy.prob_d(sy.i_out) * term, (sy.i_out, 1, sy.n_out))


def _runs() -> Rel:
    return Rel(_over_runs(sympy.S.One), "=", 1)


def _mean_away() -> Rel:
    return Rel(sy.mean_away, "=", _over_runs(sy.away_at(sy.i_out) ** 2))


def _chance() -> Rel:
    return Rel(sy.chance_col, "=", _over_runs(sy.hit_at(sy.i_out)))


def _needed(t: Any = sy.t_col) -> Rel:
    return Rel(_from_start(t), ">=", sy.R_crit)


def _not_beyond(t: Any) -> Rel:
    return Rel(_from_start(t), "<=", sy.R_crit)


def _white(j: Any) -> Rel:
    return Rel(sy.white_sq(j + 1), "=", sy.white_sq(j) + sy.G_upd**2)


def _aligned(k: Any) -> Rel:
    return Rel(sy.u_at(k), "=", sy.G_upd * sy.e_dir)


def _first_of_cycle() -> Rel:
    return Rel(sy.t_col, ">=", sy.S_int * (sy.M_cyc - 1) + 1)


def _last_of_cycle() -> Rel:
    return Rel(sy.t_col, "<=", sy.S_int * sy.M_cyc)


N = Assumption(
    "N",
    "Collapse needs drift",
    r"(N) A collapse at learner step $t_{\mathrm c}$ implies"
    r" $\lVert\theta_{t_{\mathrm c}}-\theta_0\rVert\ge R_{\mathrm{crit}}$.",
    _needed,
)
S_CRIT = Assumption(
    "S",
    "Drift beyond the critical radius is collapse",
    r"(S) A run with $\lVert\theta_t-\theta_0\rVert>R_{\mathrm{crit}}$ has collapsed: at a step $t$ before the"
    r" collapse $\lVert\theta_t-\theta_0\rVert\le R_{\mathrm{crit}}$.",
    _not_beyond,
)
ALIGNED = Assumption(
    "ALIGNED",
    "Aligned updates",
    r"$u_k=G_{\mathrm{upd}}\,e$ with one unit vector $e$, at every learner step.",
    _aligned,
)
CYCLE_FIRST = Definition("cycle-first", "the cycle of the collapse has begun", _first_of_cycle)
CYCLE_LAST = Definition("cycle-last", "and not ended before it", _last_of_cycle)
TURN = Definition("turn", "two orthogonal updates", lambda: Rel(Inner(sy.turn_x, sy.turn_y), "=", 0))
TURN_X = Definition("turn-x", "of the same norm", lambda: Rel(Norm(sy.turn_x), "=", sy.G_upd))
TURN_Y = Definition("turn-y", "of the same norm", lambda: Rel(Norm(sy.turn_y), "=", sy.G_upd))
WHITE_DRIFT = Definition(
    "white-drift",
    "one more update of mean square G^2, uncorrelated with the earlier ones",
    _white,
)
WHITE_DRIFT_START = Definition("white-drift-start", "no update yet", lambda: Rel(sy.white_sq(0), "=", 0))

RUNS = Definition("runs", "the runs have probabilities that sum to one", _runs)
MEAN_AWAY = Definition("mean-away", "mean square of the drift over the runs", _mean_away)
CHANCE = Definition("chance", "chance of collapse over the runs", _chance)

STABILITY = (*(RUNS, MEAN_AWAY, CHANCE), CYCLE_FIRST, CYCLE_LAST, TURN, TURN_X, TURN_Y, WHITE_DRIFT, WHITE_DRIFT_START)
