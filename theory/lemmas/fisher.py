"""Named lemmas on the law of a group under a tabular softmax: variance of a row, Fisher information, total variation.

The probes use the small trees of ``softmax``; everything is enumerated, scores by central differences.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

import random
from itertools import product
from math import log, prod, sqrt
from typing import Any

import sympy

from .. import symbols as sy
from ..proof.records import Rel
from ..proof.vectors import Norm
from ..symbols import INDICES
from .registry import LemmaInstance, register_lemma
from .softmax import LENGTH, RESPONSES, VOCAB, Tree, distance, moved, random_tree, softmax, square


def _law(tree: Tree) -> list[float]:
    """Probability of every response."""
    rows = {p: softmax(row) for p, row in tree.items()}
    return [prod(rows[y[:k]][y[k]] for k in range(LENGTH)) for y in RESPONSES]


def _slopes(tree: Tree, direction: Tree) -> list[float]:
    """Derivative of log pi(y) along a direction by central differences, for every response."""
    step = 1e-5
    up, down = _law(moved(tree, direction, step)), _law(moved(tree, direction, -step))
    return [(log(a) - log(b)) / (2 * step) for a, b in zip(up, down, strict=True)]


def _unit(rng: random.Random) -> Tree:
    raw = random_tree(rng, rng.choice((0.1, 1.0)))
    if rng.random() < 0.5:  # everything in the root, between two tokens: the direction that matters most
        raw = {p: [0.0] * VOCAB for p in raw} | {(): [1.0, -1.0, 0.0]}
    return _scaled(raw, 1.0 / distance(raw, _scaled(raw, 0.0)))


def _scaled(v: Tree, factor: float) -> Tree:
    return moved({p: [0.0] * VOCAB for p in v}, v, factor)


def _passing(law: list[float], prefix: tuple[int, ...]) -> float:
    """Probability that a response passes the row of a prefix."""
    return sum(p for y, p in zip(RESPONSES, law, strict=True) if y[: len(prefix)] == prefix)


def _row(rng: random.Random) -> tuple[list[float], list[float]]:
    """Probabilities and values of a row, extreme ones included."""
    size = rng.randint(2, 5)
    spread = rng.choice((0.5, 3.0))
    values = [rng.gauss(0, 1) for _ in range(size)]
    if rng.random() < 0.3:
        values = [1.0, -1.0, *([0.0] * (size - 2))]
    return softmax([rng.gauss(0, spread) - 9 * (i > 1 and values[0] == 1.0) for i in range(size)]), values


def _probe_popoviciu(rng: random.Random) -> tuple[float, str, float]:
    p, v = _row(rng)
    mean = sum(a * b for a, b in zip(p, v, strict=True))
    return sum(a * (b - mean) ** 2 for a, b in zip(p, v, strict=True)), "<=", (max(v) - min(v)) ** 2 / 4


def _probe_two_entries(rng: random.Random) -> tuple[float, str, float]:
    _, v = _row(rng)
    return max(v) ** 2 + min(v) ** 2, "<=", sum(x * x for x in v)


def _probe_probability(rng: random.Random) -> tuple[float, str, float]:
    prefix, weight = (rng.randrange(VOCAB),) * rng.randint(0, 1), rng.choice((1.0, rng.random()))
    return round(weight * _passing(_law(random_tree(rng)), prefix), 12), "<=", 1.0


def _problem(rng: random.Random) -> list[tuple[float, Tree, Tree]]:
    """Two prompts: weight, policy, and the part of one unit vector that belongs to it."""
    share = rng.random()
    parts = ((0.3, sqrt(share)), (0.7, sqrt(1 - share)))
    return [(weight, random_tree(rng, 1.0), _scaled(_unit(rng), part)) for weight, part in parts]


def _single(problem: list[tuple[float, Tree, Tree]]) -> float:
    """Fisher information along the unit vector of prompt and response, by enumeration."""
    total = 0.0
    for weight, tree, v in problem:
        total += weight * sum(p * s * s for p, s in zip(_law(tree), _slopes(tree, v), strict=True))
    return total


def _probe_path_fisher(rng: random.Random) -> tuple[float, str, float]:
    problem, split = _problem(rng), 0.0
    for weight, tree, v in problem:
        law = _law(tree)
        for prefix, row in tree.items():
            pi = softmax(row)
            mean = sum(q * c for q, c in zip(pi, v[prefix], strict=True))
            variance = sum(q * (c - mean) ** 2 for q, c in zip(pi, v[prefix], strict=True))
            split += weight * _passing(law, prefix) * variance
    return round(_single(problem), 6), "=", round(split, 6)


def _probe_row_parts(rng: random.Random) -> tuple[float, str, float]:
    raw = [rng.gauss(0, 1) for _ in range(12)]
    v = [x / sqrt(sum(y * y for y in raw)) for x in raw]
    return sum(sum(x * x for x in v[i : i + 3]) for i in range(0, 12, 3)), "=", sum(x * x for x in v)


def _probe_additivity(rng: random.Random) -> tuple[float, str, float]:
    size, problem, group = rng.choice((2, 3)), _problem(rng), 0.0
    for weight, tree, v in problem:
        law, slopes = _law(tree), _slopes(tree, v)
        for z in product(range(len(law)), repeat=size):
            group += weight * prod(law[y] for y in z) * sum(slopes[y] for y in z) ** 2
    return round(group, 6), "=", round(size * _single(problem), 6)


def _probe_tv(rng: random.Random) -> tuple[float, str, float]:
    start, v, length = random_tree(rng, rng.choice((0.0, 1.0))), _unit(rng), rng.choice((0.01, 1.0, 3.0))
    if rng.random() < 0.5:
        start[()][2] -= 9.0  # two arms
    a, b = _law(start), _law(moved(start, v, length))
    grid = [moved(start, v, length * t / 50) for t in range(51)]
    top = max(sum(p * s * s for p, s in zip(_law(x), _slopes(x, v), strict=True)) for x in grid)
    return sum(abs(p - q) for p, q in zip(a, b, strict=True)) / 2, "<=", sqrt(top) * length / 2 * (1 + 1e-3)


@register_lemma(
    "popoviciu",
    "Popoviciu's inequality on variances",
    r"$\mathrm{Var}(X)\le\tfrac14(\max X-\min X)^2$; here $X$ is the entry of $v_\nu$ at the token drawn, which differs"
    r" from the score along $v_\nu$ by a constant.",
    "Popoviciu, Mathematica (Cluj) 9 (1935) 129-145; Bhatia and Davis, Amer. Math. Monthly 107 (2000) 353-357",
    _probe_popoviciu,
)
def popoviciu(row: Any, point: Any) -> LemmaInstance:
    """``Var <= (max - min)^2 / 4`` in one row."""
    return LemmaInstance(Rel(sy.row_var(row, point), "<=", (sy.v_top(row) - sy.v_low(row)) ** 2 / 4))


@register_lemma(
    "two-entries",
    "Two entries of a vector",
    r"In a row of at least two tokens $\overline{v}_\nu^2+\underline{v}_\nu^2\le\lVert v_\nu\rVert^2$,"
    r" the largest and the smallest entry.",
    "two different terms of a sum of squares",
    _probe_two_entries,
)
def two_entries(row: Any) -> LemmaInstance:
    """``max^2 + min^2 <= |v_row|^2``."""
    return LemmaInstance(Rel(sy.v_top(row) ** 2 + sy.v_low(row) ** 2, "<=", square(sy.v_row(row))))


@register_lemma(
    "probability-at-most-one",
    "A probability is at most one",
    r"$d_\nu\le1$.",
    "Kolmogorov's axioms; Durrett, Probability: Theory and Examples (2019), 1.1",
    _probe_probability,
)
def probability_at_most_one(row: Any, point: Any) -> LemmaInstance:
    """``visit(row) <= 1``."""
    return LemmaInstance(Rel(sy.visit(row, point), "<=", sympy.S.One))


@register_lemma(
    "path-fisher",
    "Fisher information along a path",
    r"$I_1=\sum_\nu d_\nu\mathrm{Var}_\nu$: the token scores are martingale differences, so cross terms vanish, and the"
    r" law of the prompt does not depend on the parameters.",
    "orthogonality of martingale differences; Williams, Probability with Martingales (1991), 12.1",
    _probe_path_fisher,
)
def path_fisher(row: Any, point: Any) -> LemmaInstance:
    """``I_1 = sum over rows of visiting probability times variance``."""
    if point.has(row) or row not in INDICES:
        raise ValueError(f"expected an index and a point without it, got {row} and {point}")
    total = sympy.Sum(sy.visit(row, point) * sy.row_var(row, point), (row, 1, sy.N_rows))
    return LemmaInstance(Rel(sy.fisher(1, point), "=", total))


@register_lemma(
    "row-parts",
    "Pythagoras over the rows",
    r"$\sum_\nu\lVert v_\nu\rVert^2=\lVert v\rVert^2$.",
    "Halmos, Finite-Dimensional Vector Spaces (1958), par. 62",
    _probe_row_parts,
)
def row_parts(row: Any) -> LemmaInstance:
    """``sum |v_row|^2 = |v|^2``."""
    return LemmaInstance(Rel(sympy.Sum(square(sy.v_row(row)), (row, 1, sy.N_rows)), "=", square(sy.v_unit)))


@register_lemma(
    "fisher-additivity",
    "Additivity of Fisher information",
    r"Given the prompt the $G$ responses of a group are independent and equally distributed, and rewards"
    r" given the responses do not depend on the parameters: $I_G=G\,I_1$.",
    "Lehmann and Casella, Theory of Point Estimation (1998), Theorem 2.5.8",
    _probe_additivity,
)
def fisher_additivity(point: Any) -> LemmaInstance:
    """``I_G = G I_1``."""
    return LemmaInstance(Rel(sy.fisher(sy.G_group, point), "=", sy.G_group * sy.fisher(1, point)))


@register_lemma(
    "tv-fisher",
    "Total variation by Fisher information",
    r"If $I\le c$ along the direction of the segment at each of its points, then"
    r" $\mathrm{TV}\le\tfrac12\sqrt c\,\lVert\varphi-\varphi'\rVert$.",
    "score integrated along the segment, then Jensen; Tsybakov, Introduction to Nonparametric Estimation (2009), 2.4",
    _probe_tv,
)
def tv_fisher(bound: Any) -> LemmaInstance:
    """``TV <= sqrt(c)/2 |phi - phi'|`` when the group's Fisher information is at most c on the segment."""
    if bound.has(sy.psi):
        raise ValueError(f"expected a bound that holds on the whole segment, got {bound}")
    information = Rel(sy.fisher(sy.G_group, sy.psi), "<=", bound)
    statement = Rel(sy.TV(sy.phi, sy.phi2), "<=", sympy.sqrt(bound) * Norm(sy.phi - sy.phi2) / 2)
    return LemmaInstance(statement, (information,), (sy.psi,))
