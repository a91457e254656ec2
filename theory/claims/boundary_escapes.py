"""Two ways in which long survival below S eta = a agrees with collapse at b/eta above it (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from ..laws import law
from ..proof.build import assume, define, earlier, inequality
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel
from ..symbols import G_upd, R_crit, S_sync, T_horizon, a_plan, b_plan, eta, t_step
from .diffusive_collapse import CLAIM as DIFFUSIVE
from .diffusive_drift import process

_max = law("max").eta_max

BELOW = Assumption(
    "BELOW", "Below the staleness threshold", r"$S\,\eta\le a$.", lambda: Rel(S_sync * eta, "<=", a_plan)
)


def _run(steps: int, crit: int, threshold: int) -> Table:
    """A run of ``steps`` uncorrelated updates of norm 2 at eta = 1, S = 2, any horizon."""
    base = process(steps)
    values = {**base.values, eta: 1, R_crit: crit, a_plan: threshold, b_plan: crit // 2}
    return Table(values | {S_sync: 2, T_horizon: 100}, indices=base.indices)


CLAIM = Claim(
    id="boundary-escapes",
    title="Two escapes",
    kind="exact",
    statement=r"Long survival below $S\eta=a$ and collapse at $b/\eta$ above it are compatible if (i) the hazard is"
    r" switched off below: the max form contains every $(\eta,S)$ with $S\eta\le a$ at every horizon; or (ii) drift is"
    r" diffusive there: $t_{\mathrm c}=(b/\eta)^2$, that is $b/\eta$ times the ballistic $b/\eta$: at $\eta=5\cdot"
    r"10^{-8}$ and $b=3.2\cdot10^{-5}$ it is $409\,600$ steps instead of $640$. The second still collapses in the end,"
    r" the first never: only horizons beyond $(b/\eta)^2$ tell them apart.",
    source="(ii) is the explanation of arXiv 2607.01083 as read by third parties; derived here",
    steps=(
        define("b", Rel(b_plan, "=", R_crit / G_upd), why="planning constant of the critical radius"),
        assume("below", BELOW),
        inequality("off", eta, "<=", _max, "below", "at every horizon"),
        earlier("diffusive", DIFFUSIVE),
        inequality("time", t_step, "=", (b_plan / eta) ** 2, "diffusive b", "in units of the planning constant"),
    ),
    conclusions=("off", "time"),
    formula=(b_plan / eta) ** 2,
    formulas={"ballistic": b_plan / eta, "off": _max},
    necessity={"BELOW": _run(4, 4, 1), "REACHED": _run(3, 4, 2)},
    attained=(_run(4, 4, 2),),
)
