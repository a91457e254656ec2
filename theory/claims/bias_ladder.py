"""The ladder: a-priori constant >= local constant times update >= bias per unit of s*eta, with its domain."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

from ..objects import ATTAINED, BEHAVIOUR, BIAS, BIAS_CONSTANT, PLACE, SUPREMUM, UNIT
from ..proof.build import assume, define, earlier, identity, inequality, lemma
from ..proof.models import World
from ..proof.records import Assumption, Claim, Rel
from ..proof.vectors import Norm
from ..symbols import (
    L_B,
    L_D,
    C_bias,
    G_ell,
    G_upd,
    H_map,
    K_phi,
    Lambda_seg,
    R_batch,
    S_max,
    T_horizon,
    U_win,
    delta_at,
    eta,
    phi,
    phi2,
    phi_at,
    rho_0,
    s_lag,
    t_step,
    tau_seg,
    theta_at,
    w_dir,
    w_star,
    xi,
    xi_star,
)
from .domain_segment import inside_steps
from .drift import CLAIM as DRIFT
from .lipschitz_on_domain import CLAIM as LIPSCHITZ
from .staleness_bias import world

_now, _old, _bias = theta_at(t_step), phi_at(t_step), delta_at(t_step)
_local = s_lag * eta * Lambda_seg * U_win
_quarter = Fraction(1, 4)

WINDOW = Assumption(
    "WINDOW",
    "The window bound is not above the global one",
    r"$U\le G_{\mathrm{upd}}$ for the largest update $U$ inside the lag window.",
    lambda: Rel(U_win, "<=", G_upd),
)


def _placed(base: World, window: Fraction | int, place: Fraction | int, near: Fraction, **domain: Any) -> World:
    """A run of two steps with xi* at ``place`` of the way from theta_2 (0) to phi_2 (1), and phi, phi' in the ball."""
    declared = {"T": 2, "rho_0": _quarter, "R_batch": Fraction(63, 250)} | domain
    now, old = base.learner(2), base.learner(2 - base.lag)
    star = now + place * (old - now)
    slope = abs(base.behaviour_derivative(now, star))
    values = {**base.values, Lambda_seg: slope, U_win: Fraction(window), tau_seg: Fraction(place)}
    values |= {T_horizon: declared["T"], rho_0: declared["rho_0"], R_batch: declared["R_batch"]}
    points = {xi: near, xi_star: star, w_dir: 1, w_star: 1, phi: near, phi2: now}
    return World(
        values, p=base.p, g=base.g, points=points, theta_0=base.theta_0, updates=base.updates, t=2, lag=base.lag
    )


def _world(window: Fraction | int = 1, **change: Any) -> World:
    """The world of Theorem 1, where the slope of H is the same at every behaviour policy."""
    domain = {k: change.pop(k) for k in ("T", "rho_0", "R_batch") if k in change}
    return _placed(world(**({"tilt": 1} | change)), window, 1, Fraction(1, 8), **domain)


def _steeper_outside(radius: Fraction, place: int = 1, start: Fraction | int = 0, lag_bound: int = 2) -> World:
    """Probabilities 1 - phi and phi, gradients +-(1 - phi): |slope of H| = 3 - 4 phi, and |g| <= G_ell on U alone.

    G_ell is the value at the end of the ball where phi is smallest; K = 2 G_ell + 1 bounds the slope on U, not at 0.
    """
    edge = Fraction(start) + _quarter - radius
    g_ell = 1 - edge
    values: dict[Any, Fraction | int] = {G_ell: g_ell, L_D: 1, L_B: 1, K_phi: 2 * g_ell + 1, C_bias: 2 * g_ell + 1}
    values |= {G_upd: 1, S_max: lag_bound, eta: Fraction(1, 8)}
    base = World(values, p=((1, -1), (0, 1)), g=((1, 0, -1), (-1, 0, 1)), theta_0=start, updates=(1, 1), t=2, lag=2)
    return _placed(base, 1, place, edge + radius / 2, R_batch=radius)


_half, _eighth = Fraction(1, 2), Fraction(1, 8)

CLAIM = Claim(
    id="bias-ladder",
    title="The ladder of constants",
    kind="upper",
    statement=r"A1, A2 and A3 on $U$ alone, $T\eta G_{\mathrm{upd}}\le\rho_0$ and"
    r" $S_{\max}\eta G_{\mathrm{upd}}<R_{\mathrm{batch}}$: then for every $t\le T$"
    r" $\lVert\delta_t\rVert\le s_t\,\eta\,\Lambda U$ and $\Lambda U\le C=K_\varphi G_{\mathrm{upd}}$, where"
    r" $\Lambda=\sup\lVert\partial_\varphi H(\theta_t,\cdot)\rVert$ over the segment $[\theta_t,\varphi_t]$ and $U$"
    r" bounds the updates. The first inequality holds wherever $\Lambda$ exists; the second rests on the segment lying"
    r" in the ball on which $H(\theta_t,\cdot)$ is Lipschitz, and fails for a point of the segment outside of it.",
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
        *inside_steps(xi_star, define("place", PLACE)),
        lemma("derivative", "lipschitz-derivative", xi_star, w_star, uses="lipschitz near between"),
        inequality("slope", Lambda_seg, "<=", K_phi, "attained unit derivative", "the derivative is at most K"),
        assume("window", WINDOW),
        define("C", BIAS_CONSTANT),
        inequality("apriori", Lambda_seg * U_win, "<=", C_bias, "slope window C", "a-priori rung"),
    ),
    conclusions=("local", "apriori"),
    formula=_local,
    necessity={
        "A1-U": _world(height=2, G_ell=1),
        "A2-U": _world(L_D=_half),
        "A3-U": _world(tilt=0, bend=1, L_B=_half),
        "A1-upd": _world(window=_half),
        "WINDOW": _world(update=_half, G_upd=_half),
        "HORIZON": _world(height=2, G_ell=1, rho_0=_eighth),
        "WITHIN": _world(height=2, G_ell=1, rho_0=_eighth, T=1),
        "LAG": _steeper_outside(Fraction(3, 16), lag_bound=1),
        "CLIP-FREE": _steeper_outside(_eighth),
        "SEGMENT": _steeper_outside(Fraction(3, 8), place=2, start=_quarter),
    },
    attained=(_world(), _world(tilt=0, bend=1)),
)
