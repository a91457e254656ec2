"""At lag-1 cosine zero the drift can be anything from zero to the order of t (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

import sympy

from ..proof.build import define, earlier, identity, inequality, lemma
from ..proof.models import Table
from ..proof.records import Claim, Rel
from ..proof.vectors import Inner, Norm
from ..stability_objects import TURN, TURN_X, TURN_Y
from ..symbols import G_upd, j_past, m_pair, n_pair, turn_sum, turn_x, turn_y, white_sq
from .diffusive_drift import CLAIM as DIFFUSIVE
from .diffusive_drift import process

_n, _pair = n_pair, turn_x + turn_y
_alternating, _white = 2 * _n**2 * G_upd**2, 2 * _n * G_upd**2


def _table(pairs: int) -> Table:
    values = {**process(2 * pairs, at=2 * _n).values, _n: pairs, turn_x: (0, 2), turn_y: (2, 0)}
    return Table(values | {turn_sum: (2 * pairs, 2 * pairs)}, indices={j_past: range(2 * pairs)})


CLAIM = Claim(
    id="lag-one-cosine",
    title="Three drifts at lag-1 cosine zero",
    kind="exact",
    statement=r"Updates of norm $G$, successive ones orthogonal, so that every lag-1 cosine is $0$. Two orthogonal"
    r" directions in turn, $x,y,x,y,\dots$: after $t=2n$ steps $\lVert\sum u\rVert^2=2n^2G^2$, that is $tG/\sqrt2$."
    r" A square, $x,y,-x,-y,\dots$: back at the start every four steps. Uncorrelated: $2nG^2$ in mean square. The"
    r" first is $\sqrt{t/2}$ times the last in RMS: $19$ times after $722$ steps, $32$ times after $2\,048$.",
    source="derived here",
    steps=(
        define("turn", TURN),
        define("norm-x", TURN_X),
        define("norm-y", TURN_Y),
        inequality("back", Inner(turn_y, -turn_x), "=", -Inner(turn_y, turn_x), "", "the turn of the square"),
        lemma("symmetric", "inner-symmetric", turn_y, turn_x),
        inequality("orthogonal", Inner(turn_y, -turn_x), "=", 0, "back symmetric turn", "orthogonal at every turn"),
        identity("square", turn_x + turn_y - turn_x - turn_y, 0, "", "four updates of the square cancel"),
        define(
            "sum",
            Rel(turn_sum, "=", sympy.Sum(_pair, (m_pair, 0, _n - 1))),
            why="n pairs of the alternating updates",
        ),
        identity("count", turn_sum, _n * _pair, "sum", "n equal pairs"),
        lemma("norm", "equal-norms", turn_sum, _n * _pair, uses="count"),
        lemma("scale", "homogeneity", _n, _pair),
        lemma("rhombus", "expand-square", turn_x, turn_y),
        inequality("pair", Norm(_pair) ** 2, "=", 2 * G_upd**2, "rhombus turn norm-x norm-y", "Pythagoras"),
        inequality("alternating", Norm(turn_sum) ** 2, "=", _alternating, "norm scale pair", "pairs in one direction"),
        earlier("uncorrelated", DIFFUSIVE, t=2 * _n),
        inequality(
            "factor", Norm(turn_sum) ** 2, "=", _n * white_sq(2 * _n), "alternating uncorrelated", "half the time"
        ),
    ),
    conclusions=("orthogonal", "square", "alternating", "uncorrelated", "factor"),
    formula=_alternating,
    formulas={"alternating": _alternating, "white": _white, "rms": sympy.sqrt(_n)},
    attained=(_table(2),),
)
