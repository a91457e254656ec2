"""Collapse time of diffusive drift, in the model in which the critical radius speaks of the root mean square."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from ..proof.build import assume, earlier, inequality
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel
from ..symbols import G_upd, R_crit, eta, t_step, white_sq
from .diffusive_drift import CLAIM as DIFFUSIVE
from .diffusive_drift import process

_time = (R_crit / (eta * G_upd)) ** 2

REACHED = Assumption(
    "REACHED",
    "Collapse where the RMS drift reaches the critical radius",
    r"$\eta^2B_t=R_{\mathrm{crit}}^2$: a model in which $R_{\mathrm{crit}}$ speaks of the root mean square.",
    lambda: Rel(eta**2 * white_sq(t_step), "=", R_crit**2),
)


def _process(steps: int) -> Table:
    """``steps`` updates of norm 2 at eta = 1, with R_crit = 4."""
    base = process(steps)
    return Table({**base.values, eta: 1, R_crit: 4}, indices=base.indices)


CLAIM = Claim(
    id="diffusive-collapse",
    title="Theorem 3 under diffusive drift",
    kind="exact",
    statement=r"If a run of uncorrelated updates collapses where its RMS drift is $R_{\mathrm{crit}}$, then"
    r" $t_{\mathrm c}=(R_{\mathrm{crit}}/(\eta\,G_{\mathrm{upd}}))^2$: slope $-2$ in $\log\eta$ against $-1$ under"
    r" ballistic drift, and the square of the ballistic time, so later wherever that is more than one step.",
    source="derived here",
    steps=(
        earlier("drift", DIFFUSIVE),
        assume("reached", REACHED),
        inequality("conclusion", t_step, "=", _time, "drift reached", "solved for the time"),
    ),
    conclusions=("conclusion",),
    formula=_time,
    necessity={"REACHED": _process(3)},
    attained=(_process(4),),
)
