"""Lemma L2 and Theorem 1 under a schedule of learning rates: the window's sum of rates takes the place of s eta."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction

import sympy

from ..assumptions import A1_UPD
from ..objects import BEHAVIOUR, BIAS, BIAS_CONSTANT, SCHEDULE
from ..proof.build import assume, define, earlier, identity, inequality, lemma
from ..proof.models import World
from ..proof.records import Claim, Rel
from ..proof.vectors import Norm
from ..symbols import (
    C_bias,
    G_upd,
    H_map,
    K_phi,
    delta_at,
    eta_at,
    k_step,
    lag_way,
    phi_at,
    s_lag,
    t_step,
    theta_at,
    u_at,
)
from .behaviour_lipschitz import CLAIM as LIPSCHITZ
from .staleness_bias import world

_window = (k_step, t_step - s_lag, t_step - 1)
_now, _old, _bias = theta_at(t_step), phi_at(t_step), delta_at(t_step)
_moves = sympy.Sum(eta_at(k_step) * u_at(k_step), _window)
_norms = sympy.Sum(Norm(eta_at(k_step) * u_at(k_step)), _window)
_path = sympy.Sum(eta_at(k_step) * Norm(u_at(k_step)), _window)
_bounds = sympy.Sum(eta_at(k_step) * G_upd, _window)


def _world(tilt: int = 0, bend: int = 0, height: int = 1, update: int = 1, **constants: Fraction | int) -> World:
    """The world of Theorem 1 at rates 1/16 and 3/16."""
    base = world(tilt, bend, height, update, 2, **constants)
    rates, values = (Fraction(1, 16), Fraction(3, 16)), {**base.values, lag_way: Fraction(1, 4)}
    return World(values, p=base.p, g=base.g, updates=base.updates, rates=rates, t=2, lag=2)


CLAIM = Claim(
    id="scheduled-rate",
    title="Theorem 1 under a schedule",
    kind="upper",
    statement=r"With $\theta_{k+1}=\theta_k+\eta_ku_k$: $\lVert\theta_t-\varphi_t\rVert\le\sum_{k=t-s_t}^{t-1}\eta_k"
    r"\lVert u_k\rVert$ and on $U$ $\lVert\delta_t\rVert\le K_\varphi\sum_{k=t-s_t}^{t-1}\eta_k\lVert u_k\rVert\le"
    r" C\,\Sigma_t$, $\Sigma_t$ the sum of the learning rates in the lag window ($s_t\eta$ for a constant one).",
    source="derived here",
    steps=(
        define("step", SCHEDULE),
        define("behaviour", BEHAVIOUR),
        lemma("telescope", "telescoping", theta_at, k_step, t_step - s_lag, t_step),
        identity("sum", _now - _old, _moves, "behaviour telescope step", "insert the learner step"),
        lemma("norm", "equal-norms", _now - _old, _moves, uses="sum"),
        lemma("triangle", "triangle", _moves),
        lemma("scale", "homogeneity", eta_at(k_step), u_at(k_step)),
        inequality("each", _norms, "<=", _path, "scale", "term by term; rates are not negative"),
        inequality("distance", Norm(_now - _old), "<=", _path, "norm triangle each", "length of the path"),
        assume("updates", A1_UPD, k_step),
        inequality("bounded", _path, "<=", _bounds, "updates", "term by term"),
        define("way", Rel(lag_way, "=", sympy.Sum(eta_at(k_step), _window)), why="sum of the rates in the window"),
        identity("pull", _bounds, G_upd * lag_way, "way", "pull the constant out"),
        define("bias", BIAS),
        lemma("bias-norm", "equal-norms", _bias, H_map(_now, _old) - H_map(_now, _now), uses="bias"),
        earlier("lipschitz", LIPSCHITZ, theta=_now, phi=_old, phi2=_now),
        define("C", BIAS_CONSTANT),
        inequality(
            "path",
            Norm(_bias),
            "<=",
            K_phi * _path,
            "bias-norm lipschitz distance",
            "Lipschitz constant times distance",
        ),
        inequality("conclusion", Norm(_bias), "<=", C_bias * lag_way, "path bounded pull C", "every update is bounded"),
    ),
    conclusions=("distance", "path", "conclusion"),
    formula=(C_bias * lag_way).subs(C_bias, BIAS_CONSTANT.at().rhs),
    formulas={"distance": G_upd * lag_way},
    necessity={
        "A1": _world(tilt=1, height=2, G_ell=1),
        "A2": _world(tilt=1, L_D=Fraction(1, 2)),
        "A3": _world(bend=1, L_B=Fraction(1, 2)),
        "A1-upd": _world(tilt=1, G_upd=Fraction(1, 2)),
    },
    attained=(_world(tilt=1), _world(bend=1)),
)
