"""Drift of correlated updates: AR(1) and mean part in closed form; the lag-1 cosine does not tell them apart."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from ..dynamics_objects import (
    AR_DRIFT,
    AR_DRIFT_START,
    AR_ROW,
    AR_ROW_START,
    BOTH_DRIFT,
    BOTH_DRIFT_START,
    MEAN_DRIFT,
    MEAN_DRIFT_START,
)
from ..proof.build import define, identity, inequality, lemma
from ..proof.models import Table
from ..proof.records import Claim, Rel
from ..symbols import (
    G_upd,
    ar_drift,
    ar_gap,
    ar_rest,
    ar_row,
    both_drift,
    both_rest,
    corr,
    j_cyc,
    mean_drift,
    mean_rest,
    mean_share,
    t_step,
)

_c, _t, _j, _square, _share = corr, t_step, j_cyc, G_upd**2, mean_share
_one = sympy.S.One


def _ar(t: Any) -> Any:
    """``(1 - c)^2 E_t / G^2``."""
    return t * (1 - _c**2) - 2 * _c * (1 - _c**t)


def _mean(t: Any) -> Any:
    """``M_t / G^2``."""
    return t + _c * t * (t - 1)


def _gap(t: Any) -> Any:
    return (1 - _c) * ar_row(t) - _c * (1 - _c**t)


def _rest(t: Any) -> Any:
    return (1 - _c) ** 2 * ar_drift(t) - _square * _ar(t) + 2 * _square * ar_gap(t)


def _both(t: Any) -> Any:
    """``P_t`` less its closed form: the mean alone moves ``t^2``, the rest as AR(1)."""
    return both_drift(t) - _share * _square * t**2 - (1 - _share) * ar_drift(t)


def run(c: Fraction, steps: int) -> Table:
    """The three processes over ``steps`` updates of mean square 4; the mean takes a quarter in the third."""
    row, ar, mean, both, share = [Fraction(0)], [Fraction(0)], [Fraction(0)], [Fraction(0)], Fraction(1, 4)
    for k in range(steps):
        ar.append(ar[-1] + 4 * (1 + 2 * row[-1]))
        mean.append(mean[-1] + 4 * (1 + 2 * c * k))
        both.append(both[-1] + 4 * (1 + 2 * (share * k + (1 - share) * row[-1])))
        row.append(c * (1 + row[-1]))
    values: dict[Any, Any] = {_c: c, _share: share, G_upd: 2, _t: steps, _j: steps - 1}
    for k in range(steps + 1):
        values |= {ar_row(k): row[k], ar_drift(k): ar[k], mean_drift(k): mean[k], both_drift(k): both[k]}
        values |= {ar_gap(k): 0, ar_rest(k): 0, mean_rest(k): 0, both_rest(k): 0}
    for at, k in ((_t, steps), (_j, steps - 1), (_j + 1, steps)):  # statements at symbolic arguments
        values |= {ar_row(at): row[k], ar_drift(at): ar[k], mean_drift(at): mean[k], both_drift(at): both[k]}
        values |= {ar_gap(at): 0, ar_rest(at): 0, mean_rest(at): 0, both_rest(at): 0}
    return Table(values)


CLAIM = Claim(
    id="correlated-drift",
    title="Drift of correlated updates, and what the lag-1 cosine cannot tell",
    kind="exact",
    statement=r"$\mathbb E\lVert u_k\rVert^2=G^2$, where $G=G_{\mathrm{upd}}$."
    r" If $\mathbb E\langle u_i,u_j\rangle=G^2c^{\lvert i-j\rvert}$ then"
    r" $\mathbb E\lVert\sum_{k<t}u_k\rVert^2=G^2\bigl[t\frac{1+c}{1-c}-\frac{2c(1-c^t)}{(1-c)^2}\bigr]$ for $c\ne1$;"
    r" if $\mathbb E\langle u_i,u_j\rangle=G^2c$ for all $i\ne j$ (a mean part) it is $G^2[t+c\,t(t-1)]$. If both"
    r" are there, a mean that holds the share $c_\mu$ of the mean square and AR(1) around it, $\mathbb E\langle u_i,u_j"
    r"\rangle=G^2[c_\mu+(1-c_\mu)c^{\lvert i-j\rvert}]$, it is $G^2\bigl[c_\mu t^2+(1-c_\mu)\bigl(t\frac{1+c}{1-c}"
    r"-\frac{2c(1-c^t)}{(1-c)^2}\bigr)\bigr]$. The sums follow the recursion of the claim drift-gram. For $0<c<1$ the"
    r" first two have the same lag-1 cosine $c$ and the same drift up to $t=2$; at $t=3$ they differ by $2c(1-c)G^2$:"
    r" the lag-1 cosine does not identify the drift (by how much: claim drift-ratio).",
    source="derived here",
    steps=(
        define("row", AR_ROW, _j),
        define("row-start", AR_ROW_START),
        define("drift", AR_DRIFT, _j),
        define("drift-start", AR_DRIFT_START),
        define("gap", Rel(ar_gap(_j), "=", _gap(_j)), why="geometric sum less its closed form"),
        identity("gap-step", ar_gap(_j + 1), _c * ar_gap(_j), "gap row", "both follow one recursion"),
        define("gap-first", Rel(ar_gap(0), "=", _gap(0))),
        identity("gap-start", ar_gap(0), 0, "gap-first row-start", "and start alike"),
        lemma("gap-zero", "geometric-zero", ar_gap, _j, _c, _t, uses="gap-step gap-start", why="by induction"),
        define("rest", Rel(ar_rest(_j), "=", _rest(_j)), why="drift less its closed form, and a multiple of the gap"),
        identity("rest-step", ar_rest(_j + 1), ar_rest(_j), "rest drift gap row", "they cancel"),
        define("rest-first", Rel(ar_rest(0), "=", _rest(0))),
        inequality("rest-start", ar_rest(0), "=", 0, "rest-first drift-start gap-start", ""),
        lemma("rest-zero", "geometric-zero", ar_rest, _j, _one, _t, uses="rest-step rest-start", why="by induction"),
        define("rest-last", Rel(ar_rest(_t), "=", _rest(_t))),
        inequality(
            "ar", (1 - _c) ** 2 * ar_drift(_t), "=", _square * _ar(_t), "rest-zero rest-last gap-zero", "AR(1) drift"
        ),
        define("mean", MEAN_DRIFT, _j),
        define("mean-start", MEAN_DRIFT_START),
        define("off", Rel(mean_rest(_j), "=", mean_drift(_j) - _square * _mean(_j)), why="less its closed form"),
        identity("off-step", mean_rest(_j + 1), mean_rest(_j), "off mean", "both follow one recursion"),
        define("off-first", Rel(mean_rest(0), "=", mean_drift(0) - _square * _mean(0))),
        identity("off-start", mean_rest(0), 0, "off-first mean-start", "and start alike"),
        lemma("off-zero", "geometric-zero", mean_rest, _j, _one, _t, uses="off-step off-start", why="by induction"),
        define("off-last", Rel(mean_rest(_t), "=", mean_drift(_t) - _square * _mean(_t))),
        inequality("part", mean_drift(_t), "=", _square * _mean(_t), "off-zero off-last", "drift with a mean part"),
        define("both", BOTH_DRIFT, _j),
        define("both-start", BOTH_DRIFT_START),
        define("apart", Rel(both_rest(_j), "=", _both(_j)), why="less its closed form"),
        identity("apart-step", both_rest(_j + 1), both_rest(_j), "apart both drift", "the correlations add up"),
        define("apart-first", Rel(both_rest(0), "=", _both(0))),
        inequality("apart-start", both_rest(0), "=", 0, "apart-first both-start drift-start", "and start alike"),
        lemma("apart-zero", "geometric-zero", both_rest, _j, _one, _t, uses="apart-step apart-start", why="induction"),
        define("apart-last", Rel(both_rest(_t), "=", _both(_t))),
        inequality(
            "together",
            (1 - _c) ** 2 * both_drift(_t),
            "=",
            _square * ((1 - _c) ** 2 * _share * _t**2 + (1 - _share) * _ar(_t)),
            "apart-zero apart-last ar",
            "a mean and AR(1) fluctuations around it",
        ),
        identity("two", _ar(2), (1 - _c) ** 2 * _mean(2), "", "the same after two updates"),
        identity(
            "three", _ar(3), (1 - _c) ** 2 * (_mean(3) - 2 * _c * (1 - _c)), "", "different after three, at equal c"
        ),
    ),
    conclusions=("ar", "part", "together", "two", "three"),
    formula=_square * _ar(_t) / (1 - _c) ** 2,
    formulas={
        "ar": _square * _ar(_t) / (1 - _c) ** 2,
        "mean": _square * _mean(_t),
        "both": _square * (_share * _t**2 + (1 - _share) * _ar(_t) / (1 - _c) ** 2),
    },
    attained=(run(Fraction(1, 3), 3),),
)
