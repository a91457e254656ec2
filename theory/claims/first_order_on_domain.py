"""Theorem 1' with its domain: the curvature is bounded on U alone (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

from ..assumptions import on_domain
from ..proof.build import assume, earlier, inequality, lemma
from ..proof.models import World
from ..proof.records import Assumption, Claim, Rel
from ..symbols import R_batch, T_horizon, rho_0, t_step, tau_seg, theta_at, xi
from .domain_segment import CLAIM as SEGMENT
from .first_order_bias import CLAIM as FIRST_ORDER
from .first_order_bias import CURVATURE, curved_world

_now = theta_at(t_step)


def _curved() -> Rel:
    return on_domain(CURVATURE.at(), (_now, xi))


CURVATURE_U = Assumption(
    "CURV-U",
    "Curvature, on U alone",
    r"$\lVert\partial_\varphi^2H(\theta_t,\xi)[w,w]\rVert\le M\lVert w\rVert^2$ for every $w$, if"
    r" $(\theta_t,\xi)\in U$; outside no bound.",
    _curved,
)


def _world(**change: Any) -> World:
    """The world of Theorem 1' with T = 2, rho_0 = 1/4 and R_batch barely above it, xi half way."""
    domain = {"T": 2, "rho_0": Fraction(1, 4), "R_batch": Fraction(63, 250), "place": Fraction(1, 2)}
    domain |= {k: change.pop(k) for k in tuple(change) if k in domain}
    base = curved_world(**change)
    end = base.learner(2)
    values = {**base.values, T_horizon: domain["T"], rho_0: domain["rho_0"], R_batch: domain["R_batch"]}
    points = {**base.points, xi: end * (1 - domain["place"])}
    values[tau_seg] = domain["place"]
    return World(values, p=base.p, g=base.g, points=points, updates=base.updates, t=2, lag=2)


_eighth = Fraction(1, 8)

CLAIM = Claim(
    id="first-order-on-domain",
    title="Theorem 1' with its domain",
    kind="leading-order",
    statement=r"The curvature is bounded by $M$ on $U$ alone, $T\eta G_{\mathrm{upd}}\le\rho_0$ and"
    r" $S_{\max}\eta G_{\mathrm{upd}}<R_{\mathrm{batch}}$: then for every $t\le T$"
    r" $\lVert R_2\rVert\le\tfrac12M(S_{\max}\,\eta\,G_{\mathrm{upd}})^2$, because the segment lies in $U$.",
    source="derived here",
    steps=(
        earlier("near", SEGMENT, "near"),
        earlier("between", SEGMENT, "between"),
        lemma("on", "on-domain", _now, xi, uses="near between"),
        assume("CURV-U", CURVATURE_U),
        inequality(
            "CURV", CURVATURE.at().lhs, "<=", CURVATURE.at().rhs, "CURV-U on", "the bound at a point of the segment"
        ),
        earlier("conclusion", FIRST_ORDER, uses="CURV", why="Theorem 1' with its assumption where it was shown"),
    ),
    conclusions=("conclusion",),
    formula=FIRST_ORDER.formula,
    necessity={
        "A1-upd": _world(G_upd=Fraction(1, 2)),
        "LAG": _world(S_max=1),
        "HORIZON": _world(M=1, rho_0=_eighth),
        "WITHIN": _world(M=1, rho_0=_eighth, T=1),
        "CLIP-FREE": _world(M=1, R_batch=_eighth),
        "SEGMENT": _world(M=1, place=Fraction(3)),
        "CURV-U": _world(M=1),
    },
    attained=(_world(),),
)
