"""Cumulative drift: the learner moves at most eta * G_upd per step (derived; used twice by arXiv 2607.01083)."""

from __future__ import annotations

import sympy

from ..assumptions import A1_UPD
from ..objects import LEARNER
from ..proof.build import assume, define, identity, inequality, lemma
from ..proof.models import World
from ..proof.records import Claim
from ..proof.vectors import Norm
from ..symbols import G_upd, eta, k_step, s_lag, t_step, theta_at, u_at

_window = (k_step, t_step - s_lag, t_step - 1)
_steps = sympy.Sum(u_at(k_step), _window)
_moved = theta_at(t_step) - theta_at(t_step - s_lag)
_bound = s_lag * eta * G_upd

CLAIM = Claim(
    id="drift",
    title="Drift over s learner steps",
    kind="upper",
    statement=r"$\lVert\theta_t-\theta_{t-s}\rVert\le s\,\eta\,G_{\mathrm{upd}}$ for every $0\le s\le t$.",
    source="derived here by telescoping; implicit in arXiv 2607.01083",
    steps=(
        define("step", LEARNER),
        lemma("telescope", "telescoping", theta_at, k_step, t_step - s_lag, t_step),
        identity("sum", _moved, eta * _steps, "telescope step", "insert the learner step"),
        lemma("scale", "homogeneity", eta, _steps),
        lemma("triangle", "triangle", _steps),
        assume("updates", A1_UPD, k_step),
        inequality(
            "each",
            sympy.Sum(Norm(u_at(k_step)), _window),
            "<=",
            sympy.Sum(G_upd, _window),
            "updates",
            "term by term",
        ),
        identity("count", sympy.Sum(G_upd, _window), s_lag * G_upd, "", "s equal terms"),
        lemma("norm", "equal-norms", _moved, eta * _steps, uses="sum"),
        inequality(
            "conclusion",
            Norm(_moved),
            "<=",
            _bound,
            "norm scale triangle each count",
            "put together; the learning rate is positive",
        ),
    ),
    conclusions=("conclusion",),
    formula=_bound,
    necessity={"A1-upd": World({eta: 1, G_upd: 1}, updates=(2, 2), t=2, lag=2)},
    attained=(
        World({eta: 1, G_upd: 1}, updates=(1, 1), t=2, lag=2),
        World({eta: 2, G_upd: 3}, updates=(0, -3), t=2, lag=1),
    ),
)
