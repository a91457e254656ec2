"""The ladder: a-priori constant >= local constant times update >= bias per unit of s*eta (derived here)."""

from __future__ import annotations

from fractions import Fraction

from ..objects import ATTAINED, BEHAVIOUR, BIAS, BIAS_CONSTANT, SUPREMUM, UNIT
from ..proof.build import assume, define, earlier, identity, inequality, lemma
from ..proof.models import World
from ..proof.records import Assumption, Claim, Rel
from ..proof.vectors import Norm
from ..symbols import (
    C_bias,
    G_upd,
    H_map,
    K_phi,
    Lambda_seg,
    U_win,
    delta_at,
    eta,
    phi,
    phi2,
    phi_at,
    s_lag,
    t_step,
    theta_at,
    w_dir,
    w_star,
    xi,
    xi_star,
)
from .behaviour_lipschitz import CLAIM as LIPSCHITZ
from .drift import CLAIM as DRIFT
from .staleness_bias import world

_now, _old, _bias = theta_at(t_step), phi_at(t_step), delta_at(t_step)
_local = s_lag * eta * Lambda_seg * U_win

WINDOW = Assumption(
    "WINDOW",
    "The window bound is not above the global one",
    r"$U\le G_{\mathrm{upd}}$ for the largest update $U$ inside the lag window.",
    lambda: Rel(U_win, "<=", G_upd),
)


def _world(window: Fraction | int = 1, **change: Fraction | int) -> World:
    base = world(**({"tilt": 1} | change))  # type: ignore[arg-type]
    slope = abs(base.behaviour_derivative(base.learner(2), Fraction(0)))
    eighth = Fraction(1, 8)
    return World(
        {**base.values, Lambda_seg: slope, U_win: Fraction(window)},
        p=base.p,
        g=base.g,
        points={xi: eighth, xi_star: eighth, w_dir: 1, w_star: 1, phi: eighth, phi2: 0},
        updates=base.updates,
        t=base.t,
        lag=base.lag,
    )


_half = Fraction(1, 2)

CLAIM = Claim(
    id="bias-ladder",
    title="The ladder of constants",
    kind="upper",
    statement=r"$\lVert\delta_t\rVert\le s_t\,\eta\,\Lambda U$ and $\Lambda U\le C=K_\varphi G_{\mathrm{upd}}$, where"
    r" $\Lambda=\sup\lVert\partial_\varphi H(\theta_t,\cdot)\rVert$ over the segment $[\theta_t,\varphi_t]$."
    r" The second inequality takes A1, A2 and A3 for every behaviour policy; on $U$ alone it is not derived here."
    r" The value of the derivative at $\theta_t$ alone is only a first-order estimate.",
    source="derived here",
    steps=(
        define("bias", BIAS),
        define("supremum", SUPREMUM),
        lemma("mean-value", "mean-value", _old, _now, uses="supremum"),
        lemma("norm", "equal-norms", _bias, H_map(_now, _old) - H_map(_now, _now), uses="bias"),
        define("behaviour", BEHAVIOUR),
        identity(
            "old", _now - _old, _now - theta_at(t_step - s_lag), "behaviour", "the behaviour policy is an old learner"
        ),
        lemma("same", "equal-norms", _now - _old, _now - theta_at(t_step - s_lag), uses="old"),
        earlier("drift", DRIFT, G_upd=U_win, why="drift with the bound of the window"),
        inequality("local", Norm(_bias), "<=", _local, "norm mean-value same drift", "local rung"),
        define("attained", ATTAINED),
        define("unit", UNIT),
        earlier("lipschitz", LIPSCHITZ, theta=_now),
        lemma("derivative", "lipschitz-derivative", xi_star, w_star, uses="lipschitz"),
        inequality("slope", Lambda_seg, "<=", K_phi, "attained unit derivative", "the derivative is at most K"),
        assume("window", WINDOW),
        define("C", BIAS_CONSTANT),
        inequality("apriori", Lambda_seg * U_win, "<=", C_bias, "slope window C", "a-priori rung"),
    ),
    conclusions=("local", "apriori"),
    formula=_local,
    necessity={
        "A1": _world(height=2, G_ell=1),
        "A2": _world(L_D=_half),
        "A3": _world(tilt=0, bend=1, L_B=_half),
        "A1-upd": _world(window=_half),
        "WINDOW": _world(G_upd=_half),
    },
    attained=(_world(), _world(tilt=0, bend=1)),
)
