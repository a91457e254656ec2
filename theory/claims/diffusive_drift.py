"""Diffusive drift: uncorrelated updates move the learner by sqrt(t) eta G in RMS (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from typing import Any

import sympy

from ..proof.build import define, identity, inequality, lemma
from ..proof.models import Table
from ..proof.records import Claim, Rel
from ..stability_objects import WHITE_DRIFT, WHITE_DRIFT_START
from ..symbols import G_upd, j_past, t_step, white_gap, white_sq

_t, _j = t_step, j_past


def _gap(j: Any) -> Any:
    return white_sq(j) - j * G_upd**2


def process(steps: int, at: Any = _t) -> Table:
    """``steps`` uncorrelated updates of norm 2; ``at`` stands for their number."""
    values: dict[Any, Any] = {G_upd: 2, at: steps}
    values |= {white_sq(j): 4 * j for j in range(steps + 1)} | {white_gap(j): 0 for j in range(steps + 1)}
    return Table(values | {white_sq(at): 4 * steps, white_gap(at): 0}, indices={_j: range(steps)})


CLAIM = Claim(
    id="diffusive-drift",
    title="Diffusive drift",
    kind="exact",
    statement=r"Uncorrelated updates of mean square $G_{\mathrm{upd}}^2$: their sum has mean square"
    r" $B_t=t\,G_{\mathrm{upd}}^2$, the drift is $\sqrt t\,\eta\,G_{\mathrm{upd}}$ in RMS.",
    source="arXiv 2607.01083 (diffusive drift, as read by third parties), derived here",
    steps=(
        define("white", WHITE_DRIFT, _j),
        define("start", WHITE_DRIFT_START),
        define("gap", Rel(white_gap(_j), "=", _gap(_j)), why="less its closed form"),
        identity("gap-step", white_gap(_j + 1), white_gap(_j), "gap white", "both grow alike"),
        define("gap-first", Rel(white_gap(0), "=", _gap(0))),
        identity("gap-start", white_gap(0), 0, "gap-first start", "and start alike"),
        lemma("gap-zero", "geometric-zero", white_gap, _j, sympy.S.One, _t, uses="gap-step gap-start", why="induction"),
        define("gap-last", Rel(white_gap(_t), "=", _gap(_t))),
        inequality("conclusion", white_sq(_t), "=", _t * G_upd**2, "gap-zero gap-last", "one square per update"),
    ),
    conclusions=("conclusion",),
    formula=_t * G_upd**2,
    attained=(process(3),),
)
