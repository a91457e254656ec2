"""Theorem 2: the two-constraint rule keeps clip, bias and drift in bounds up to the horizon (arXiv 2607.01083)."""

from __future__ import annotations

from fractions import Fraction

import sympy

from ..proof.build import assume, earlier, inequality
from ..proof.models import World
from ..proof.records import Assumption, Claim, Rel
from ..proof.vectors import Norm
from ..symbols import G_upd, R_batch, R_crit, S_max, T_horizon, eta, phi_at, t_step, theta_at
from .drift import CLAIM as DRIFT
from .lag_drift import CLAIM as LAG_DRIFT
from .staleness_bias import CLAIM as BIAS
from .staleness_bias import world

_unclipped = R_batch / (S_max * G_upd)
_rule = sympy.Min(_unclipped, R_crit / (T_horizon * G_upd))

RULE = Assumption(
    "RULE",
    "The two-constraint rule",
    r"$\eta\le\min\{R_{\mathrm{batch}}/(S_{\max}G_{\mathrm{upd}}),\,R_{\mathrm{crit}}/(TG_{\mathrm{upd}})\}$.",
    lambda: Rel(eta, "<=", _rule),
)
STRICT = Assumption(
    "STRICT",
    "Strict in the clip constraint",
    r"$\eta<R_{\mathrm{batch}}/(S_{\max}G_{\mathrm{upd}})$.",
    lambda: Rel(eta, "<", _unclipped),
)
HORIZON = Assumption("HORIZON", "Inside the horizon", r"$t\le T$.", lambda: Rel(t_step, "<=", T_horizon))


def rule_world(batch: Fraction | int, crit: Fraction | int, horizon: int = 2, **change: Fraction | int) -> World:
    """The world of Theorem 1, at step 2, with these radii and this horizon."""
    base = world(**({"tilt": 1} | change))  # type: ignore[arg-type]
    values = {**base.values, R_batch: Fraction(batch), R_crit: Fraction(crit), T_horizon: Fraction(horizon)}
    return World(values, p=base.p, g=base.g, updates=base.updates, t=base.t, lag=base.lag)


_quarter = Fraction(1, 4)  # S_max eta G_upd = 2/8 in the base world

CLAIM = Claim(
    id="two-constraints",
    title="Theorem 2: the two-constraint rule is sufficient",
    kind="upper",
    statement=r"On $U$: if $\eta\le\min\{R_{\mathrm{batch}}/(S_{\max}G_{\mathrm{upd}}),"
    r"R_{\mathrm{crit}}/(TG_{\mathrm{upd}})\}$,"
    r" strict in the first, then for all $t\le T$: $\lVert\theta_t-\theta_0\rVert\le R_{\mathrm{crit}}$,"
    r" $\lVert\theta_t-\varphi_t\rVert<R_{\mathrm{batch}}$ (so no token is clipped) and"
    r" $\lVert\delta_t\rVert\le C\,S_{\max}\,\eta$. Sufficient, not necessary.",
    source="arXiv 2607.01083 (abstract), derived here",
    steps=(
        assume("horizon", HORIZON),
        assume("rule", RULE),
        earlier("from-start", DRIFT, s_t=t_step, why="drift from the start"),
        inequality("crit", T_horizon * eta * G_upd, "<=", R_crit, "rule", "second constraint"),
        inequality(
            "drift", Norm(theta_at(t_step) - theta_at(0)), "<=", R_crit, "from-start horizon crit", "t is at most T"
        ),
        assume("strict", STRICT),
        earlier("distance", LAG_DRIFT),
        inequality("batch", S_max * eta * G_upd, "<", R_batch, "strict", "first constraint"),
        inequality(
            "unclipped", Norm(theta_at(t_step) - phi_at(t_step)), "<", R_batch, "distance batch", "inside R_batch"
        ),
        earlier("bias", BIAS),
    ),
    conclusions=("drift", "unclipped", "bias"),
    formula=_rule,
    necessity={
        "A1": rule_world(1, 1, height=2, G_ell=1),
        "A2": rule_world(1, 1, L_D=Fraction(1, 2)),
        "A3": rule_world(1, 1, tilt=0, bend=1, L_B=Fraction(1, 2)),
        "A1-upd": rule_world(1, _quarter / 2, G_upd=Fraction(1, 2)),
        "LAG": rule_world(_quarter, 1, S_max=1),
        "RULE": rule_world(1, _quarter / 2),
        "STRICT": rule_world(_quarter, 1),
        "HORIZON": rule_world(1, _quarter / 2, horizon=1),
    },
    attained=(
        rule_world(1, _quarter),  # the drift reaches R_crit
        rule_world(_quarter * Fraction(501, 500), 1),  # the distance comes within 0.2 % of R_batch
    ),
)
