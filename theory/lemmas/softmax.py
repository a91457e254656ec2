"""Named lemmas on tabular softmax policies (one logit row per prompt and prefix); see ``lemmas`` for the conventions.

A policy of the probes is a complete tree: row ``prefix`` holds the logits of the next token, the empty prefix is the
root. Every number a probe returns is computed from its definition, by enumeration or central differences.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

import random
from itertools import product
from math import exp, log, sqrt
from typing import Any

import sympy

from .. import symbols as sy
from ..proof.records import Rel
from ..proof.vectors import Norm
from ..symbols import INDICES
from .registry import LemmaInstance, register_lemma

__all__ = ["LENGTH", "RESPONSES", "VOCAB", "Tree", "distance", "moved", "random_tree", "softmax", "square"]

Tree = dict[tuple[int, ...], list[float]]
VOCAB, LENGTH = 3, 2
RESPONSES = list(product(range(VOCAB), repeat=LENGTH))


def random_tree(rng: random.Random, scale: float = 2.0) -> Tree:
    """Gaussian logits in every row."""
    prefixes = [p for k in range(LENGTH) for p in product(range(VOCAB), repeat=k)]
    return {p: [rng.gauss(0, scale) for _ in range(VOCAB)] for p in prefixes}


def moved(base: Tree, direction: Tree, step: float) -> Tree:
    """``base + step * direction``."""
    return {p: [z + step * d for z, d in zip(row, direction[p], strict=True)] for p, row in base.items()}


def distance(a: Tree, b: Tree) -> float:
    """Euclidean distance over all logits."""
    return sqrt(sum((x - y) ** 2 for p in a for x, y in zip(a[p], b[p], strict=True)))


def softmax(row: list[float]) -> list[float]:
    """Token probabilities of one row."""
    weights = [exp(z - max(row)) for z in row]
    return [w / sum(weights) for w in weights]


def square(x: Any) -> Any:
    """``|x|^2``."""
    norm: Any = Norm(x)
    return norm**2


def _squared_gradient(tree: Tree, y: tuple[int, ...], weights: list[float]) -> float:
    """Squared norm of the gradient of ``sum_k c_k log pi(y_k | y_<k)`` in all logits, by central differences."""
    step, total = 1e-5, 0.0

    def value() -> float:
        return sum(c * log(softmax(tree[y[:k]])[y[k]]) for k, c in enumerate(weights))

    for row in tree.values():
        for a in range(VOCAB):
            row[a] += step
            up = value()
            row[a] -= 2 * step
            total += ((up - value()) / (2 * step)) ** 2
            row[a] += step
    return total


def _probe_rows(rng: random.Random) -> tuple[float, str, float]:
    tree, y, weights = random_tree(rng), rng.choice(RESPONSES), [rng.gauss(0, 1) for _ in range(LENGTH)]
    alone = [[c if i == k else 0.0 for i, c in enumerate(weights)] for k in range(LENGTH)]
    separate = sum(_squared_gradient(tree, y, only) for only in alone)
    return round(_squared_gradient(tree, y, weights), 6), "=", round(separate, 6)


def _probe_power_mean(rng: random.Random) -> tuple[float, str, float]:
    a = [rng.gauss(0, 1) for _ in range(rng.randint(1, 5))]
    return sum(map(abs, a)) ** 2, "<=", len(a) * sum(x * x for x in a)


def _probe_ratio(rng: random.Random) -> tuple[float, str, float]:
    target, start, end = ([rng.gauss(0, 1) for _ in range(VOCAB)] for _ in range(3))
    if rng.random() < 0.5:  # a short way along the gradient: the bound is nearly reached
        score = [(a == 0) - q for a, q in enumerate(softmax(start))]
        end = [z + 0.01 * s for z, s in zip(start, score, strict=True)]
    gap = sqrt(sum((x - y) ** 2 for x, y in zip(start, end, strict=True)))

    def ratio(t: float) -> tuple[float, float]:
        behaviour = softmax([x + t * (y - x) for x, y in zip(start, end, strict=True)])
        score = [(a == 0) - q for a, q in enumerate(behaviour)]
        value = softmax(target)[0] / behaviour[0]
        return value, value * sqrt(sum(s * s for s in score))

    slope = max(ratio(t / 50)[1] for t in range(51))
    return abs(ratio(1.0)[0] - ratio(0.0)[0]), "<=", slope * gap * (1 + 1e-3)  # grid of 51 points for the supremum


def _probe_score(rng: random.Random) -> tuple[float, str, float]:
    row = softmax([rng.gauss(0, 3) for _ in range(rng.randint(2, 6))])
    return sum(((a == 0) - q) ** 2 for a, q in enumerate(row)), "<=", 2.0


def _probe_distinct(rng: random.Random) -> tuple[float, str, float]:
    a, b, y = random_tree(rng), random_tree(rng), rng.choice(RESPONSES)
    if rng.random() < 0.5:
        b |= {p: row for p, row in a.items() if p not in [y[:k] for k in range(LENGTH)]}  # they differ on the path only
    on_path = (y[:k] for k in range(LENGTH))
    square = sum((s - t) ** 2 for p in on_path for s, t in zip(a[p], b[p], strict=True))
    return round(square, 12), "<=", round(distance(a, b) ** 2, 12)


def _probe_softmax_ratio(rng: random.Random) -> tuple[float, str, float]:
    row = [rng.gauss(0, 2) for _ in range(rng.randint(2, 6))]
    step = [rng.gauss(0, 1) for _ in row]
    before, after = softmax(row), softmax([z + d for z, d in zip(row, step, strict=True)])
    ratios = [b / a for a, b in zip(before, after, strict=True)]
    return round(log(max(ratios) / min(ratios)), 9), "=", round(max(step) - min(step), 9)


@register_lemma(
    "orthogonal-rows",
    "Pythagoras along a response",
    r"Tokens of one response use different logit rows: $\lVert\sum_kc_ks_k\rVert^2=\sum_kc_k^2\lVert s_k\rVert^2$.",
    "Halmos, Finite-Dimensional Vector Spaces (1958), par. 62; every prefix of a response occurs once",
    _probe_rows,
)
def orthogonal_rows(coefficient: Any, j: Any, point: Any) -> LemmaInstance:
    """``|sum_k c_k s_jk|^2 = sum_k c_k^2 |s_jk|^2`` for the scores of response j."""
    if j not in INDICES - {sy.k_tok}:
        raise ValueError(f"expected the index of a response, got {j}")
    over, score = (sy.k_tok, 1, sy.L_len), sy.score_at(j, sy.k_tok, point)
    squares = sympy.Sum(coefficient**2 * square(score), over)
    return LemmaInstance(Rel(square(sympy.Sum(coefficient * score, over)), "=", squares))


@register_lemma(
    "power-mean",
    "Square of a sum",
    r"$\big(\sum_{j=1}^n\lvert a_j\rvert\big)^2\le n\sum_ja_j^2$.",
    "Hardy, Littlewood and Polya, Inequalities (1952), 2.9",
    _probe_power_mean,
)
def power_mean(term: Any, index: Any, high: Any) -> LemmaInstance:
    """``(sum |a_j|)^2 <= n sum a_j^2``."""
    if index not in INDICES:
        raise ValueError(f"expected an index, got {index}")
    over = (index, 1, high)
    weight: Any = sympy.Sum(sympy.Abs(term), over)
    return LemmaInstance(Rel(weight**2, "<=", high * sympy.Sum(term**2, over)))


@register_lemma(
    "ratio-mean-value",
    "Mean-value inequality for a token ratio",
    r"If $\rho\,\lVert s\rVert\le c$ on the segment, then $\lvert\rho(\varphi)-\rho(\varphi')\rvert\le c\,\Delta$ with"
    r" $\Delta$ the displacement of the token's row; the gradient of $\pi_\theta/\pi_\varphi$ there is $-\rho s$.",
    "Rudin, Principles of Mathematical Analysis (1976), Theorem 9.19",
    _probe_ratio,
)
def ratio_mean_value(j: Any, k: Any, bound: Any) -> LemmaInstance:
    """``|rho(phi) - rho(phi')| <= c gap`` when ``rho |s| <= c`` at every point of the segment."""
    if bound.has(sy.psi):
        raise ValueError(f"expected a bound that holds on the whole segment, got {bound}")
    slope = Rel(sy.rho_at(j, k, sy.psi) * Norm(sy.score_at(j, k, sy.psi)), "<=", bound)
    change = sympy.Abs(sy.rho_at(j, k, sy.phi) - sy.rho_at(j, k, sy.phi2))
    return LemmaInstance(Rel(change, "<=", bound * sy.row_gap(j, k)), (slope,), (sy.psi,))


@register_lemma(
    "tabular-score",
    "Every token of a tabular policy has its own softmax row",
    r"$\lVert s_{jk}\rVert^2\le2$ for every token: its score is $e_a-\pi$ in the row of its prefix, zero elsewhere.",
    "definition of a tabular softmax policy; the claim score-norm, row by row",
    _probe_score,
)
def tabular_score(j: Any, k: Any, point: Any) -> LemmaInstance:
    """``|s_jk|^2 <= 2`` from the bound for one row with any probabilities."""
    row = Rel(sy.score_sq, "<=", 2)
    return LemmaInstance(Rel(Norm(sy.score_at(j, k, point)) ** 2, "<=", 2), (row,), (sy.pi_a,))


@register_lemma(
    "distinct-rows",
    "Rows along a response are distinct",
    r"$\sum_k\Delta_{jk}^2\le\lVert\varphi-\varphi'\rVert^2$.",
    "Pythagoras over the rows, of which a response uses each at most once",
    _probe_distinct,
)
def distinct_rows(j: Any) -> LemmaInstance:
    """``sum_k gap_jk^2 <= |phi - phi'|^2``."""
    if j not in INDICES - {sy.k_tok}:
        raise ValueError(f"expected the index of a response, got {j}")
    total = sympy.Sum(sy.row_gap(j, sy.k_tok) ** 2, (sy.k_tok, 1, sy.L_len))
    return LemmaInstance(Rel(total, "<=", square(sy.phi - sy.phi2)))


@register_lemma(
    "softmax-ratio",
    "Ratios of two softmax rows",
    r"Rows whose logits differ by $v$ have the ratios $e^{v_a}/\sum_b\pi_be^{v_b}$, so $\rho_{\min}\le\rho_a\le"
    r"\rho_{\min}e^u$ for every $u\ge\max v-\min v$.",
    "definition of a softmax row; the exponential is increasing",
    _probe_softmax_ratio,
)
def softmax_ratio(token: Any, span: Any, x: Any, row: Any, low: bool) -> LemmaInstance:
    """``rho_a >= rho_min`` (``low``), else ``rho_a <= rho_min exp(u)`` once ``max - min <= u`` is among the steps used.

    Args:
        token: index of the token.
        span: u, a number no less than the difference of the largest and the smallest entry of v.
        x: prompt of the row.
        row: the row in which the logits differ by the part of v.
        low: which of the two sides.

    Raises:
        ValueError: token, prompt and row are not three indices.
    """
    if {token, x, row} - INDICES or len({token, x, row}) < 3:
        raise ValueError(f"expected three indices, got {token}, {x}, {row}")
    ratio: Any = sy.ratio_tok(token)
    if low:
        return LemmaInstance(Rel(ratio, ">=", sy.ratio_low))
    wide = Rel(sy.top_row(x, row, sy.b_dir) - sy.low_row(x, row, sy.b_dir), "<=", span)
    return LemmaInstance(Rel(ratio, "<=", sy.ratio_low * sympy.exp(span)), (wide,))
