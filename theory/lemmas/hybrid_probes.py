"""Probes of the lemmas on hybrid laws: a complete tree of two tokens out of three, everything enumerated.

The score of a token along a direction is the central difference of its log-probability.
"""

from __future__ import annotations

import random
from math import log, sin, sqrt

from .softmax import LENGTH, RESPONSES, VOCAB, Tree, moved, random_tree, softmax

_STEP = 1e-4


class Case:
    """A learner, a behaviour policy, a direction for each, binary rewards."""

    def __init__(self, rng: random.Random, diagonal: bool = False) -> None:
        self.phi = random_tree(rng, 1.0)
        self.theta = self.phi if diagonal else random_tree(rng, 1.0)
        self.u, self.v = random_tree(rng, 1.0), random_tree(rng, 1.0)
        self.reward = {y: float(rng.random() < 0.5) for y in RESPONSES}
        self.pairs = [(y, k) for y in RESPONSES for k in range(LENGTH)]

    @staticmethod
    def token(tree: Tree, y: tuple[int, ...], k: int) -> float:
        """Probability of token k given the tokens before it."""
        return softmax(tree[y[:k]])[y[k]]

    def score(self, tree: Tree, direction: Tree, y: tuple[int, ...], k: int) -> float:
        """Slope of its log along a direction."""
        up, down = (self.token(moved(tree, direction, sign * _STEP), y, k) for sign in (1, -1))
        return (log(up) - log(down)) / (2 * _STEP)

    def weight(self, y: tuple[int, ...], k: int, phi: Tree | None = None) -> float:
        """Token k by theta, the others by phi."""
        product = self.token(self.theta, y, k)
        for j in range(LENGTH):
            product *= self.token(phi or self.phi, y, j) if j != k else 1.0
        return product

    def law(self, y: tuple[int, ...], phi: Tree | None = None) -> float:
        """Probability of a response under phi."""
        product = 1.0
        for j in range(LENGTH):
            product *= self.token(phi or self.phi, y, j)
        return product

    def this(self, y: tuple[int, ...], k: int) -> float:
        """Score of the token at theta along u."""
        return self.score(self.theta, self.u, y, k)

    def others(self, y: tuple[int, ...], k: int) -> float:
        """Sum of the other scores at phi along v."""
        return sum(self.score(self.phi, self.v, y, j) for j in range(LENGTH) if j != k)

    def all(self, y: tuple[int, ...], direction: Tree) -> float:
        """Sum of all scores at phi along a direction."""
        return sum(self.score(self.phi, direction, y, j) for j in range(LENGTH))

    def row_variance(self, tree: Tree, direction: Tree, prefix: tuple[int, ...]) -> float:
        """Variance of the direction's entries in a row."""
        pi = softmax(tree[prefix])
        mean = sum(q * c for q, c in zip(pi, direction[prefix], strict=True))
        return sum(q * (c - mean) ** 2 for q, c in zip(pi, direction[prefix], strict=True))

    def passing(self, prefix: tuple[int, ...]) -> float:
        """Probability of passing a row under phi."""
        return sum(self.law(y) for y in RESPONSES if y[: len(prefix)] == prefix)

    def passing_other(self, prefix: tuple[int, ...]) -> float:
        """Summed over the places of the learner's token other than the row's own."""
        inside = [(y, k) for y, k in self.pairs if y[: len(prefix)] == prefix and k != len(prefix)]
        return sum(self.weight(y, k) for y, k in inside)


def probe_weighted(rng: random.Random) -> tuple[float, str, float]:
    """Random weights and terms."""
    h, a, b = [[rng.gauss(0, 1) for _ in range(5)] for _ in range(3)]
    h = [x * x for x in h]
    left = sum(w * x * y for w, x, y in zip(h, a, b, strict=True)) ** 2
    return (
        left,
        "<=",
        sum(w * x * x for w, x in zip(h, a, strict=True)) * sum(w * x * x for w, x in zip(h, b, strict=True)),
    )


def probe_scores(rng: random.Random) -> tuple[float, str, float]:
    """One of the four means."""
    c = Case(rng)
    kinds = (
        sum(c.weight(y, k) * c.this(y, k) for y, k in c.pairs),
        sum(c.weight(y, k) * c.others(y, k) for y, k in c.pairs),
        sum(c.weight(y, k) * c.this(y, k) * c.others(y, k) for y, k in c.pairs),
        sum(c.law(y) * c.all(y, c.v) for y in RESPONSES),
    )
    return round(rng.choice(kinds), 6), "=", 0.0


def probe_mass(rng: random.Random) -> tuple[float, str, float]:
    """Masses of both kinds."""
    c = Case(rng)
    if rng.random() < 0.5:
        return round(sum(c.weight(y, k) for y, k in c.pairs), 9), "=", float(LENGTH)
    return round(sum(c.law(y) for y in RESPONSES), 9), "=", 1.0


def probe_path(rng: random.Random) -> tuple[float, str, float]:
    """Second moments of the three kinds against the rows."""
    c, kind = Case(rng), rng.choice(("this", "others", "response"))
    if kind == "this":
        left = sum(c.weight(y, k) * c.this(y, k) ** 2 for y, k in c.pairs)
        right = sum(c.passing(p) * c.row_variance(c.theta, c.u, p) for p in c.phi)
    elif kind == "others":
        left = sum(c.weight(y, k) * c.others(y, k) ** 2 for y, k in c.pairs)
        right = sum(c.passing_other(p) * c.row_variance(c.phi, c.v, p) for p in c.phi)
    else:
        left = sum(c.law(y) * c.all(y, c.v) ** 2 for y in RESPONSES)
        right = sum(c.passing(p) * c.row_variance(c.phi, c.v, p) for p in c.phi)
    return round(left, 5), "=", round(right, 5)


def probe_visits(rng: random.Random) -> tuple[float, str, float]:
    """Both kinds of visits."""
    c, prefix = Case(rng), (rng.randrange(VOCAB),) * rng.randint(0, 1)
    if rng.random() < 0.5:
        return round(rng.choice((1.0, rng.random())) * c.passing(prefix), 12), "<=", 1.0
    return round(c.passing_other(prefix), 12), "<=", float(LENGTH - 1)


def probe_blocks(rng: random.Random) -> tuple[float, str, float]:
    """Twelve coordinates in equal blocks."""
    v = [rng.gauss(0, 1) for _ in range(12)]
    size = rng.choice((2, 3, 4))
    blocks = [sqrt(sum(x * x for x in v[i : i + size])) for i in range(0, 12, size)]
    return sum(b * b for b in blocks), "=", sum(x * x for x in v)


def probe_product(rng: random.Random) -> tuple[float, str, float]:
    """H along u by central differences in phi, advantage r - p, against the product rule."""
    c = Case(rng)

    def value(phi: Tree) -> float:
        p = sum(c.law(y, phi) * c.reward[y] for y in RESPONSES)
        return sum(c.weight(y, k, phi) * c.this(y, k) * (c.reward[y] - p) for y, k in c.pairs)

    numeric = (value(moved(c.phi, c.v, 1e-3)) - value(moved(c.phi, c.v, -1e-3))) / 2e-3
    p = sum(c.law(y) * c.reward[y] for y in RESPONSES)
    dp = sum(c.law(y) * c.all(y, c.v) * c.reward[y] for y in RESPONSES)
    pairs = [(c.weight(y, k) * c.this(y, k), c.others(y, k), c.reward[y]) for y, k in c.pairs]
    return round(numeric, 3), "=", round(sum(hs * (t * (r - p) - dp) for hs, t, r in pairs), 3)


def probe_mixed(rng: random.Random) -> tuple[float, str, float]:
    """One response of each reward at least, one side of the interval."""
    c = Case(rng)
    c.reward |= {RESPONSES[0]: 1.0, RESPONSES[-1]: 0.0}
    p = sum(c.law(y) * c.reward[y] for y in RESPONSES)
    return (0.0, "<=", p) if rng.random() < 0.5 else (p, "<=", 1.0)


def probe_regroup(rng: random.Random) -> tuple[float, str, float]:
    """The sum with the score of the whole response, on the diagonal."""
    c = Case(rng, diagonal=True)
    whole = {y: c.all(y, c.v) * (c.reward[y] - 0.5) for y in RESPONSES}
    left = sum(c.weight(y, k) * c.this(y, k) * whole[y] for y, k in c.pairs)
    return round(left, 6), "=", round(sum(c.law(y) * c.all(y, c.u) * whole[y] for y in RESPONSES), 6)


def probe_operator(rng: random.Random) -> tuple[float, str, float]:
    """The sine coordinate by coordinate: its derivative is a diagonal matrix with entries at most 1."""
    x, y = ([rng.gauss(0, 2) for _ in range(3)] for _ in range(2))
    left = sum((sin(a) - sin(b)) ** 2 for a, b in zip(x, y, strict=True))
    return sqrt(left), "<=", sqrt(sum((a - b) ** 2 for a, b in zip(x, y, strict=True)))
