"""Safe step: the largest learning rate that keeps the bias below a tolerance (arXiv 2607.01083)."""

from __future__ import annotations

from fractions import Fraction

from ..proof.build import assume, earlier, inequality
from ..proof.models import World
from ..proof.records import Assumption, Claim, Rel
from ..proof.vectors import Norm
from ..symbols import C_bias, S_max, b_max, delta_at, eta, t_step
from .staleness_bias import CLAIM as BIAS
from .staleness_bias import world

STEP = Assumption(
    "STEP",
    "Safe step",
    r"$\eta\le b_{\max}/(C\,S_{\max})$.",
    lambda: Rel(eta, "<=", b_max / (C_bias * S_max)),
)


def _world(tolerance: Fraction, **change: Fraction | int) -> World:
    base = world(**({"tilt": 1} | change))  # type: ignore[arg-type]
    return World({**base.values, b_max: tolerance}, p=base.p, g=base.g, updates=base.updates, t=base.t, lag=base.lag)


_half, _tight = Fraction(1, 2), Fraction(1, 2)  # C S_max eta = 2 * 2 / 8 = 1/2 in the base world

CLAIM = Claim(
    id="safe-step",
    title="Safe step",
    kind="upper",
    statement=r"Under the assumptions of Theorem 1: if $\eta\le b_{\max}/(C\,S_{\max})$ then $\lVert\delta_t\rVert\le"
    r" b_{\max}$.",
    source="arXiv 2607.01083 (safe region as read by third parties), derived here",
    steps=(
        earlier("bias", BIAS),
        assume("step", STEP),
        inequality("product", C_bias * S_max * eta, "<=", b_max, "step", "multiply by a positive number"),
        inequality("conclusion", Norm(delta_at(t_step)), "<=", b_max, "bias product", "chain the two"),
    ),
    conclusions=("conclusion",),
    formula=STEP.at().rhs,
    necessity={
        "A1": _world(_half, height=2, G_ell=1),
        "A2": _world(_half / 2, L_D=Fraction(1, 2)),
        "A3": _world(Fraction(1, 8), tilt=0, bend=1, L_B=Fraction(1, 2)),
        "A1-upd": _world(_half / 2, G_upd=Fraction(1, 2)),
        "LAG": _world(_half / 2, S_max=1),
        "STEP": _world(_half / 2),
    },
    attained=(_world(_tight),),
)
