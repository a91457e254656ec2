"""Ballistic drift: aligned updates of one norm move the learner by exactly t eta G (derived here)."""

from __future__ import annotations

from ..objects import DIRECTION, LEARNER
from ..proof.build import assume, define, identity, inequality, lemma
from ..proof.models import World
from ..proof.records import Claim
from ..proof.vectors import Norm
from ..stability_objects import ALIGNED
from ..symbols import G_upd, e_dir, eta, k_step, t_step, theta_at

_moved = theta_at(t_step) - theta_at(0)
_way = t_step * eta * G_upd

CLAIM = Claim(
    id="ballistic-drift",
    title="Ballistic drift",
    kind="exact",
    statement=r"Aligned updates $u_k=G_{\mathrm{upd}}e$, $\lVert e\rVert=1$:"
    r" $\lVert\theta_t-\theta_0\rVert=t\,\eta\,G_{\mathrm{upd}}$, the largest drift that the bound on the updates"
    r" allows (claim drift), at every step.",
    source="arXiv 2607.01083 (ballistic drift, as read by third parties), derived here",
    steps=(
        define("step", LEARNER),
        lemma("telescope", "telescoping", theta_at, k_step, 0, t_step),
        assume("aligned", ALIGNED, k_step),
        identity("line", _moved, _way * e_dir, "telescope step aligned", "t equal moves along one line"),
        lemma("norm", "equal-norms", _moved, _way * e_dir, uses="line"),
        lemma("scale", "homogeneity", _way, e_dir),
        define("unit", DIRECTION),
        inequality("conclusion", Norm(_moved), "=", _way, "norm scale unit", "the direction has norm one"),
    ),
    conclusions=("conclusion",),
    formula=_way,
    necessity={"ALIGNED": World({eta: 1, G_upd: 1}, points={e_dir: 1}, updates=(1, -1), t=2)},
    attained=(World({eta: 1, G_upd: 3}, points={e_dir: -1}, updates=(-3, -3), t=2),),
)
