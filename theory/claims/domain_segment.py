"""The segment from the learner to the behaviour policy lies in the domain U (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction

from ..proof.build import assume, define, earlier, identity, inequality, lemma
from ..proof.records import Assumption, Claim, Rel
from ..proof.vectors import Norm
from ..symbols import R_batch, phi_at, t_step, tau_seg, theta_at, xi
from .domain import CLAIM as DOMAIN
from .domain import domain_world

_now, _old = theta_at(t_step), phi_at(t_step)
_inside, _part = _now - xi, tau_seg * (_now - _old)

SEGMENT = Assumption("SEGMENT", "A point of the segment", r"$0\le\tau\le1$.", lambda: Rel(tau_seg, "<=", 1))

CLAIM = Claim(
    id="domain-segment",
    title="The segment lies in the domain",
    kind="upper",
    statement=r"Under the conditions of the domain, the pairs $(\theta_t,\xi)$ with"
    r" $\xi=\theta_t+\tau(\varphi_t-\theta_t)$, $0\le\tau\le1$,"
    r" lie in $U$ for every $t\le T$: bounds on $U$ may be used along the whole segment.",
    source="derived here",
    steps=(
        earlier("near", DOMAIN, "near", why="the learner is near its start"),
        earlier("close", DOMAIN, "close"),
        define("point", Rel(xi, "=", _now + tau_seg * (_old - _now)), why="a point of the segment"),
        assume("segment", SEGMENT),
        identity("part", _inside, _part, "point", "a part of the way"),
        lemma("part-norm", "equal-norms", _inside, _part, uses="part"),
        lemma("part-scale", "homogeneity", tau_seg, _now - _old),
        inequality(
            "between", Norm(_inside), "<", R_batch, "part-norm part-scale segment close", "no further than the end"
        ),
    ),
    conclusions=("near", "between"),
    formula=R_batch,
    necessity={
        "A1-upd": domain_world(update=2),
        "LAG": domain_world(S_max=1, R_batch=Fraction(1, 5), place=Fraction(1)),
        "HORIZON": domain_world(rho_0=Fraction(1, 8)),
        "WITHIN": domain_world(T=1, rho_0=Fraction(1, 8)),
        "CLIP-FREE": domain_world(R_batch=Fraction(1, 4), place=Fraction(1)),
        "SEGMENT": domain_world(place=Fraction(2)),
    },
    attained=(domain_world(place=Fraction(1)),),
)
