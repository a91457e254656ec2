"""The segment from the learner to the behaviour policy lies in the domain U (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

from ..proof.build import assume, define, earlier, identity, inequality, lemma
from ..proof.records import Assumption, Claim, Rel, Step
from ..proof.vectors import Norm
from ..symbols import R_batch, phi_at, t_step, tau_seg, theta_at, xi
from .domain import CLAIM as DOMAIN
from .domain import domain_world

_now, _old = theta_at(t_step), phi_at(t_step)

SEGMENT = Assumption("SEGMENT", "A point of the segment", r"$0\le\varpi\le1$.", lambda: Rel(tau_seg, "<=", 1))


def inside_steps(point: Any, where: Step) -> tuple[Step, ...]:
    """A point of the segment, which step ``where`` places at tau, is less than R_batch away from the learner."""
    inside, part = _now - point, tau_seg * (_now - _old)
    return (
        earlier("near", DOMAIN, "near", why="the learner is near its start"),
        earlier("close", DOMAIN, "close"),
        where,
        assume("segment", SEGMENT),
        identity("part", inside, part, where.id, "a part of the way"),
        lemma("part-norm", "equal-norms", inside, part, uses="part"),
        lemma("part-scale", "homogeneity", tau_seg, _now - _old),
        inequality(
            "between", Norm(inside), "<", R_batch, "part-norm part-scale segment close", "no further than the end"
        ),
    )


CLAIM = Claim(
    id="domain-segment",
    title="The segment lies in the domain",
    kind="upper",
    statement=r"Under the conditions of the domain, the pairs $(\theta_t,\xi)$ with"
    r" $\xi=\theta_t+\varpi(\varphi_t-\theta_t)$, $0\le\varpi\le1$, lie in $U$ for every $t\le T$: bounds on $U$ may"
    r" be used along the whole segment.",
    source="derived here",
    steps=inside_steps(xi, define("point", Rel(xi, "=", _now + tau_seg * (_old - _now)), why="a point of the segment")),
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
