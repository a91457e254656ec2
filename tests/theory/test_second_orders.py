"""Second checks of the orders of the split and of the clip: exact rationals by own enumeration."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction
from math import factorial

import pytest
from stalelaw.theory.claims import get
from sympy.core.function import AppliedUndef


def row(rng, vocab):
    weights = [rng.randint(1, 5) for _ in range(vocab)]
    return tuple(Fraction(w, sum(weights)) for w in weights)


def shapley_by_orders(values, names):
    orders = list(itertools.permutations(names))
    total = {name: Fraction(0) for name in names}
    for order in orders:
        for i, name in enumerate(order):
            total[name] += values[frozenset(order[: i + 1])] - values[frozenset(order[:i])]
    return {name: t / len(orders) for name, t in total.items()}


def shapley_by_weights(values, names):
    m, found = len(names), {}
    for name in names:
        others = [x for x in names if x != name]
        subsets = [frozenset(c) for size in range(m) for c in itertools.combinations(others, size)]
        found[name] = sum(
            Fraction(factorial(len(c)) * factorial(m - 1 - len(c)), factorial(m)) * (values[c | {name}] - values[c])
            for c in subsets
        )
    return found


def products(rng, count, path=None):
    """Values of a product of ``count`` factors for every coalition; ``path`` (a size) makes the changes small."""
    old = [Fraction(rng.randint(1, 9), rng.randint(1, 9)) for _ in range(count)]
    step = [Fraction(rng.randint(-9, 9) or 1, rng.randint(1, 9)) for _ in range(count)]
    new = [a + (path or 1) * b for a, b in zip(old, step, strict=True)]
    values = {}
    for size in range(count + 1):
        for moved in itertools.combinations(range(count), size):
            value = Fraction(1)
            for k in range(count):
                value *= new[k] if k in moved else old[k]
            values[frozenset(moved)] = value
    return values, old, new, step


@pytest.mark.parametrize("count", [2, 3, 5])
def test_shapley_sums_to_the_bias_and_is_the_mean_over_orders(count):
    values, *_ = products(random.Random(count), count)
    names = tuple(range(count))
    mean = shapley_by_orders(values, names)
    assert mean == shapley_by_weights(values, names)
    assert sum(mean.values()) == values[frozenset(names)] - values[frozenset()]


def test_the_claim_averages_over_the_orders_whatever_the_values_of_the_coalitions():
    rng, names = random.Random(2), tuple(range(6))
    values = {frozenset(s): Fraction(rng.randint(-9, 9)) for n in range(7) for s in itertools.combinations(names, n)}
    mean, claim = shapley_by_orders(values, names), get("source-orders")
    for k in names:
        side = claim.step(f"mean-{k}").statement.rhs
        given = {a: values[frozenset(j for j in names if a.args[j] == 1)] for a in side.atoms(AppliedUndef)}
        assert side.subs(given) == mean[k] != mean[(k + 1) % 6]
    total = sum(mean.values())
    assert total == values[frozenset(names)] - values[frozenset()]


def test_three_factors_have_the_closed_shapley_value_and_the_gap():
    values, old, new, _ = products(random.Random(7), 3)
    (d, q, g), (d2, q2, g2) = old, new
    closed = (d2 - d) * (2 * q * g + q2 * g + q * g2 + 2 * q2 * g2) / 6
    assert shapley_by_orders(values, (0, 1, 2))[0] == closed
    assert closed != (d2 - d) * (q * g + q2 * g + q * g2 + q2 * g2) / 4  # equal weights would be wrong
    gap = (values[frozenset({0, 1})] - values[frozenset({1})]) - (values[frozenset({0})] - values[frozenset()])
    assert gap == (d2 - d) * (q2 - q) * g


def test_the_gap_between_orders_is_of_second_order_and_the_first_order_part_is_shared():
    sizes = [Fraction(1, 1000), Fraction(1, 2000)]
    gaps, rests = [], []
    for size in sizes:
        values, old, _, step = products(random.Random(11), 3, size)
        first = size * step[0] * old[1] * old[2]
        gaps.append(values[frozenset({0, 1})] - values[frozenset({1})] - values[frozenset({0})] + values[frozenset()])
        rests.append(shapley_by_orders(values, (0, 1, 2))[0] - first)
    assert gaps[0] == 4 * gaps[1]
    assert abs(rests[0] / rests[1] - 4) < Fraction(1, 100)


def test_equal_factors_have_equal_shapley_values():
    rng = random.Random(5)
    old, new = [Fraction(rng.randint(1, 9)) for _ in range(2)], [Fraction(rng.randint(1, 9)) for _ in range(2)]
    values = {}
    for size in range(4):
        for moved in itertools.combinations(range(3), size):
            value = Fraction(1)
            for k in range(3):
                value *= (new if k in moved else old)[min(k, 1)]  # factors 1 and 2 are twins
            values[frozenset(moved)] = value
    mean = shapley_by_orders(values, (0, 1, 2))
    assert mean[1] == mean[2]
    assert mean[0] != mean[1]


def clipped(ratio, advantage, low, high):
    inner = min(max(ratio, low), high)
    return min(ratio * advantage, inner * advantage)


@pytest.mark.parametrize("ratio", [Fraction(1, 2), Fraction(1), Fraction(3, 2)])
def test_clipping_the_mean_advantage_overstates_by_the_closed_gap(ratio):
    low, high, rng = Fraction(4, 5), Fraction(6, 5), random.Random(3)
    for _ in range(20):
        law = row(rng, 4)
        a = [Fraction(rng.randint(-4, 4)) for _ in range(4)]
        exact = sum(p * clipped(ratio, x, low, high) for p, x in zip(law, a, strict=True))
        gain = sum(p * max(x, 0) for p, x in zip(law, a, strict=True))
        lack = sum(p * max(-x, 0) for p, x in zip(law, a, strict=True))
        trap = clipped(ratio, gain - lack, low, high)
        assert exact == min(ratio, high) * gain - max(ratio, low) * lack
        assert trap - exact == max(Fraction(0), ratio - high, low - ratio) * min(gain, lack)
