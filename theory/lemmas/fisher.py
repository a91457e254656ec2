"""Named lemmas on the law of a group under a tabular softmax: variance of a row, Fisher information, total variation.

The probes use the small trees of ``softmax``; everything is enumerated, scores by central differences.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

import random
from collections.abc import Mapping
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


def _ends(value: Any, known: Mapping[Any, int]) -> tuple[Any, Any]:
    """Largest and smallest entry of the row that a value is about, which its first one or three arguments name.

    Raises:
        ValueError: a value of which the lemma says nothing.
    """
    if getattr(value, "func", None) not in known:
        raise ValueError(f"expected one of {[str(f) for f in known]}, got {value}")
    row = value.args[: known[value.func]]
    return (sy.v_top(*row), sy.v_low(*row)) if len(row) == 1 else (sy.top_row(*row), sy.low_row(*row))


@register_lemma(
    "popoviciu",
    "Popoviciu's inequality on variances",
    r"$\mathrm{Var}(X)\le\tfrac14(\max X-\min X)^2$; here $X$ is the entry of the direction at the token drawn from"
    r" a row, which differs from the score along it by a constant.",
    "Popoviciu, Mathematica (Cluj) 9 (1935) 129-145; Bhatia and Davis, Amer. Math. Monthly 107 (2000) 353-357",
    _probe_popoviciu,
)
def popoviciu(variance: Any) -> LemmaInstance:
    """``Var <= (max - min)^2 / 4`` in one row, for its ``row_var`` or ``var_row``."""
    top, low = _ends(variance, {sy.row_var: 1, sy.var_row: 3})
    return LemmaInstance(Rel(variance, "<=", (top - low) ** 2 / 4))


@register_lemma(
    "two-entries",
    "Two entries of a vector",
    r"In a row of at least two tokens the squares of the largest and the smallest entry sum to at most the squared"
    r" norm.",
    "two different terms of a sum of squares",
    _probe_two_entries,
)
def two_entries(part: Any) -> LemmaInstance:
    """``max^2 + min^2 <= |part|^2`` for the part of a direction in one row, ``v_row`` or ``part_row``."""
    top, low = _ends(part, {sy.v_row: 1, sy.part_row: 3})
    return LemmaInstance(Rel(top**2 + low**2, "<=", square(part)))


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
