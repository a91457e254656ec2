"""Second checks of "where the bias comes from": exact rationals by enumeration of groups, sharing nothing with theory/.

Policies are trees of rational token laws; a score is the token's unit vector minus its row, so every gradient is
rational. H is computed from whole groups and their literal loss, never from a product of factors.
"""

from __future__ import annotations

import itertools
import random
from fractions import Fraction

import pytest


def row(rng, vocab):
    weights = [rng.randint(1, 5) for _ in range(vocab)]
    return tuple(Fraction(w, sum(weights)) for w in weights)


class Tree:
    """Token laws per prefix, responses that may stop early at token ``stop``."""

    def __init__(self, vocab, length, stop=None):
        self.vocab, self.stop, self.answers = vocab, stop, []
        self.rows = []
        frontier = [()]
        while frontier:
            prefix = frontier.pop(0)
            if len(prefix) == length or (prefix and prefix[-1] == stop):
                self.answers.append(prefix)
            else:
                self.rows.append(prefix)
                frontier += [(*prefix, a) for a in range(vocab)]

    def policy(self, rng):
        return {prefix: row(rng, self.vocab) for prefix in self.rows}

    def law(self, policy, y, start=0, stop=None):
        p = Fraction(1)
        for k in range(start, len(y) if stop is None else stop):
            p *= policy[y[:k]][y[k]]
        return p

    def score(self, policy, y, k):
        """Gradient of log-probability of token k in all logits, flat."""
        here = self.rows.index(y[:k])
        flat = [Fraction(0)] * (len(self.rows) * self.vocab)
        for b in range(self.vocab):
            flat[here * self.vocab + b] = (b == y[k]) - policy[y[:k]][b]
        return flat


def added(*vectors):
    return [sum(c) for c in zip(*vectors, strict=True)]


def scaled(c, v):
    return [c * x for x in v]


def minus(a, b):
    return [x - y for x, y in zip(a, b, strict=True)]


def advantages(kind, rewards):
    """Realised advantages; ``sign`` is GRPO's std for groups of two, the only rational one."""
    size, mean = len(rewards), Fraction(sum(rewards), len(rewards))
    if kind == "sign":
        assert size == 2
        return [Fraction((r > rewards[1 - i]) - (r < rewards[1 - i])) for i, r in enumerate(rewards)]
    if kind == "loo":
        return [(r - mean) * Fraction(size, size - 1) for r in rewards]
    return [r - mean for r in rewards] if kind == "mean" else [Fraction(r) for r in rewards]


def slope(ratio, advantage, clip):
    """d/drho of min(rho A, clip(rho) A)."""
    if clip is None:
        return advantage
    low, high = clip
    clipped = (advantage > 0 and ratio > high) or (advantage < 0 and ratio < low)
    return Fraction(0) if clipped else advantage


def surrogate_gradient(tree, theta, phi, rewards, size, kind, weight="token", lengths="own", clip=None):
    """H(theta, phi) of the literal loss: all groups, all members, all tokens."""
    longest = max(map(len, tree.answers))
    total = [Fraction(0)] * (len(tree.rows) * tree.vocab)
    for group in itertools.product(tree.answers, repeat=size):
        chance = Fraction(1)
        for y in group:
            chance *= tree.law(phi, y)
        a = advantages(kind, [rewards[y] for y in group])
        for i, y in enumerate(group):
            n = {"own": Fraction(1, len(y)), "constant": Fraction(1, longest)}.get(lengths)
            n = Fraction(size, sum(map(len, group))) if n is None else n
            for k in range(len(y)):
                token = theta[y[:k]][y[k]] / phi[y[:k]][y[k]]
                ratio = {"token": token, "none": Fraction(1)}.get(weight, tree.law(theta, y) / tree.law(phi, y))
                factor = chance * n / size * ratio * slope(ratio, a[i], clip)
                total = added(total, scaled(factor, tree.score(theta, y, k)))
    return total


FACTORS = ("prefix", "token", "suffix", "rewards", "lengths", "clip")


def factored(tree, theta, phi, moved, rewards, size, kind, lengths="own", clip=None, weight="token"):
    """H with the factors in ``moved`` at phi: prefix, token, suffix, then mates by rewards and by lengths."""
    at = {name: phi if name in moved else theta for name in FACTORS}
    longest = max(map(len, tree.answers))
    total = [Fraction(0)] * (len(tree.rows) * tree.vocab)
    classes = sorted({(rewards[y], len(y)) for y in tree.answers})

    def single(policy, r, n):
        return sum(tree.law(policy, y) for y in tree.answers if rewards[y] == r and n in (None, len(y)))

    for y in tree.answers:
        for mates in itertools.product(classes, repeat=size - 1):
            chance = Fraction(1)
            for r, n in mates:
                chance *= single(at["rewards"], r, None)
                chance *= single(at["lengths"], r, n) / single(at["lengths"], r, None)
            a = advantages(kind, [rewards[y], *(r for r, _ in mates)])[0]
            own = {"own": Fraction(1, len(y)), "constant": Fraction(1, longest)}.get(lengths)
            own = Fraction(size, len(y) + sum(n for _, n in mates)) if own is None else own
            for k in range(len(y)):
                token = (at["token"] if weight == "none" else theta)[y[:k]][y[k]]
                laws = tree.law(at["prefix"], y, 0, k) * token * tree.law(at["suffix"], y, k + 1)
                ratio = theta[y[:k]][y[k]] / at["clip"][y[:k]][y[k]]
                live = slope(ratio, a, clip)
                total = added(total, scaled(chance * own * laws * live, tree.score(theta, y, k)))
    return total


def parts(tree, theta, phi, order, **loss):
    found = {}
    for i, name in enumerate(order):
        before, after = (factored(tree, theta, phi, order[: i + j], **loss) for j in (0, 1))
        found[name] = minus(after, before)
    return found


CASES = [
    # vocab, length, stop, group, advantage, lengths, clip
    (2, 2, None, 2, "sign", "own", None),
    (2, 2, 0, 2, "sign", "own", (Fraction(4, 5), Fraction(6, 5))),
    (2, 3, None, 2, "mean", "constant", (Fraction(9, 10), Fraction(11, 10))),
    (3, 1, None, 2, "sign", "own", (Fraction(1, 2), Fraction(3, 2))),
    (2, 2, 0, 3, "mean", "group", (Fraction(4, 5), Fraction(6, 5))),
    (2, 2, 1, 3, "loo", "group", None),
    (3, 1, None, 3, "mean", "own", (Fraction(9, 10), Fraction(11, 10))),
]


def case(seed, vocab, length, stop, size, kind, lengths, clip):
    rng = random.Random(seed)
    tree = Tree(vocab, length, stop)
    theta, phi = tree.policy(rng), tree.policy(rng)
    rewards = {y: rng.randint(0, 2) for y in tree.answers}
    rewards[tree.answers[0]], rewards[tree.answers[-1]] = 0, 2
    return tree, theta, phi, {"rewards": rewards, "size": size, "kind": kind, "lengths": lengths, "clip": clip}


def telescopes(bias, found):
    return bias == added(*found.values())


@pytest.mark.parametrize("shape", CASES)
@pytest.mark.parametrize("seed", range(2))
def test_the_sources_add_up_to_the_bias_of_the_literal_loss(seed, shape):
    tree, theta, phi, loss = case(seed, *shape)
    stale, fresh = (surrogate_gradient(tree, theta, x, **loss) for x in (phi, theta))
    found = parts(tree, theta, phi, FACTORS, **loss)
    assert telescopes(minus(stale, fresh), found)
    assert found["token"] == [0] * len(stale)  # the token ratio is exact
    assert shape[1] == 1 or any(found["suffix"])  # a bandit without a std moves only where the clip is active
    broken = {**found, "suffix": scaled(Fraction(101, 100), found["suffix"])}
    assert telescopes(minus(stale, fresh), broken) is not any(found["suffix"])


def test_without_importance_weight_the_current_token_is_a_source():
    tree, theta, phi, loss = case(3, *CASES[0])
    loss |= {"weight": "none"}
    stale, fresh = (surrogate_gradient(tree, theta, x, **loss) for x in (phi, theta))
    found = parts(tree, theta, phi, FACTORS, **loss)
    assert telescopes(minus(stale, fresh), found)
    assert any(found["token"])


def test_skipping_a_factor_or_using_the_wrong_measure_does_not_telescope():
    tree, theta, phi, loss = case(1, *CASES[1])
    bias = minus(*(surrogate_gradient(tree, theta, x, **loss) for x in (phi, theta)))
    found = parts(tree, theta, phi, FACTORS, **loss)
    late = parts(tree, theta, phi, tuple(reversed(FACTORS)), **loss)
    assert telescopes(bias, found)
    assert telescopes(bias, late)
    assert not telescopes(bias, {**found, "prefix": late["prefix"]})  # one part of another order


def null(seed, size, kind, weight, lengths, stop=None, levels=3):
    rng = random.Random(seed)
    tree = Tree(2, 2, stop)
    theta, phi = tree.policy(rng), tree.policy(rng)
    rewards = {y: i % levels for i, y in enumerate(tree.answers)}
    stale, fresh = (surrogate_gradient(tree, theta, x, rewards, size, kind, weight, lengths) for x in (phi, theta))
    return minus(stale, fresh), fresh


@pytest.mark.parametrize("kind", ["loo", "mean"])
@pytest.mark.parametrize("size", [2, 3])
@pytest.mark.parametrize("stop", [None, 0])
def test_the_null_test_is_exactly_zero_and_each_premise_is_needed(kind, size, stop):
    bias, fresh = null(0, size, kind, "sequence", "constant", stop)
    assert not any(bias)
    assert any(fresh)
    assert any(null(0, size, kind, "token", "constant", stop)[0])
    assert any(null(0, size, kind, "none", "constant", stop)[0])
    if stop is not None:
        assert any(null(0, size, kind, "sequence", "own", stop)[0])
        assert any(null(0, size, kind, "sequence", "group", stop)[0])


def test_a_std_breaks_the_null_test_for_three_levels_but_not_for_two_in_pairs():
    assert any(null(0, 2, "sign", "sequence", "constant", levels=3)[0])
    assert not any(null(0, 2, "sign", "sequence", "constant", levels=2)[0])  # w_G is constant for G = 2


def test_a_baseline_of_the_mates_is_no_source():
    for stop in (None, 0):
        tree, theta, phi, loss = case(2, 2, 2, stop, 3, "loo", "constant", None)
        assert not any(parts(tree, theta, phi, FACTORS, **loss)["rewards"])
    tree, theta, phi, loss = case(2, 2, 2, 0, 3, "loo", "own", None)
    assert any(parts(tree, theta, phi, FACTORS, **loss)["rewards"])  # 1/|y| with variable lengths


def test_a_bandit_keeps_the_normaliser_alone():
    tree, theta, phi, loss = case(4, 3, 1, None, 2, "sign", "own", None)
    loss["rewards"] = {y: i for i, y in enumerate(tree.answers)}  # with two levels w_G would be constant
    found = parts(tree, theta, phi, FACTORS, **loss)
    assert {name for name, part in found.items() if any(part)} == {"rewards"}


def group_weighted(tree, theta, phi, rewards, size, kind):
    """Gradients of E[W mean A] with W the ratio of the whole group: all weights, own weight, mates' weights."""
    zero = [Fraction(0)] * (len(tree.rows) * tree.vocab)
    full = own = mates = zero
    for group in itertools.product(tree.answers, repeat=size):
        chance = Fraction(1)
        for y in group:
            chance *= tree.law(theta, y)  # phi cancels: law under phi times the ratio
        a = advantages(kind, [rewards[y] for y in group])
        scores = [added(zero, *(tree.score(theta, y, k) for k in range(len(y)))) for y in group]
        for i in range(size):
            for j in range(size):
                term = scaled(chance * a[i] / size, scores[j])
                full = added(full, term)
                own, mates = (added(own, term), mates) if i == j else (own, added(mates, term))
    return full, own, mates


@pytest.mark.parametrize("kind", ["sign", "mean", "loo"])
def test_a_differentiable_group_weight_has_no_gradient(kind):
    tree, theta, phi, loss = case(6, *CASES[0])
    full, own, mates = group_weighted(tree, theta, phi, loss["rewards"], 2, kind)
    assert not any(full)
    assert any(own)
    assert mates == scaled(-1, own)
    assert any(group_weighted(tree, theta, phi, loss["rewards"], 2, "raw")[0])  # nothing without centring


def behaviour_matrix(tree, theta, rewards, size, kind, lengths, name, step):
    """Central difference quotient in the row logits of one source on the diagonal, exact in a rational path."""
    dim = len(tree.rows) * tree.vocab
    columns = []
    for c in range(dim):
        prefix, token = tree.rows[c // tree.vocab], c % tree.vocab

        def moved(t, prefix=prefix, token=token):
            new = dict(theta)
            old = theta[prefix]  # tangent of the softmax row along one logit
            new[prefix] = tuple(p + t * p * ((b == token) - old[token]) for b, p in enumerate(old))
            return new

        ends = [
            factored(tree, theta, moved(t), (name,), rewards=rewards, size=size, kind=kind, lengths=lengths)
            for t in (step, -step)
        ]
        columns.append(scaled(1 / (2 * step), minus(*ends)))
    return [list(r) for r in zip(*columns, strict=True)]


def transposed(matrix):
    return [list(c) for c in zip(*matrix, strict=True)]


def close(a, b, tolerance=Fraction(1, 10**8)):
    return all(abs(x - y) <= tolerance for r, s in zip(a, b, strict=True) for x, y in zip(r, s, strict=True))


@pytest.mark.parametrize(
    ("stop", "levels", "lengths", "symmetric"),
    [(None, 2, "own", True), (None, 3, "own", False), (0, 2, "own", False), (0, 2, "constant", True)],
)
def test_prefix_and_suffix_operators_are_transposes_and_the_rest_may_break_the_symmetry(
    stop, levels, lengths, symmetric
):
    rng = random.Random(8)
    tree = Tree(2, 2, stop)
    theta = tree.policy(rng)
    rewards = {y: i % levels for i, y in enumerate(tree.answers)}
    size, kind = 2, "sign"
    step = Fraction(1, 10**6)
    prefix, suffix, mates = (
        behaviour_matrix(tree, theta, rewards, size, kind, lengths, name, step)
        for name in ("prefix", "suffix", "rewards")
    )
    assert close(prefix, transposed(suffix))
    assert not close(prefix, suffix)
    whole = [added(*rows) for rows in zip(prefix, suffix, mates, strict=True)]
    assert close(whole, transposed(whole)) is symmetric
