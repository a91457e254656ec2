"""Lemma L2 for a bounded queue with W workers: the lag is at most W + Q when batches are used in order."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from ..proof.build import assume, earlier, inequality
from ..proof.models import World
from ..proof.records import Assumption, Claim, Rel
from ..proof.vectors import Norm
from ..symbols import G_upd, Q_cap, W_work, eta, n_batch, s_lag, t_step, theta_at
from .drift import CLAIM as DRIFT

_bound = (W_work + Q_cap) * eta * G_upd

IN_ORDER = Assumption(
    "IN-ORDER",
    "Batches are used in the order in which they were started",
    r"One batch per learner step, in order: batch $n_{\mathrm{b}}$ (counted from 0) is used by the step from"
    r" $\theta_t$ with $t\le n_{\mathrm{b}}$. A batch that later ones may overtake has no bounded lag, whatever"
    r" the queue holds.",
    lambda: Rel(t_step, "<=", n_batch),
)
CAPACITY = Assumption(
    "CAPACITY",
    "Bounded queue",
    r"Batch $n_{\mathrm{b}}$ is started by $\theta_{t-s_t}$, when $t-s_t$ batches are done. The others of the batches"
    r" $0..n_{\mathrm{b}}$ are with the $W$ workers, in a queue of $Q$ places, or with the learner:"
    r" $n_{\mathrm{b}}+1-(t-s_t)\le W+Q+1$.",
    lambda: Rel(n_batch + 1 - (t_step - s_lag), "<=", W_work + Q_cap + 1),
)


def _world(update: int = 1, batch: int = 3, lag: int = 2) -> World:
    """One worker and one place: batch 3 is started by theta_1 and used at step t = 3; each update has norm 1."""
    return World({eta: 1, G_upd: 1, W_work: 1, Q_cap: 1, n_batch: batch}, updates=(update,) * 3, t=3, lag=lag)


CLAIM = Claim(
    id="lag-queue",
    title="Lemma L2 for a bounded queue",
    kind="upper",
    statement=r"$W$ workers, each making one batch at a time, put finished batches into a queue of $Q$ places, and one"
    r" learner uses them in the order of their starts: the lag is at most $W+Q$ learner steps, so"
    r" $\lVert\theta_t-\theta_{t-s_t}\rVert\le(W+Q)\,\eta\,G_{\mathrm{upd}}$. The mean lag, which emerges from the"
    r" timing, is then at most $W+Q$, too; one worker and one place that are always full reach it.",
    source="derived here",
    steps=(
        assume("order", IN_ORDER),
        assume("capacity", CAPACITY),
        inequality("lag", s_lag, "<=", W_work + Q_cap, "order capacity", "batches started before and not yet done"),
        earlier("drift", DRIFT, why="drift since the start of the batch"),
        inequality("conclusion", Norm(theta_at(t_step) - theta_at(t_step - s_lag)), "<=", _bound, "drift lag", "chain"),
    ),
    conclusions=("lag", "conclusion"),
    formula=_bound,
    formulas={"lag": W_work + Q_cap},
    necessity={"A1-upd": _world(update=2), "IN-ORDER": _world(batch=2, lag=3), "CAPACITY": _world(lag=3)},
    attained=(_world(),),
)
