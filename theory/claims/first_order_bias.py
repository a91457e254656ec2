"""Theorem 1': the bias to first order in S eta, with its remainder (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction

import sympy

from ..objects import BEHAVIOUR, BIAS, LEARNER
from ..proof.build import assume, define, earlier, identity, inequality, lemma
from ..proof.models import World
from ..proof.records import Assumption, Claim, Rel
from ..proof.vectors import Norm
from ..symbols import (
    G_upd,
    H_map,
    M_curv,
    S_max,
    d2H,
    delta_at,
    dH,
    eta,
    k_step,
    phi_at,
    s_lag,
    t_step,
    theta_at,
    u_at,
    w_dir,
    xi,
)
from .lag_drift import CLAIM as LAG_DRIFT

_now, _old = theta_at(t_step), phi_at(t_step)
_rest = delta_at(t_step) - dH(_now, _old - _now)
_taylor_rest = H_map(_now, _old) - H_map(_now, _now) - dH(_now, _old - _now)
_window = (k_step, t_step - s_lag, t_step - 1)
_distance = S_max * eta * G_upd
_bound = M_curv * _distance**2 / 2

CURVATURE = Assumption(
    "CURV",
    "Curvature on the segment",
    r"$\lVert\partial_\varphi^2H(\theta_t,\xi)[w,w]\rVert\le M\lVert w\rVert^2$ for"
    r" $\xi\in[\theta_t,\varphi_t]\subset U$.",
    lambda: Rel(Norm(d2H(xi, w_dir)), "<=", M_curv * Norm(w_dir) ** 2),
)


def curved_world(curvature: int = 2, lag: int = 2, update: int = 1, **constants: Fraction | int) -> World:
    """H(theta, phi) = curvature/2 * phi^2 exactly: probabilities 1/2 +- phi, gradients +-(curvature/4) phi."""
    declared: dict[str, Fraction | int] = {"M": curvature, "G_upd": 1, "S_max": 2, "eta": Fraction(1, 8)} | constants
    names = {"M": M_curv, "G_upd": G_upd, "S_max": S_max, "eta": eta}
    half, bend = Fraction(1, 2), Fraction(curvature, 4)
    return World(
        {symbol: Fraction(declared[name]) for name, symbol in names.items()},
        p=((half, 1), (half, -1)),
        g=((0, 0, bend), (0, 0, -bend)),
        points={xi: Fraction(1, 8), w_dir: 1},
        updates=(update, update),
        t=2,
        lag=lag,
    )


CLAIM = Claim(
    id="first-order-bias",
    title="Theorem 1': the bias to first order",
    kind="leading-order",
    statement=r"$\delta_t=\partial_\varphi H(\theta_t,\theta_t)[\varphi_t-\theta_t]+R_2$, where"
    r" $\varphi_t-\theta_t=-\eta\sum_{k=t-s_t}^{t-1}u_k$, with"
    r" $\lVert R_2\rVert\le\tfrac12M(S_{\max}\,\eta\,G_{\mathrm{upd}})^2$.",
    source="derived here",
    steps=(
        define("bias", BIAS),
        assume("curvature", CURVATURE),
        lemma("taylor", "taylor", _old, _now, uses="curvature"),
        identity("rest", _rest, _taylor_rest, "bias", "insert the definition of the bias"),
        lemma("norm", "equal-norms", _rest, _taylor_rest, uses="rest"),
        earlier("distance", LAG_DRIFT),
        inequality(
            "square",
            Norm(_now - _old) ** 2,
            "<=",
            _distance**2,
            "distance",
            "squares of nonnegative numbers keep order",
        ),
        inequality(
            "conclusion",
            Norm(_rest),
            "<=",
            _bound,
            "norm taylor square",
            "remainder of second order",
        ),
        define("step", LEARNER),
        define("behaviour", BEHAVIOUR),
        lemma("telescope", "telescoping", theta_at, k_step, t_step - s_lag, t_step),
        identity(
            "direction",
            _old - _now,
            -eta * sympy.Sum(u_at(k_step), _window),
            "behaviour telescope step",
            "the displacement is the sum of the updates in the window",
        ),
    ),
    conclusions=("conclusion", "direction"),
    formula=_bound,
    necessity={
        "CURV": curved_world(M=1),
        "A1-upd": curved_world(G_upd=Fraction(1, 2)),
        "LAG": curved_world(S_max=1),
    },
    attained=(curved_world(), curved_world(eta=Fraction(1, 16))),
)
