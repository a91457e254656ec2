"""Lemma L2: the behaviour policy is at most S_max * eta * G_upd away (arXiv 2607.01083)."""

from __future__ import annotations

from ..assumptions import LAG
from ..objects import BEHAVIOUR
from ..proof.build import assume, define, earlier, identity, inequality, lemma
from ..proof.models import World
from ..proof.records import Claim
from ..proof.vectors import Norm
from ..symbols import G_upd, S_max, eta, phi_at, s_lag, t_step, theta_at
from .drift import CLAIM as DRIFT

_gap = theta_at(t_step) - phi_at(t_step)
_moved = theta_at(t_step) - theta_at(t_step - s_lag)
_distance = Norm(_gap)
_bound = S_max * eta * G_upd

CLAIM = Claim(
    id="lag-drift",
    title="Lemma L2: distance of the behaviour policy",
    kind="upper",
    statement=r"$\lVert\theta_t-\varphi_t\rVert\le S_{\max}\,\eta\,G_{\mathrm{upd}}$.",
    source="arXiv 2607.01083, derived here",
    steps=(
        define("behaviour", BEHAVIOUR),
        earlier("drift", DRIFT),
        identity("old", _gap, _moved, "behaviour", "the behaviour policy is the learner of s_t steps ago"),
        lemma("same", "equal-norms", _gap, _moved, uses="old"),
        assume("lag", LAG),
        inequality("conclusion", _distance, "<=", _bound, "same drift lag", "the lag is at most S_max"),
    ),
    conclusions=("conclusion",),
    formula=_bound,
    necessity={
        "A1-upd": World({eta: 1, G_upd: 1, S_max: 2}, updates=(2, 2), t=2, lag=2),
        "LAG": World({eta: 1, G_upd: 1, S_max: 1}, updates=(1, 1), t=2, lag=2),
    },
    attained=(
        World({eta: 1, G_upd: 1, S_max: 2}, updates=(1, 1), t=2, lag=2),
        World({eta: 2, G_upd: 3, S_max: 3}, updates=(3, 3, 3), t=3, lag=3),
    ),
)
