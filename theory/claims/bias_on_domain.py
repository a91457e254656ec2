"""Theorem 1 with its domain: A1, A2 and A3 are assumed on U alone (arXiv 2607.01083, domain derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

from ..assumptions import A1, A1_U, A2, A2_U, A3, A3_U
from ..proof.build import assume, earlier, inequality, lemma
from ..proof.models import World
from ..proof.records import Claim, Rel, Step
from ..symbols import C_bias, R_batch, S_max, T_horizon, eta, i_out, phi_at, rho_0, t_step, theta_at
from .domain import CLAIM as DOMAIN
from .staleness_bias import CLAIM as BIAS
from .staleness_bias import world

_now, _old = theta_at(t_step), phi_at(t_step)


def _on_domain(id: str, statement: Rel, uses: str, why: str) -> Step:
    return inequality(id, statement.lhs, statement.op, statement.rhs, uses, why)


def _world(update: int = 1, lag: int = 2, **change: Any) -> World:
    """The world of Theorem 1 with T = 2, rho_0 = 1/4 and R_batch barely above it."""
    domain = {"T": 2, "rho_0": Fraction(1, 4), "R_batch": Fraction(63, 250)}
    domain |= {k: change.pop(k) for k in tuple(change) if k in domain}
    base = world(update=update, lag=lag, **change)
    names: dict[str, Any] = {"T": T_horizon, "rho_0": rho_0, "R_batch": R_batch}
    values = {**base.values, **{symbol: domain[name] for name, symbol in names.items()}}
    return World(values, p=base.p, g=base.g, updates=base.updates, t=2, lag=lag)


_eighth = Fraction(1, 8)
_bound = C_bias * S_max * eta

CLAIM = Claim(
    id="bias-on-domain",
    title="Theorem 1 with its domain",
    kind="upper",
    statement=r"A1, A2 and A3 on"
    r" $U=\{\lVert\theta-\theta_0\rVert\le\rho_0,\lVert\theta-\varphi\rVert<R_{\mathrm{batch}}\}$ alone,"
    r" $T\eta G_{\mathrm{upd}}\le\rho_0$ and $S_{\max}\eta G_{\mathrm{upd}}<R_{\mathrm{batch}}$: then"
    r" $\lVert\delta_t\rVert\le C\,S_{\max}\,\eta$ for every $t\le T$.",
    source="arXiv 2607.01083 (abstract); domain and constant derived here",
    steps=(
        earlier("near", DOMAIN, "near"),
        earlier("close", DOMAIN, "close"),
        inequality("same", 0, "<", R_batch, "", "the learner is at distance 0 of itself"),
        lemma("on-old", "on-domain", _now, _old, uses="near close"),
        lemma("on-now", "on-domain", _now, _now, uses="near same"),
        assume("A1-U", A1_U, i_out, _now, _old),
        assume("A2-U", A2_U, _now, _old, _now),
        assume("A3-U", A3_U, i_out, _now, _old, _now),
        _on_domain("A1", A1.at(i_out, _now, _old), "A1-U on-old", "A1 at the pair visited"),
        _on_domain("A2", A2.at(_old, _now), "A2-U on-old on-now", "A2 at the pair visited"),
        _on_domain("A3", A3.at(i_out, _now, _old, _now), "A3-U on-old on-now", "A3 at the pair visited"),
        earlier("conclusion", BIAS, uses="A1 A2 A3", why="Theorem 1 with its assumptions where they were shown"),
    ),
    conclusions=("conclusion",),
    formula=_bound,
    necessity={
        "A1-upd": _world(tilt=1, G_upd=Fraction(1, 2)),
        "LAG": _world(tilt=1, S_max=1),
        "HORIZON": _world(tilt=1, height=2, G_ell=1, rho_0=_eighth),
        "WITHIN": _world(tilt=1, height=2, G_ell=1, rho_0=_eighth, T=1),
        "CLIP-FREE": _world(tilt=1, height=2, G_ell=1, R_batch=Fraction(1, 4)),
        "A1-U": _world(tilt=1, height=2, G_ell=1),
        "A2-U": _world(tilt=1, L_D=Fraction(1, 2)),
        "A3-U": _world(bend=1, L_B=Fraction(1, 2)),
    },
    attained=(_world(tilt=1), _world(bend=1)),
)
