"""The mean norm of a tabular softmax score (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from ..objects import NORMALISED
from ..proof.build import define, identity, inequality, lemma
from ..proof.models import Table
from ..proof.records import Claim, Rel
from ..symbols import collision, i_out, n_out, prob_d, prob_sq, score_sq_at

_i, _over = i_out, (i_out, 1, n_out)
_p, _square = prob_d(_i), score_sq_at(_i)
_norm = sympy.sqrt(_square)
_mean = sympy.Sum(_p * _norm, _over)
_bound, _widest = sympy.sqrt(1 - collision), sympy.sqrt(1 - 1 / n_out)


def _uniform() -> Table:
    """Two equally likely tokens: both scores have norm sqrt(1/2)."""
    half, quarter = Fraction(1, 2), Fraction(1, 4)
    values: dict[Any, Any] = {n_out: 2, collision: half}
    for token in (1, 2):
        values |= {prob_d(token): half, prob_sq(token): quarter, score_sq_at(token): half}
    return Table(values, indices={_i: range(1, 3)})


CLAIM = Claim(
    id="mean-score-norm",
    title="Mean norm of a tabular softmax score",
    kind="upper",
    statement=r"For a token $a$ drawn from a softmax row $\pi$ of $n$ tokens $\mathbb E\lVert e_a-\pi\rVert^2="
    r"1-\lVert\pi\rVert^2$, so $\mathbb E\lVert\nabla\log\pi(a)\rVert\le\sqrt{1-\lVert\pi\rVert^2}\le\sqrt{1-1/n}$:"
    r" equalities for the uniform row. (In the steps outcome $i$ is a token and $p_i$ its probability.)",
    source="derived here",
    steps=(
        define("one", NORMALISED, _i, n_out),
        define("squares", Rel(prob_sq(_i), "=", _p**2), why="a square"),
        define("row", Rel(collision, "=", sympy.Sum(prob_sq(_i), _over)), why="squared norm of the row"),
        lemma("member", "member", prob_sq, _i, n_out),
        define(
            "score",
            Rel(_square, "=", (1 - _p) ** 2 + (collision - prob_sq(_i))),
            uses="member row",
            why="the score is the unit vector of the token minus the row",
        ),
        identity("energy", sympy.Sum(_p * _square, _over), 1 - collision, "score squares row one", "mean square"),
        inequality("room", sympy.Sum(_p * _square, _over), ">=", sympy.Sum(sympy.S.Zero, _over), "", "no term < 0"),
        lemma("jensen", "weighted-cauchy-schwarz", _p, _norm, sympy.S.One, _over),
        inequality("conclusion", _mean, "<=", _bound, "jensen energy one room", "root"),
        lemma("power-mean", "power-mean", _p, _i, n_out),
        identity("norm", sympy.Sum(_p**2, _over), collision, "row squares", "the squared norm again"),
        inequality("sizes", sympy.Sum(_p, _over), "<=", sympy.Sum(sympy.Abs(_p), _over), "", "term by term"),
        inequality("flat", n_out * collision, ">=", 1, "power-mean sizes one norm", "the uniform row is the shortest"),
        inequality("widest", _bound, "<=", _widest, "flat energy room", "root"),
    ),
    conclusions=("energy", "conclusion", "widest"),
    logits=True,
    formula=_bound,
    formulas={"largest": _widest},
    attained=(_uniform(),),
)
