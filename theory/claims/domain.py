"""Every pair that Theorem 1 visits lies in the domain U: the learner with itself and with the behaviour policy."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from ..proof.build import assume, earlier, inequality
from ..proof.models import World
from ..proof.records import Assumption, Claim, Rel
from ..proof.vectors import Norm
from ..symbols import G_upd, R_batch, S_max, T_horizon, eta, phi_at, rho_0, t_step, tau_seg, theta_at, xi
from .drift import CLAIM as DRIFT
from .lag_drift import CLAIM as LAG_DRIFT

_now, _old, _first = theta_at(t_step), phi_at(t_step), theta_at(sympy.S.Zero)

HORIZON = Assumption(
    "HORIZON",
    "The run stays near its start",
    r"$T\,\eta\,G_{\mathrm{upd}}\le\rho_0$.",
    lambda: Rel(T_horizon * eta * G_upd, "<=", rho_0),
)
WITHIN = Assumption("WITHIN", "Steps of the run", r"$t\le T$.", lambda: Rel(t_step, "<=", T_horizon))
CLIP_FREE = Assumption(
    "CLIP-FREE",
    "The lag stays inside the clip radius",
    r"$S_{\max}\,\eta\,G_{\mathrm{upd}}<R_{\mathrm{batch}}$.",
    lambda: Rel(S_max * eta * G_upd, "<", R_batch),
)


def domain_world(update: int = 1, place: Fraction = Fraction(1, 2), **change: Fraction | int) -> World:
    """Two steps of size 1/8 away from 0 at T = 2: |theta_2 - theta_0| = rho_0 = 1/4, R_batch barely above it.

    ``place`` is where xi lies between theta_2 (0) and phi_2 (1).
    """
    eighth, quarter = Fraction(1, 8), Fraction(1, 4)
    declared = {"S_max": 2, "T": 2, "rho_0": quarter, "R_batch": Fraction(63, 250)} | change
    names: dict[str, Any] = {"S_max": S_max, "T": T_horizon, "rho_0": rho_0, "R_batch": R_batch}
    values = {symbol: declared[name] for name, symbol in names.items()} | {eta: eighth, G_upd: 1, tau_seg: place}
    moved = 2 * update * eighth
    return World(values, points={xi: moved * (1 - place)}, updates=(update, update), t=2, lag=2)


CLAIM = Claim(
    id="domain",
    title="The run stays in the domain",
    kind="upper",
    statement=r"If $T\eta G_{\mathrm{upd}}\le\rho_0$ and $S_{\max}\eta G_{\mathrm{upd}}<R_{\mathrm{batch}}$, then for"
    r" every $t\le T$ the pairs $(\theta_t,\theta_t)$ and $(\theta_t,\varphi_t)$ lie in"
    r" $U=\{\lVert\theta-\theta_0\rVert\le\rho_0,\lVert\theta-\varphi\rVert<"
    r"R_{\mathrm{batch}}\}$.",
    source="derived here; the domain that the assumptions of arXiv 2607.01083 need",
    steps=(
        earlier("travelled", DRIFT, s_t=t_step, why="drift since the start"),
        assume("horizon", HORIZON),
        assume("within", WITHIN),
        inequality("length", t_step * eta * G_upd, "<=", T_horizon * eta * G_upd, "within", "times a positive number"),
        inequality("near", Norm(_now - _first), "<=", rho_0, "travelled length horizon", "chain"),
        earlier("lagged", LAG_DRIFT),
        assume("clip-free", CLIP_FREE),
        inequality("close", Norm(_now - _old), "<", R_batch, "lagged clip-free", "chain"),
    ),
    conclusions=("near", "close"),
    formula=T_horizon * eta * G_upd,
    formulas={"near": T_horizon * eta * G_upd, "close": S_max * eta * G_upd},
    necessity={
        "A1-upd": domain_world(update=2),
        "LAG": domain_world(S_max=1, R_batch=Fraction(1, 5)),
        "HORIZON": domain_world(rho_0=Fraction(1, 8)),
        "WITHIN": domain_world(T=1, rho_0=Fraction(1, 8)),
        "CLIP-FREE": domain_world(R_batch=Fraction(1, 4)),
    },
    attained=(domain_world(),),
)
