"""One softmax row a second time: mean score norm and total variation at 30 digits, from the logits alone."""

import random

import pytest
from mpmath import mp, mpf
from stalelaw.theory.bridge import float64
from stalelaw.theory.claims import get

ROWS = [random.Random(n) for n in range(40)]


@pytest.fixture(autouse=True)
def digits():
    with mp.workdps(30):
        yield


def at(claim, name="", **values):
    record = get(claim)
    return float64(record.formulas[name] if name else record.formula)(**{k: float(v) for k, v in values.items()})


def softmax(logits):
    weights = [mp.exp(z) for z in logits]
    return [w / sum(weights) for w in weights]


def length(v):
    return mp.sqrt(sum(x * x for x in v))


def score(logits, token):
    """Gradient of log pi(token) in the logits, by differentiation."""

    def log_pi(*z):
        return z[token] - mp.log(sum(map(mp.exp, z)))

    units = [tuple(int(i == j) for i in range(len(logits))) for j in range(len(logits))]
    return [mp.diff(log_pi, tuple(logits), unit) for unit in units]


def normal(rng, size, scale):
    return [mpf(rng.gauss(0, scale)) for _ in range(size)]


def exceeds(values, bounds):
    """Whether a value is above its bound, by more than what float64 leaves open."""
    return any(v > b * (1 + mpf(10) ** -14) for v, b in zip(values, bounds, strict=True))


def test_mean_norm_of_a_score():
    means, bounds, widest = [], [], []
    for n, rng in enumerate(ROWS[:8]):
        logits = normal(rng, 2 + n % 4, 1) if n else [mpf(0)] * 5
        pi = softmax(logits)
        norms = [length(score(logits, token)) for token in range(len(pi))]
        assert abs(sum(p * x * x for p, x in zip(pi, norms, strict=True)) - (1 - length(pi) ** 2)) < mpf(10) ** -12
        means.append(sum(p * x for p, x in zip(pi, norms, strict=True)))
        bounds.append(at("mean-score-norm", collision=length(pi) ** 2))
        widest.append(at("mean-score-norm", "largest", n=len(pi)))
    assert not exceeds(means, bounds)
    assert not exceeds(bounds, widest)
    assert exceeds(means, [b * mpf("0.999") for b in bounds])  # a bound 0.1 % smaller is false
    assert exceeds(bounds, [w * mpf("0.999") for w in widest])


def pairs():
    """Two rows each: random ones, and two tokens that exchange their probabilities at every distance."""
    for n, rng in enumerate(ROWS):
        size, scale = 2 + n % 4, rng.choice((mpf("0.05"), 1, 4))
        if n % 4:
            yield normal(rng, size, 2), normal(rng, size, scale)
        else:
            yield [scale, mpf(0)], [mpf(0), scale]


def test_total_variation_of_a_token():
    values, by_ratio, sharp, linear = [], [], [], []
    for first, second in pairs():
        before, after = softmax(first), softmax(second)
        ratios = [b / a for a, b in zip(before, after, strict=True)]
        root, distance = mp.sqrt(max(ratios) / min(ratios)), length([x - y for x, y in zip(first, second, strict=True)])
        values.append(sum(max(a - b, 0) for a, b in zip(before, after, strict=True)))  # largest difference of an event
        by_ratio.append(at("ratio-variation", widening=root - 1))
        sharp.append(at("token-variation", "sharp", d_row=distance))
        linear.append(at("token-variation", d_row=distance))
        assert abs(sharp[-1] - mp.tanh(mp.sqrt(2) * distance / 4)) < mpf(10) ** -14
    for bounds in (by_ratio, sharp, linear):
        assert not exceeds(values, bounds)
        assert exceeds(values, [b * mpf("0.999") for b in bounds])
