"""Scores: the derivative of a total probability vanishes."""

from __future__ import annotations

import random
from math import prod
from typing import Any

import sympy
from sympy.core.function import AppliedUndef

from .. import symbols as sy
from ..proof.records import Rel
from .registry import LemmaInstance, register_lemma
from .softmax import RESPONSES, random_tree, softmax


def _probe_score(rng: random.Random) -> tuple[float, str, float]:
    """E[d log p . w], plus 1: for a softmax of up to six outcomes, or over all tokens of all responses of a tree."""
    if rng.random() < 0.5:
        n = rng.randint(2, 6)
        p, w = softmax([rng.gauss(0, 1) for _ in range(n)]), [rng.gauss(0, 1) for _ in range(n)]
        return 1 + sum(p[i] * score for i, score in enumerate(_scores(p, w))), "=", 1.0
    tree, direction = random_tree(rng), random_tree(rng)
    total = 1.0
    for y in RESPONSES:
        rows = [softmax(tree[y[:k]]) for k in range(len(y))]
        chance = prod(row[token] for row, token in zip(rows, y, strict=True))
        total += sum(chance * _scores(row, direction[y[:k]])[y[k]] for k, row in enumerate(rows))
    return round(total, 9), "=", 1.0


def _scores(p: list[float], w: list[float]) -> list[float]:
    """Derivative along w of the log-probability of every outcome."""
    mean = sum(a * b for a, b in zip(p, w, strict=True))
    return [x - mean for x in w]


@register_lemma(
    "score-mean-zero",
    "Scores have mean zero",
    r"$\sum_ip_i(\theta)=1$ for every $\theta$ implies $\sum_ip_i\,\nabla\log p_i=\nabla\sum_ip_i=0$.",
    "Lehmann and Casella, Theory of Point Estimation (1998), Lemma 2.5.3",
    _probe_score,
)
def score_mean_zero(mean: Any) -> LemmaInstance:
    """``mean = 0`` once the step ``mean = Sum(law * score)`` is among those used; or such a sum itself.

    The laws and scores are the registered ones, which no claim that uses this may define itself.

    Args:
        mean: ``mean_score`` (tokens of all responses), ``dmass(w)`` (responses, along w) or ``s_row_mean(nu)`` (a row);
            or the sum of ``prob_pair * score_pair`` over ``iota``.

    Raises:
        ValueError: another name, of which the lemma says nothing.
    """
    if mean == sympy.Sum(sy.prob_pair(sy.iota) * sy.score_pair(sy.iota), (sy.iota, 1, sy.N_pairs)):
        return LemmaInstance(Rel(mean, "=", sympy.S.Zero))
    needs: tuple[Rel, ...] = ()
    if mean == sy.mean_score:
        total = sympy.Sum(sy.resp_law(sy.tau, sy.theta) * sy.score_tok(sy.tau), (sy.tau, 1, sy.N_terms))
    elif isinstance(mean, AppliedUndef) and mean.func == sy.mass_slope:
        y = sy.y_resp  # of one prompt: the scores count from its first token on
        needs += (Rel(sy.cum_score(y, sympy.S.Zero, mean.args[0]), "=", 0),)
        total = sympy.Sum(sy.resp_prob(y) * sy.cum_score(y, sy.L_len, mean.args[0]), (y, 1, sy.N_resp))
    elif isinstance(mean, AppliedUndef) and mean.func == sy.row_mean:
        row, a = mean.args[0], sy.a_tok
        total = sympy.Sum(sy.row_law(row, a) * sy.row_score(row, a), (a, 1, sy.n_vocab))
    else:
        raise ValueError(f"expected mean_score, dmass(w) or s_row_mean(nu), got {mean}")
    return LemmaInstance(Rel(mean, "=", sympy.S.Zero), (Rel(mean, "=", total), *needs))
