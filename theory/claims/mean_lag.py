"""Theorem 1 averaged over a lag distribution: the mean bias is at most C E[s] eta (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction

import sympy

from ..objects import BIAS_CONSTANT
from ..objects import LIPSCHITZ as LIPSCHITZ_CONSTANT
from ..proof.build import define, earlier, identity, inequality
from ..proof.models import World
from ..proof.records import Claim, Rel
from ..proof.vectors import Norm
from ..symbols import C_bias, H_map, K_phi, eta, j_lag, lag_at, lag_mean, lag_p, n_lag, t_step, theta_at
from .behaviour_lipschitz import CLAIM as LIPSCHITZ
from .drift import CLAIM as DRIFT
from .staleness_bias import world

_lags = (j_lag, 1, n_lag)
_now, _old = theta_at(t_step), theta_at(t_step - lag_at(j_lag))
_each = Norm(H_map(_now, _old) - H_map(_now, _now))
_mean_bias = sympy.Sum(lag_p(j_lag) * _each, _lags)
_weighted = sympy.Sum(lag_p(j_lag) * C_bias * lag_at(j_lag) * eta, _lags)
_bound = C_bias * lag_mean * eta


def _world(tilt: int = 0, bend: int = 0, height: int = 1, update: int = 1, **constants: Fraction | int) -> World:
    """The world of Theorem 1 with lag 2 or 0, each with probability 1/2: a mean lag of 1."""
    base = world(tilt, bend, height, update, 2, **constants)
    half = Fraction(1, 2)
    values = {**base.values, n_lag: 2, lag_at(1): 2, lag_at(2): 0, lag_p(1): half, lag_p(2): half, lag_mean: 1}
    return World(values, p=base.p, g=base.g, updates=base.updates, t=2, lag=2, indices={j_lag: range(1, 3)})


CLAIM = Claim(
    id="mean-lag",
    title="Theorem 1 averaged over the lags",
    kind="upper",
    statement=r"If the lag is $s^{(h)}$ with probability $q_h$, then on $U$ the mean bias is $\mathbb"
    r" E\lVert\delta_t\rVert\le C\,\mathbb E[s]\,\eta$ with the $C$ of Theorem 1. Under periodic sync $\mathbb"
    r" E[s]=(S-1)/2$ (lag models): half the bound of the worst step.",
    source="derived here",
    steps=(
        earlier("lipschitz", LIPSCHITZ, theta=_now, phi=_old, phi2=_now),
        earlier("distance", DRIFT, s_t=lag_at(j_lag)),
        define("C", BIAS_CONSTANT),
        inequality("each", _each, "<=", C_bias * lag_at(j_lag) * eta, "lipschitz distance C", "bias at this lag"),
        inequality("weighted", _mean_bias, "<=", _weighted, "each", "term by term; probabilities are not negative"),
        define("mean", Rel(lag_mean, "=", sympy.Sum(lag_p(j_lag) * lag_at(j_lag), _lags)), why="mean lag"),
        identity("pull", _weighted, _bound, "mean", "pull the constants out"),
        inequality("conclusion", _mean_bias, "<=", _bound, "weighted pull", "chain the two"),
    ),
    conclusions=("conclusion",),
    formula=_bound.subs(C_bias, BIAS_CONSTANT.at().rhs),
    formulas={"C": BIAS_CONSTANT.at().rhs.subs(K_phi, LIPSCHITZ_CONSTANT.at().rhs)},
    necessity={
        "A1": _world(tilt=1, height=2, G_ell=1),
        "A2": _world(tilt=1, L_D=Fraction(1, 2)),
        "A3": _world(bend=1, L_B=Fraction(1, 2)),
        "A1-upd": _world(tilt=1, G_upd=Fraction(1, 2)),
    },
    attained=(_world(tilt=1), _world(bend=1)),
)
