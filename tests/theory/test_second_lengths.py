"""Second check of the first-order form for responses of several lengths: exact rationals, enumeration of whole groups.

A policy is a tree of token laws in which token 0 ends a response; a displacement along w multiplies every row by
``exp(eps w)``, whose derivative is rational. The derivative of H is taken of the literal group loss, log by log; the
sources are sums over mates that share nothing with the theory. A finite difference stands behind both.
"""

from __future__ import annotations

import itertools
import math
import random
from fractions import Fraction

import pytest

VOCAB, STOP = 2, 0


def prefixes(length):
    return [(1,) * k for k in range(length)]


def answers(length):
    return [(1,) * k + (0,) for k in range(length)] + [(1,) * length]


def draw(seed, length):
    rng = random.Random(seed)
    policy, w, h = {}, {}, {}
    for prefix in prefixes(length):
        a, b = rng.randint(1, 5), rng.randint(1, 5)
        policy[prefix] = (Fraction(a, a + b), Fraction(b, a + b))
        w[prefix], h[prefix] = ([Fraction(rng.randint(-3, 3)) for _ in range(VOCAB)] for _ in range(2))
    rewards = {y: rng.randint(0, 1) for y in answers(length)}
    first, last = answers(length)[0], answers(length)[-1]
    rewards[first], rewards[last], rewards[answers(length)[1]] = 0, 0, 1
    return policy, w, h, rewards


def score(policy, direction, y, k):
    row, along = policy[y[:k]], direction[y[:k]]
    return along[y[k]] - sum(p * d for p, d in zip(row, along, strict=True))


def whole(policy, direction, y):
    return sum(score(policy, direction, y, k) for k in range(len(y)))


def law(policy, y):
    return math.prod(policy[y[:k]][y[k]] for k in range(len(y)))


def advantage(kind, rewards):
    if kind == "sign":  # the std of a group of two
        return Fraction((rewards[0] > rewards[1]) - (rewards[0] < rewards[1]))
    mean = Fraction(sum(rewards), len(rewards))
    return rewards[0] - mean if kind == "mean" else rewards[0] * mean


def weigh(kind, sizes):
    return Fraction(1, sizes[0]) if kind == "own" else Fraction(len(sizes), sum(sizes))


def power(weight, y):
    return {"token": Fraction(0), "sequence": Fraction(1), "geometric": Fraction(1, len(y)), "none": Fraction(0)}[
        weight
    ]


CASES = [
    (3, 2, "sign", "group", "token"),
    (3, 2, "sign", "own", "token"),
    (3, 3, "mean", "group", "token"),
    (3, 3, "product", "group", "sequence"),
    (3, 2, "sign", "group", "geometric"),
    (2, 3, "product", "own", "none"),
]


def derivative(policy, w, h, rewards, size, kind, lengths, weight):
    """d/dphi along w of the group loss of the first response: product rule over every factor with phi in it."""
    total = Fraction(0)
    for group in itertools.product(rewards, repeat=size):
        y, chance = group[0], math.prod(law(policy, x) for x in group)
        value = chance * advantage(kind, [rewards[x] for x in group]) * weigh(lengths, [len(x) for x in group])
        moved = sum(whole(policy, w, x) for x in group) - power(weight, y) * whole(policy, w, y)
        for k in range(len(y)):
            slope = moved - (weight == "token") * score(policy, w, y, k)
            total += value * slope * score(policy, h, y, k)
    return total


def given(policy, w, rewards, y, *keys):
    kept = [x for x in rewards if all(key(x) == key(y) for key in keys)]
    return sum(law(policy, x) * whole(policy, w, x) for x in kept) / sum(law(policy, x) for x in kept)


def sources(policy, w, h, rewards, size, kind, lengths, weight):
    """The five sources as the claim writes them."""
    found = dict.fromkeys(("prefix", "token", "suffix", "rewards", "lengths"), Fraction(0))
    a = {y: given(policy, w, rewards, y, rewards.get) for y in rewards}
    e = {y: given(policy, w, rewards, y, rewards.get, len) for y in rewards}
    for y in rewards:
        mates = list(itertools.product(rewards, repeat=size - 1))
        weights = [
            math.prod(law(policy, x) for x in m)
            * advantage(kind, [rewards[y], *(rewards[x] for x in m)])
            * weigh(lengths, [len(y), *map(len, m)])
            for m in mates
        ]
        mean = sum(weights)
        u = sum(c * sum(a[x] for x in m) for c, m in zip(weights, mates, strict=True))
        v = sum(c * sum(e[x] - a[x] for x in m) for c, m in zip(weights, mates, strict=True))
        scores = [score(policy, w, y, k) for k in range(len(y))]
        for k in range(len(y)):
            base = law(policy, y) * score(policy, h, y, k)
            left = 1 - power(weight, y)
            found["prefix"] += base * mean * left * sum(scores[:k])
            found["token"] += base * mean * (left - (weight == "token")) * scores[k]
            found["suffix"] += base * mean * left * sum(scores[k + 1 :])
            found["rewards"] += base * u
            found["lengths"] += base * v
    return found


def adds_up(stated, parts):
    return stated == sum(parts.values())


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("seed", range(3))
def test_the_sources_add_up_exactly(seed, case):
    length, *rest = case
    drawn = draw(seed, length)
    stated, parts = derivative(*drawn, *rest), sources(*drawn, *rest)
    assert adds_up(stated, parts)
    assert (parts["lengths"] == 0) or rest[2] == "group"
    for name, part in parts.items():
        assert adds_up(stated, {**parts, name: part * Fraction(1001, 1000)}) is (part == 0)


def test_the_lengths_of_the_mates_are_a_source_of_the_token_mean():
    length, *rest = CASES[0]
    assert all(sources(*draw(seed, length), *rest)["lengths"] != 0 for seed in range(3))


def gradient(policy, phi, h, rewards, size, kind, lengths, weight):
    """H(theta, phi) along h in floating point, by the literal group loss."""
    total = 0.0
    for group in itertools.product(rewards, repeat=size):
        y, chance = group[0], math.prod(law(phi, x) for x in group)
        value = chance * advantage(kind, [rewards[x] for x in group]) * weigh(lengths, [len(x) for x in group])
        sequence = (law(policy, y) / law(phi, y)) ** float(power(weight, y))
        for k in range(len(y)):
            token = policy[y[:k]][y[k]] / phi[y[:k]][y[k]] if weight == "token" else 1
            total += float(value * token * score(policy, h, y, k)) * sequence
    return total


def shifted(policy, w, step):
    moved = {}
    for prefix, row in policy.items():
        weights = [float(p) * math.exp(step * d) for p, d in zip(row, w[prefix], strict=True)]
        moved[prefix] = tuple(x / sum(weights) for x in weights)
    return moved


@pytest.mark.parametrize("case", CASES)
def test_the_derivative_is_that_of_a_finite_difference(case):
    length, *rest = case
    policy, w, h, rewards = draw(7, length)
    up, down = (gradient(policy, shifted(policy, w, s), h, rewards, *rest) for s in (1e-5, -1e-5))
    exact = derivative(policy, w, h, rewards, *rest)
    assert (up - down) / 2e-5 == pytest.approx(float(exact), rel=1e-6, abs=1e-8)
    assert (up - down) / 2e-5 != pytest.approx(float(exact) * 1.001 + 1e-4, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("own", [True, False])
def test_the_instances_of_the_claim_are_a_policy(own):
    """The tables of the claim against the enumeration here, by their derivative."""
    from stalelaw.theory import symbols as sy
    from stalelaw.theory.claims.first_order_lengths import world

    half = Fraction(1, 2)
    policy = {(): (half, half), (1,): (half, half)}
    w = {(): (Fraction(1), Fraction(0)), (1,): (Fraction(3), Fraction(0))}
    h = {(): (Fraction(2), Fraction(0)), (1,): (Fraction(1), Fraction(0))}
    rewards = {(0,): 0, (1, 0): 1, (1, 1): 0}
    case = (policy, w, h, rewards, 2, "sign", "own" if own else "group", "token")
    values = world(own=own).values
    assert values[sy.dH_h] == derivative(*case)
    assert values[sy.part_len] == sources(*case)["lengths"]
    assert (values[sy.part_len] == 0) is own


@pytest.mark.parametrize(
    ("loss", "powers", "mates"),
    [
        ("grpo", r"$\sigma_{\mathrm{cur}}=1$, $\sigma_{\iota}=0$", False),
        ("dapo", r"$\sigma_{\mathrm{cur}}=1$, $\sigma_{\iota}=0$", True),
        ("gspo", r"$\sigma_{\mathrm{cur}}=0$, $\sigma_{\iota}=\frac{1}{L}$", False),
    ],
)
def test_a_loss_says_which_lengths_it_covers(loss, powers, mates):
    from stalelaw.theory.surrogates import surrogate
    from stalelaw.theory.surrogates.derivation import loss_claim
    from stalelaw.theory.surrogates.table import row

    said = loss_claim(surrogate(loss)).statement
    assert "responses of $L$ tokens" in said
    assert powers in said
    assert ("=0$." not in said.rpartition(" and ")[2]) is mates
    assert ("vi" in row(surrogate(loss)).on) is mates
