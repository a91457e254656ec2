"""Second checks of the response-level constants: enumeration with 30 digits, by code that shares nothing with them.

A policy is a complete binary tree of two tokens, three rows of two logits; the surrogate is written from its definition
and differentiated by mixed central differences.
"""

import functools
import itertools
import random
from math import comb

import pytest
from mpmath import matrix, mp, mpf, sqrt, svd_r
from stalelaw.theory.bridge import float64
from stalelaw.theory.claims.closed_constants import CLAIM as GROUPS
from stalelaw.theory.claims.response_constants import CLAIM as RESPONSES
from stalelaw.theory.claims.response_diagonal import CLAIM as DIAGONAL
from stalelaw.theory.claims.row_energy import CLAIM as ENERGY
from stalelaw.theory.claims.success_slope import CLAIM as SUCCESS
from stalelaw.theory.claims.weight_slope_enclosures import CLAIM as ENCLOSED
from stalelaw.theory.proof.normal_form import instance_of
from stalelaw.theory.symbols import D_x, Hu_x, i_out, j_mate, k_tok, t_all, x_prompt

ROWS = [(), (0,), (1,)]
RESPONSES_2 = list(itertools.product((0, 1), repeat=2))
STEP = mpf("1e-8")


@pytest.fixture(autouse=True)
def digits():
    with mp.workdps(30):
        yield


def advantage(reward, p, size):
    """Mean standardised reward of a response whose mates succeed independently."""
    total = mpf(0)
    for k in range(size):
        m = mpf(k + reward) / size
        if 0 < m < 1:
            total += comb(size - 1, k) * p**k * (1 - p) ** (size - 1 - k) * (reward - m) / sqrt(m * (1 - m))
    return total


def weight(p, size):
    return advantage(1, p, size) - advantage(0, p, size)


def slope(p, size):
    return (weight(p + STEP, size) - weight(p - STEP, size)) / (2 * STEP)


def probability(logits, prefix, token):
    a, b = (mp.exp(logits[2 * ROWS.index(prefix) + i]) for i in (0, 1))
    return (a, b)[token] / (a + b)


def chance(logits, y, length):
    out = mpf(1)
    for k in range(length):
        out *= probability(logits, y[:k], y[k])
    return out


def responses(length):
    return RESPONSES_2 if length == 2 else [(0,), (1,)]


def surrogate(theta, phi, rewards, size, length):
    p = sum(chance(phi, y, length) * r for y, r in rewards.items())
    total = mpf(0)
    for y, r in rewards.items():
        ratios = sum(probability(theta, y[:k], y[k]) / probability(phi, y[:k], y[k]) for k in range(length))
        total += chance(phi, y, length) * ratios * advantage(r, p, size) / length
    return total


def mixed(theta, phi, u, v, rewards, size, length):
    """<u, d_phi H [v]> by mixed central differences."""
    total = mpf(0)
    for s, t in itertools.product((1, -1), repeat=2):
        here = [a + s * STEP * b for a, b in zip(theta, u, strict=True)]
        there = [a + t * STEP * b for a, b in zip(phi, v, strict=True)]
        total += s * t * surrogate(here, there, rewards, size, length)
    return total / (4 * STEP**2)


def norm_of_derivative(theta, phi, rewards, size, length):
    dim = 6 if length == 2 else 2
    eye = [[mpf(i == j) for j in range(6)] for i in range(dim)]
    found = matrix(dim, dim)
    for i, j in itertools.product(range(dim), repeat=2):
        found[i, j] = mixed(theta, phi, eye[i], eye[j], rewards, size, length)
    return max(svd_r(found, compute_uv=False))


def draw(rng, scale=1.5):
    return [mpf(rng.gauss(0, scale)) for _ in range(6)]


def rewarded(rng, length):
    ys = responses(length)
    table = {y: rng.randrange(2) for y in ys}
    return table | {ys[0]: 1, ys[-1]: 0}


def score(logits, direction, y, k):
    """Slope of the log-probability of token k along a direction, by central differences."""
    ends = [[a + s * STEP * b for a, b in zip(logits, direction, strict=True)] for s in (1, -1)]
    up, down = (mp.log(probability(point, y[:k], y[k])) for point in ends)
    return (up - down) / (2 * STEP)


def by_responses(theta, phi, u, v, rewards, size, length):
    """The sum over responses and tokens of claim response-derivative, and the three second moments."""
    p = sum(chance(phi, y, length) * r for y, r in rewards.items())
    scores = {y: [score(phi, v, y, k) for k in range(length)] for y in rewards}
    dp = sum(chance(phi, y, length) * r * sum(scores[y]) for y, r in rewards.items())
    total, this, others = mpf(0), mpf(0), mpf(0)
    for (y, r), k in itertools.product(rewards.items(), range(length)):
        h = chance(phi, y, length) / probability(phi, y[:k], y[k]) * probability(theta, y[:k], y[k])
        s, t = score(theta, u, y, k), sum(scores[y]) - scores[y][k]
        total += h * s * (r - mpf(1) / 2) * (weight(p, size) * t + slope(p, size) * dp) / length
        this, others = this + h * s**2, others + h * t**2
    response = sum(chance(phi, y, length) * sum(scores[y]) ** 2 for y in rewards)
    return total, {"this": this, "others": others, "response": response}, p, dp


def square(direction, length):
    return sum(a * a for a in (direction if length == 2 else direction[:2]))


def agree(a, b, tolerance="1e-11"):
    return abs(a - b) <= mpf(tolerance) * max(1, abs(a), abs(b))


@pytest.mark.parametrize(("length", "size"), [(1, 4), (1, 8), (2, 2), (2, 3), (2, 8)])
def test_the_derivative_by_responses(length, size):
    rng = random.Random(length * 100 + size)
    for _ in range(3):
        theta, phi, u, v = (draw(rng) for _ in range(4))
        rewards = rewarded(rng, length)
        exact = mixed(theta, phi, u, v, rewards, size, length)
        found, moments, p, dp = by_responses(theta, phi, u, v, rewards, size, length)
        assert agree(exact, found)
        if length == 2 or size > 3:
            assert not agree(exact, found * mpf("1.0001"), "1e-9") or abs(exact) < mpf("1e-6")
        for name, side in (("this", u), ("others", v), ("response", v)):
            factor = mpf(float(float64(ENERGY.formulas[name])(**({"L": length} if name == "others" else {}))))
            assert moments[name] <= factor * square(side, length) * (1 + mpf("1e-12"))
        assert dp**2 <= mpf(float(float64(SUCCESS.formula)(p_suc=float(p)))) * square(v, length) * (1 + mpf("1e-12"))


@functools.cache
def reaches(size, power):
    """sup of |w'| (p(1-p))^power on a grid, refined twice."""
    low, high = mpf("1e-6"), mpf("0.5")
    for _ in range(4):
        grid = [low + (high - low) * i / 30 for i in range(31)]
        best = max(grid, key=lambda p: abs(slope(p, size)) * (p * (1 - p)) ** power)
        low, high = max(best - (high - low) / 30, mpf("1e-7")), best + (high - low) / 30
    return abs(slope(best, size)) * (best * (1 - best)) ** power


@pytest.mark.parametrize("size", [4, 6, 8, 16, 32, 64])
def test_the_suprema_lie_inside_their_enclosures(size):
    for name, power in (("b", mpf(1) / 2), ("c", mpf(1))):
        top = reaches(size, power)
        low, high = (mpf(str(ENCLOSED.formulas[f"{name}_{kind}{size}"].evalf(20))) for kind in ("reached_", ""))
        assert low <= top <= high
        assert (high - low) / high < mpf("1e-3")
        assert not low * mpf("1.001") <= top <= high * mpf("1.001")  # a bound moved by a thousandth would be seen


def bounds(size, length):
    """Own copies of the three bounds, for one prompt, with own suprema."""
    b, c = (reaches(size, power) if size > 3 else mpf(0) for power in (mpf(1) / 2, mpf(1)))
    off = sqrt((1 - mpf(1) / length) * (size - 1) + b**2) / (4 * sqrt(length))
    on = (min(mpf(1), sqrt(length - 1) / 2) * sqrt(size - 1) + c) / (2 * length)
    return off, on, b, c


@pytest.mark.parametrize(("size", "length"), [(2, 1), (4, 1), (8, 2), (16, 2)])
def test_the_claims_state_these_bounds(size, length):
    off, on, b, c = bounds(size, length)
    values = {"P_top": 1.0, "G": float(size), "L": float(length)}
    assert agree(mpf(float(float64(RESPONSES.formula)(**values, b_top=float(b)))), off, "1e-13")
    assert agree(mpf(float(float64(DIAGONAL.formula)(**values, c_top=float(c)))), on, "1e-13")
    assert not agree(mpf(float(float64(2 * RESPONSES.formula)(**values, b_top=float(b)))), off + mpf("1e-9"), "1e-13")


@pytest.mark.parametrize(("size", "length"), [(8, 1), (2, 2), (8, 2)])
def test_the_norm_of_the_derivative_obeys_them(size, length):
    rng, (off, on, *_) = random.Random(size * 10 + length), bounds(size, length)
    for _ in range(3):
        theta, phi, rewards = draw(rng), draw(rng), rewarded(rng, length)
        assert norm_of_derivative(theta, phi, rewards, size, length) <= off
        assert norm_of_derivative(theta, theta, rewards, size, length) <= on


def test_two_arms_come_within_three_quarters_of_the_bound():
    """One token, learner uniform: the norm is |w'(p)| p(1-p)/2, so a bound a quarter smaller would be wrong."""
    off, on, *_ = bounds(4, 1)
    best = mpf(0)
    for p in (mpf(k) / 50 for k in range(5, 20)):
        phi = [mp.log(p), mp.log(1 - p), *[mpf(0)] * 4]
        found = norm_of_derivative([mpf(0)] * 6, phi, {(0,): 1, (1,): 0}, 4, 1)
        assert agree(found, abs(slope(p, 4)) * p * (1 - p) / 2)
        best = max(best, found)
    assert off * mpf("0.75") < best < off
    assert best > on * mpf("0.99")  # the diagonal bound holds off the diagonal here, and is reached


def test_which_representation_is_smaller():
    for size, length in itertools.product((2, 4, 8, 16), (1, 2, 16, 256)):
        off, *_ = bounds(size, length)
        groups = float(float64(GROUPS.formula)(G=float(size), L=float(length), eps_hi=0.0))
        assert off < groups


def test_a_rule_is_solved_for_every_argument():
    k, j, free = k_tok, j_mate, {k_tok, j_mate}
    rule = t_all(k, j), D_x(k) * Hu_x(j)
    assert instance_of(*rule, t_all(1, 2), free) == D_x(1) * Hu_x(2)
    assert instance_of(*rule, t_all(j, k), free) == D_x(j) * Hu_x(k)
    assert instance_of(t_all(k, k), D_x(k), t_all(1, 2), free) is None
    assert instance_of(t_all(k, k), D_x(k), t_all(1, k), free) is None
    assert instance_of(t_all(k, 1), D_x(k), t_all(2, 3), free) is None
    assert instance_of(t_all(k + 1, x_prompt), D_x(k), t_all(5, x_prompt), free) == D_x(4)
    assert instance_of(t_all(k, x_prompt), D_x(k), t_all(i_out, x_prompt), free) == D_x(i_out)
