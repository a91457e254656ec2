"""The score of a tabular softmax token has norm at most sqrt(2) (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

import sympy

from ..proof.build import define, identity, inequality, lemma
from ..proof.models import Table
from ..proof.records import Claim, Rel
from ..symbols import j_mate, n_other, pi_a, pi_other, score_sq

_rest = (j_mate, 1, n_other)
_others = sympy.Sum(pi_other(j_mate), _rest)
_squares = sympy.Sum(pi_other(j_mate) ** 2, _rest)

CLAIM = Claim(
    id="score-norm",
    title="Norm of a tabular softmax score",
    kind="upper",
    statement=r"$\lVert\nabla\log\pi(a)\rVert^2=\lVert e_a-\pi\rVert^2\le2$ for every vocabulary size.",
    source="derived here",
    steps=(
        define("total", Rel(pi_a, "=", 1 - _others), why="the row sums to one"),
        define(
            "square",
            Rel(score_sq, "=", (1 - pi_a) ** 2 + _squares),
            why="the score is the unit vector of the token minus the row",
        ),
        lemma("member", "member", pi_other, j_mate, n_other),
        identity("rest", _others, 1 - pi_a, "total", "what is left of the row"),
        inequality("below", pi_other(j_mate), "<=", sympy.S.One, "member rest", "the token taken has probability at least 0"),
        inequality("each", _squares, "<=", _others, "below", "term by term"),
        inequality("conclusion", score_sq, "<=", sympy.Integer(2), "square rest each", "put together"),
    ),
    conclusions=("conclusion",),
    formula=sympy.sqrt(2),
    attained=(
        Table({pi_a: 0, n_other: 1, pi_other(1): 1, score_sq: 2}, indices={j_mate: range(1, 2)}),
        Table({pi_a: 0, n_other: 2, pi_other(1): 1, pi_other(2): 0, score_sq: 2}, indices={j_mate: range(1, 3)}),
    ),
)
