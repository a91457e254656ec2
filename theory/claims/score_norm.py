"""The score of a tabular softmax token has norm at most sqrt(2) (derived here)."""

from __future__ import annotations

from fractions import Fraction

import sympy

from ..objects import ROW
from ..proof.build import define, identity, inequality, lemma
from ..proof.models import Table
from ..proof.records import Claim, Rel
from ..symbols import j_mate, n_other, pi_a, pi_other, score_sq

_rest = (j_mate, 1, n_other)
_others = sympy.Sum(pi_other(j_mate), _rest)
_weighted = sympy.Sum(pi_other(j_mate) * (1 - pi_a), _rest)
_squares = sympy.Sum(pi_other(j_mate) ** 2, _rest)
_uniform = sympy.Integer(2)

CLAIM = Claim(
    id="score-norm",
    title="Norm of a tabular softmax score",
    kind="upper",
    statement=r"$\lVert\nabla\log\pi(a)\rVert^2=\lVert e_a-\pi\rVert^2\le2(1-\pi_a)^2\le2$ for every vocabulary size.",
    source="derived here",
    steps=(
        define("total", ROW),
        define(
            "square",
            Rel(score_sq, "=", (1 - pi_a) ** 2 + _squares),
            why="the score is the unit vector of the token minus the row",
        ),
        lemma("member", "member", pi_other, j_mate, n_other),
        identity("rest", _others, 1 - pi_a, "total", "what is left of the row"),
        inequality("below", pi_other(j_mate), "<=", 1 - pi_a, "member rest", "no other token has more than the rest"),
        inequality("each", _squares, "<=", _weighted, "below", "term by term"),
        identity("weighted", _weighted, (1 - pi_a) ** 2, "total", "pull the rest out of the sum"),
        inequality("conclusion", score_sq, "<=", 2 * (1 - pi_a) ** 2, "square each weighted", "put together"),
        inequality("nonnegative", _others, ">=", sympy.S.Zero, "", "a sum of probabilities"),
        inequality("uniform", score_sq, "<=", _uniform, "conclusion rest nonnegative", "the rest is at most 1"),
    ),
    conclusions=("conclusion", "uniform"),
    logits=True,
    formula=sympy.sqrt(_uniform),
    attained=(
        Table(
            {pi_a: Fraction(1, 2), n_other: 1, pi_other(1): Fraction(1, 2), score_sq: Fraction(1, 2)},
            indices={j_mate: range(1, 2)},
        ),
        Table({pi_a: 0, n_other: 1, pi_other(1): 1, score_sq: 2}, indices={j_mate: range(1, 2)}),
        Table({pi_a: 0, n_other: 2, pi_other(1): 1, pi_other(2): 0, score_sq: 2}, indices={j_mate: range(1, 3)}),
    ),
)
