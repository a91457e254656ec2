"""What the lag-1 cosine does bound: the worst-case drift of pairs of updates (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from ..assumptions import A1_UPD
from ..objects import LEARNER
from ..proof.build import assume, define, identity, inequality, lemma
from ..proof.models import Table, World
from ..proof.records import Assumption, Claim, Rel
from ..proof.vectors import Inner, Norm
from ..symbols import G_upd, cos_half, eta, k_step, m_pair, n_pair, theta_at, u_at

_m, _n = m_pair, n_pair
_first, _second = u_at(2 * _m), u_at(2 * _m + 1)
_moved = theta_at(2 * _n) - theta_at(0)
_all = sympy.Sum(u_at(k_step), (k_step, 0, 2 * _n - 1))
_pairs = (_m, 0, _n - 1)
_largest = 2 * cos_half * G_upd
_bound = 2 * _n * eta * G_upd * cos_half

LAG_ONE = Assumption(
    "LAG-1",
    "Cosine of successive updates",
    r"$\langle u_{2m},u_{2m+1}\rangle\le(2\kappa^2-1)\,G_{\mathrm{upd}}^2$.",
    lambda x, y: Rel(Inner(x, y), "<=", (2 * cos_half**2 - 1) * G_upd**2),
)


def _line(first: Fraction | int, second: int, cosine: Fraction | int) -> World:
    """One pair of updates on a line; G_upd = 1."""
    return World({eta: 1, G_upd: 1, cos_half: cosine, _n: 1}, updates=(first, second), indices={_m: range(1)})


def _plane() -> Table:
    """Two pairs of updates (4/5, 3/5), (4/5, -3/5)."""
    up, down = (Fraction(4, 5), Fraction(3, 5)), (Fraction(4, 5), -Fraction(3, 5))
    values: dict[Any, Any] = {eta: 1, G_upd: 1, cos_half: Fraction(4, 5), _n: 2}
    place = (Fraction(0), Fraction(0))
    for k in range(4):
        values |= {u_at(k): (up, down)[k % 2], theta_at(k): place}
        place = (place[0] + values[u_at(k)][0], place[1] + values[u_at(k)][1])
    values |= {theta_at(4): place, theta_at(2 * _n): place}
    return Table(values, indices={k_step: range(4), _m: range(2)})


CLAIM = Claim(
    id="pair-cosine",
    title="What the lag-1 cosine bounds",
    kind="upper",
    statement=r"If the updates have norm at most $G_{\mathrm{upd}}$ and every second pair of successive ones has"
    r" $\langle u_{2m},u_{2m+1}\rangle\le(2\kappa^2-1)\,G_{\mathrm{upd}}^2$, for full lengths an angle of at"
    r" least $2\arccos\kappa$, then $\lVert\theta_{2n}-\theta_0\rVert\le2n\,\eta\,G_{\mathrm{upd}}\,\kappa$. Two"
    r" directions in turn attain it: at lag-1 cosine $c$ the worst drift over an even number $t$ of steps is"
    r" $t\,\eta\,G_{\mathrm{upd}}\sqrt{(1+c)/2}$, of the order of $t$ for every $c>-1$.",
    source="derived here",
    steps=(
        define("step", LEARNER),
        lemma("telescope", "telescoping", theta_at, k_step, 0, 2 * _n),
        identity("sum", _moved, eta * _all, "telescope step", "insert the learner step"),
        lemma("norm", "equal-norms", _moved, eta * _all, uses="sum"),
        lemma("scale", "homogeneity", eta, _all),
        lemma("pairs", "sum-in-pairs", u_at, k_step, _m, _n),
        lemma("pair-norm", "equal-norms", _all, sympy.Sum(_first + _second, _pairs), uses="pairs"),
        lemma("triangle", "triangle", sympy.Sum(_first + _second, _pairs)),
        lemma("square", "expand-square", _first, _second),
        assume("even", A1_UPD, 2 * _m),
        assume("odd", A1_UPD, 2 * _m + 1),
        assume("cosine", LAG_ONE, _first, _second),
        inequality("even-square", Norm(_first) ** 2, "<=", G_upd**2, "even", "norms are not negative"),
        inequality("odd-square", Norm(_second) ** 2, "<=", G_upd**2, "odd", "norms are not negative"),
        inequality(
            "pair-square", Norm(_first + _second) ** 2, "<=", _largest**2, "square even-square odd-square cosine", ""
        ),
        inequality("pair", Norm(_first + _second), "<=", _largest, "pair-square", "the longest diagonal of a rhombus"),
        inequality(
            "each", sympy.Sum(Norm(_first + _second), _pairs), "<=", sympy.Sum(_largest, _pairs), "pair", "term by term"
        ),
        identity("count", sympy.Sum(_largest, _pairs), _n * _largest, "", "n equal terms"),
        inequality(
            "conclusion", Norm(_moved), "<=", _bound, "norm scale pair-norm triangle each count", "put together"
        ),
    ),
    conclusions=("conclusion",),
    formula=_bound,
    necessity={"A1-upd": _line(Fraction(1, 4), 4, 1), "LAG-1": _line(1, 1, Fraction(1, 2))},
    attained=(_plane(),),
)
