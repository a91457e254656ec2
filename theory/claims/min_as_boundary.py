"""The min form read as *if and only if* against runs that collapsed and a run that did not (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

from ..laws import law
from ..proof.build import assume, inequality
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel
from ..readings import PUBLISHED, A, B
from ..symbols import S_c, S_sync, T_horizon, a_plan, b_plan, eta, eta_c, t_dead, t_last

_min = law("min").eta_max


def _at(interval: Any, steps: Any) -> Any:
    return _min.subs({S_sync: interval, T_horizon: steps}, simultaneous=True)


SEEN_ALIVE = Assumption(
    "SEEN-ALIVE",
    "The collapsed run was alive before",
    r"$\eta_{\mathrm c}\le\min(a/S_{\mathrm c},b/t_1)$: alive at $t_1$, by the law read as necessary.",
    lambda: Rel(eta_c, "<=", _at(S_c, t_last)),
)
SEEN_DEAD = Assumption(
    "SEEN-DEAD",
    "It collapsed",
    r"$\eta_{\mathrm c}>\min(a/S_{\mathrm c},b/t_2)$: collapsed by $t_2$, by the law read as sufficient.",
    lambda: Rel(eta_c, ">", _at(S_c, t_dead)),
)
SURVIVED = Assumption(
    "SURVIVED",
    "Another run survived",
    r"$\eta\le\min(a/S,b/T)$: alive at $T$, by the law read as necessary.",
    lambda: Rel(eta, "<=", _min),
)

_fast = PUBLISHED[0]  # eta = 1e-6, S = 8, alive at t = 31, collapsed at 32
_slow = PUBLISHED[-1]  # eta = 5e-8, S = 8, alive at T = 640


def _runs(rate: Fraction, steps: int, a: Fraction = 10 * A, b: Fraction = B - _fast.eta / 4) -> Table:
    """The published collapse and another run with this learning rate that is said to be alive at this step."""
    values: dict[Any, Any] = {eta_c: _fast.eta, S_c: _fast.S, t_last: _fast.T, t_dead: _fast.T + 1}
    return Table(values | {eta: rate, S_sync: _slow.S, T_horizon: steps, a_plan: a, b_plan: b})


CLAIM = Claim(
    id="min-as-boundary",
    title="The min form is not the boundary of the published readings",
    kind="upper",
    statement=r"Read $\eta\le\min(a/S,b/T)$ as stable if and only if. If a run at $(\eta_{\mathrm c},S_{\mathrm c})$"
    r" was alive at $t_1$ and had collapsed by $t_2$, every run alive at $T$ has $\eta\,T<\eta_{\mathrm c}t_2$,"
    r" whatever $a$ and $b$. The readings of the figures say otherwise: a collapse at $\eta_{\mathrm c}=10^{-6}$,"
    r" $t_2=32$, and no collapse at $\eta=5\cdot10^{-8}$ over a long horizon, here taken as $T\ge640$, for its"
    r" length is not stated (at $\eta=8\cdot10^{-8}$, which survived, too, $400$ steps would do)."
    r" So no $a,b$ reproduce them (the three observations are a smallest such set),"
    r" and the min form can only be sufficient, as Theorem 2 says."
    r" At the readings' own $a=1.6\cdot10^{-6}$ and $b=3.2\cdot10^{-5}$ the solver names $S=8$, $\eta=2^{-23}$,"
    r" $T=640$: stable by $S\eta<a$, unstable by the min form.",
    source="derived here; readings of the figures of arXiv 2607.01083 by third parties",
    steps=(
        assume("alive", SEEN_ALIVE),
        assume("dead", SEEN_DEAD),
        inequality("fresh", eta_c * S_c, "<=", a_plan, "alive", "so staleness is not what it died of"),
        inequality("horizon", eta_c * t_dead, ">", b_plan, "fresh dead", "but the horizon"),
        assume("survived", SURVIVED),
        inequality("long", eta * T_horizon, "<=", b_plan, "survived", "which the other run has not reached"),
        inequality("conclusion", eta * T_horizon, "<", eta_c * t_dead, "horizon long", "compare the two"),
    ),
    conclusions=("conclusion",),
    formula=eta_c * t_dead,
    necessity={
        "SEEN-ALIVE": _runs(_slow.eta, _slow.T, a=_slow.eta * _slow.S, b=2 * B),
        "SEEN-DEAD": _runs(_slow.eta, _slow.T, b=2 * B),
        "SURVIVED": _runs(_slow.eta, _slow.T),
    },
    attained=(_runs(_fast.eta / 4, 127),),
)
