"""The objective claims by a second route: groups of two written out, exact slopes or central differences."""

import itertools
import math
import random
from fractions import Fraction

import pytest
from stalelaw.theory.bridge import float64
from stalelaw.theory.claims import get

STEP = 1e-5


def number(claim, **values):
    expression = get(claim).formula
    return float(float64(expression)(**{str(s): float(values[str(s)]) for s in expression.free_symbols}))


def softmax(z):
    weights = [math.exp(c) for c in z]
    return [w / sum(weights) for w in weights]


def moved(z, k, step):
    return [c + step * (j == k) for j, c in enumerate(z)]


def slope(f, z, k):
    return (f(moved(z, k, STEP)) - f(moved(z, k, -STEP))) / (2 * STEP)


def standardised(rewards):
    mean = sum(rewards) / len(rewards)
    spread = math.sqrt(sum((r - mean) ** 2 for r in rewards) / len(rewards))
    return [(r - mean) / spread if spread > 1e-12 else 0.0 for r in rewards]


def surrogate(theta, phi, frozen, rewards, lengths, loss):
    """Mean over all groups of two; ``loss(first, old, still, a)`` of learner, behaviour and frozen probability."""
    first, old, still, total = softmax(theta), softmax(phi), softmax(frozen), 0.0
    for pair in itertools.product(range(len(rewards)), repeat=2):
        advantages = standardised([rewards[i] for i in pair])
        terms = [loss(first[i], old[i], still[i], a) / lengths[i] for i, a in zip(pair, advantages, strict=True)]
        total += old[pair[0]] * old[pair[1]] * sum(terms) / 2
    return total


def ratio(first, old, still, a):
    return first / old * a


def log_ratio(first, old, still, a):
    return still / old * a * math.log(first)


def instance(seed, n=4):
    rng = random.Random(seed)
    return [rng.gauss(0, 1) for _ in range(n)], [rng.gauss(0, 1) for _ in range(n)], [rng.random() for _ in range(n)]


@pytest.mark.parametrize("seed", range(4))
def test_the_two_forms_share_h_and_not_dj(seed):
    theta, phi, rewards = instance(seed)
    ones = [1.0] * len(rewards)
    for k in range(len(rewards)):
        h = slope(lambda z: surrogate(z, phi, theta, rewards, ones, ratio), theta, k)
        assert slope(lambda z: surrogate(z, phi, theta, rewards, ones, log_ratio), theta, k) == pytest.approx(
            h, abs=1e-8
        )
        assert slope(lambda z: surrogate(z, z, z, rewards, ones, ratio), theta, k) == pytest.approx(0, abs=1e-8)
    uniform = [0.0] * len(rewards)
    h = [slope(lambda z: surrogate(z, uniform, uniform, rewards, ones, ratio), uniform, k) for k in range(4)]
    dj = [slope(lambda z: surrogate(z, z, z, rewards, ones, log_ratio), uniform, k) for k in range(4)]
    assert dj == pytest.approx(h, abs=1e-8)
    assert max(map(abs, h)) > 0.01
    elsewhere = slope(lambda z: surrogate(z, z, z, rewards, ones, log_ratio), theta, 0)
    assert elsewhere != pytest.approx(
        slope(lambda z: surrogate(z, theta, theta, rewards, ones, ratio), theta, 0), rel=1e-3
    )


@pytest.mark.parametrize("seed", range(4))
def test_a_function_of_phi_changes_dj_by_its_slope_alone(seed):
    theta, phi, rewards = instance(seed)
    ones = [1.0] * len(rewards)

    def shift(z):
        return sum(p**2 for p in softmax(z))

    def shifted(first, second):
        return surrogate(first, second, first, rewards, ones, ratio) + shift(second)

    for k in range(len(rewards)):
        h = slope(lambda z: surrogate(z, phi, z, rewards, ones, ratio), theta, k)
        assert slope(lambda z: shifted(z, phi), theta, k) == pytest.approx(h, abs=1e-9)
        change = slope(lambda z: shifted(z, z), theta, k)
        assert change == pytest.approx(number("objective-not-determined", dc_shift=slope(shift, theta, k)), abs=1e-8)


def field(z, rewards, lengths):
    """H(theta, theta) by central differences in the learner's slot."""
    return [slope(lambda x: surrogate(x, z, z, rewards, lengths, ratio), z, k) for k in range(len(z))]


def token_mean_field(z, rewards, lengths):
    """H(theta, theta) of the token mean, by its definition: groups of two, signs for advantages."""
    p, kinds = softmax(z), range(len(z))
    weights = [
        sum(
            p[s] * 2 * ((rewards[r] > rewards[s]) - (rewards[r] < rewards[s])) / (lengths[r] + lengths[s])
            for s in kinds
        )
        for r in kinds
    ]
    return [sum(weights[r] * p[r] * (int(r == k) - p[k]) for r in kinds) for k in kinds]


def twist(z, rewards, lengths, step=1e-3, field=field):
    up, down = ([field(moved(z, k, s), rewards, lengths) for k in (0, 1)] for s in (step, -step))
    return (up[0][1] - down[0][1] - up[1][0] + down[1][0]) / (2 * step)


def arms(first):
    """Slopes of three uniform arms along one logit, exactly."""
    third = Fraction(1, 3)
    return [third * (int(r == first) - third) for r in range(3)]


def test_three_levels_have_a_curl_and_its_value_is_the_formula():
    v, w = arms(0), arms(1)
    predicted = number("curl-levels", mid_v=v[1], mid_w=w[1], top_v=v[2], top_w=w[2])
    assert predicted == pytest.approx(2 / 27, rel=1e-14)
    assert twist([0.0] * 3, [0.0, 1.0, 5.0], [1.0] * 3) == pytest.approx(predicted, abs=1e-5)
    theta, _, _ = instance(3)
    rewards = [0.0, 1.0, 2.0, 1.0]
    chances = [lambda z, r=r: sum(p for p, x in zip(softmax(z), rewards, strict=True) if x == r) for r in (1.0, 2.0)]
    names = [f"{level}_{way}" for level in ("mid", "top") for way in "vw"]
    values = dict(zip(names, (slope(c, theta, k) for c in chances for k in (0, 1)), strict=True))
    found = twist(theta, rewards, [1.0] * 4)
    assert found == pytest.approx(number("curl-levels", **values), abs=1e-5)
    assert abs(found) > 1e-3


def test_lengths_make_a_curl_and_its_value_is_the_formula():
    v, w = arms(0), arms(1)
    q = [-(d[0] + d[1] / 2 + d[2]) for d in (v, w)]
    predicted = number("curl-lengths", suc_v=v[0] + v[1], dp_suc=w[0] + w[1], Q_v=q[0], Q_w=q[1])
    assert predicted == pytest.approx(1 / 54, rel=1e-14)
    assert twist([0.0] * 3, [1.0, 1.0, 0.0], [1.0, 2.0, 1.0]) == pytest.approx(predicted, abs=1e-5)


def test_the_token_mean_has_a_curl_where_successes_differ_in_length():
    v, w = arms(0), arms(1)
    values = {"mid_v": v[1], "mid_w": w[1], "top_v": v[2], "top_w": w[2]}
    for sizes in ((1.0, 1.0, 2.0), (5.0, 3.0, 1.0), (4.0, 2.0, 2.0)):
        names = dict(zip(("size_fail", "size_short", "size_long"), sizes, strict=True))
        predicted = number("curl-token-mean", **names, **values)
        found = twist([0.0] * 3, [0.0, 1.0, 1.0], sizes, field=token_mean_field)
        assert found == pytest.approx(predicted, abs=1e-6)
        assert (abs(predicted) > 1e-3) == (sizes[1] != sizes[2])


def test_binary_rewards_of_one_length_have_no_curl():
    for seed in range(3):
        theta, _, _ = instance(seed)
        assert twist(theta, [1.0, 0.0, 1.0, 0.0], [2.0] * 4) == pytest.approx(0, abs=1e-5)


def test_binary_field_is_the_weight_times_the_slope_of_the_success_probability():
    theta, _, _ = instance(5)
    rewards = [1.0, 0.0, 1.0, 0.0]

    def success(z):
        return sum(p * r for p, r in zip(softmax(z), rewards, strict=True))

    for k, h in enumerate(field(theta, rewards, [1.0] * 4)):
        assert h == pytest.approx(number("potential", gain_m=1, mean_w=slope(success, theta, k)), abs=1e-7)
