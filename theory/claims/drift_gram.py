"""Drift from the Gram matrix of the updates; a stationary correlation gives the recursion of correlated drift."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
from __future__ import annotations

from typing import Any

import sympy

from ..objects import LEARNER
from ..proof.build import assume, define, identity, inequality, lemma
from ..proof.models import World
from ..proof.records import Assumption, Claim, Rel
from ..proof.vectors import Inner, Norm
from ..symbols import G_upd, corr, corr_at, eta, h_gap, j_past, k_step, t_step, theta_at, u_at

_t, _j, _square = t_step, j_past, G_upd**2
_last, _past = u_at(_t), sympy.Sum(u_at(_j), (_j, 0, _t - 1))
_upto = sympy.Sum(u_at(k_step), (k_step, 0, _t))
_before, _after = theta_at(_t) - theta_at(0), theta_at(_t + 1) - theta_at(0)
_products = sympy.Sum(Inner(_last, u_at(_j)), (_j, 0, _t - 1))
_row = sympy.Sum(corr_at(h_gap), (h_gap, 1, _t))
_correlated = _square * corr_at(_t - _j)

GRAM = Assumption(
    "GRAM",
    "Stationary correlation",
    r"$\langle u_i,u_j\rangle=G_{\mathrm{upd}}^2\,r_{\lvert i-j\rvert}$ for $i\ne j$.",
    lambda i, j: Rel(Inner(u_at(i), u_at(j)), "=", _square * corr_at(i - j)),
)
EQUAL_NORMS = Assumption(
    "EQUAL-NORMS",
    "Updates of one norm",
    r"$\lVert u_k\rVert=G_{\mathrm{upd}}$.",
    lambda k: Rel(Norm(u_at(k)), "=", G_upd),
)


def _world(updates: tuple[int, ...], rows: tuple[int, ...]) -> World:
    """Updates u_0..u_t, t = 2, and correlations r_1, r_2."""
    values: dict[Any, Any] = {eta: 1, G_upd: 1, corr_at(1): rows[0], corr_at(2): rows[1]}
    values |= {corr_at(_t - k): rows[1 - k] for k in (0, 1)}  # at the arguments as they are written
    return World(values, updates=updates, t=2, indices={_j: range(2)})


CLAIM = Claim(
    id="drift-gram",
    title="Drift from the Gram matrix of the updates",
    kind="exact",
    statement=r"$\lVert\theta_{t+1}-\theta_0\rVert^2=\lVert\theta_t-\theta_0\rVert^2+\eta^2\bigl(\lVert u_t\rVert^2"
    r"+2\sum_{j<t}\langle u_t,u_j\rangle\bigr)$: the drift is the sum of the Gram matrix of the updates, for every run"
    r" (worst case). For random updates read $\mathbb E\langle\cdot,\cdot\rangle$ for the inner product: it is one, and"
    r" the drift is then the root mean square (RMS). With a stationary correlation $r_h$ at distance $h$ and norms"
    r" $G_{\mathrm{upd}}$ one update adds $\eta^2G_{\mathrm{upd}}^2(1+2\sum_{h=1}^tr_h)$: the recursion of correlated"
    r" drift, with $r_h=c^h$ for AR(1) and $r_h=c$ for a mean part; $r=0$ is diffusive, $r=1$ ballistic.",
    source="derived here",
    steps=(
        define("step", LEARNER),
        lemma("telescope", "telescoping", theta_at, _j, 0, _t),
        lemma("longer", "telescoping", theta_at, k_step, 0, _t + 1),
        lemma("split", "split-last", _upto, _j),
        identity("now", _before, eta * _past, "telescope step", "insert the learner step"),
        identity("next", _after, eta * _upto, "longer step", "and one more"),
        lemma("norm-now", "equal-norms", _before, eta * _past, uses="now"),
        lemma("norm-next", "equal-norms", _after, eta * _upto, uses="next"),
        lemma("apart", "equal-norms", _upto, _last + _past, uses="split", why="the last update apart"),
        lemma("scale-now", "homogeneity", eta, _past),
        lemma("scale-next", "homogeneity", eta, _upto),
        lemma("square", "expand-square", _last, _past),
        inequality(
            "gram",
            Norm(_after) ** 2,
            "=",
            Norm(_before) ** 2 + eta**2 * (Norm(_last) ** 2 + 2 * _products),
            "norm-now norm-next apart scale-now scale-next square",
            "the square of a sum of two vectors",
        ),
        assume("correlated", GRAM, _t, _j),
        lemma("termwise", "termwise-equal", _products, _correlated, uses="correlated"),
        lemma("backwards", "sum-backwards", corr_at, _j, h_gap, _t),
        inequality("row", _products, "=", _square * _row, "termwise backwards", "distances instead of steps"),
        assume("norm", EQUAL_NORMS, _t),
        inequality(
            "stationary",
            Norm(_after) ** 2,
            "=",
            Norm(_before) ** 2 + eta**2 * _square * (1 + 2 * _row),
            "gram row norm",
            "put together",
        ),
    ),
    conclusions=("gram", "stationary"),
    formula=eta**2 * _square * (1 + 2 * sympy.Sum(corr**h_gap, (h_gap, 1, _t))),
    formulas={"mean": eta**2 * _square * (1 + 2 * corr * _t)},
    necessity={"GRAM": _world((1, 1, -1), (1, 1)), "EQUAL-NORMS": _world((0, 0, 2), (0, 0))},
    attained=(_world((1, -1, 1), (-1, 1)),),
)
