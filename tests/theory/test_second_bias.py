"""Bias claims by a second route: own enumeration in numpy and fractions, nothing shared with the derivations.

Each comparison has a partner that shows it fails on a wrong formula.
"""

import itertools
import math
import random
from collections import deque
from fractions import Fraction

import numpy as np
import pytest
from stalelaw.theory.bridge import float64
from stalelaw.theory.claims import get

DRAWS = 200


def number(claim, name="", **values):
    expression = get(claim).formulas[name] if name else get(claim).formula
    return float(float64(expression)(**{str(s): float(values[str(s)]) for s in expression.free_symbols}))


def law(rng, n):
    weights = rng.exponential(size=n) ** 3
    return weights / weights.sum()


# --- diameter and total variation ---
def gap_and_tv(rng, n, dim):
    """Random laws and values: |E_P f - E_Q f|, TV, and the values."""
    f, p, q = rng.normal(size=(n, dim)), law(rng, n), law(rng, n)
    return float(np.linalg.norm((p - q) @ f)), float(np.abs(p - q).sum() / 2), f


def exceeded(factor):
    """How often ``factor`` times the claimed bound is below the truth."""
    rng, count = np.random.default_rng(0), 0
    for _ in range(DRAWS):
        gap, tv, f = gap_and_tv(rng, int(rng.integers(2, 5)), int(rng.integers(1, 4)))
        diameter = max(math.dist(a, b) for a in f for b in f)
        count += gap > factor * number("diameter-bound", diam_f=diameter) * tv + 1e-14
    return count


def test_diameter_bound():
    assert exceeded(1.0) == 0
    assert exceeded(0.9) > 0


def least_radius(points):
    """Radius of the smallest ball around points of the plane: the largest over circles through two or three of them."""
    best = 0.0
    for a, b in itertools.combinations(points, 2):
        best = max(best, math.dist(a, b) / 2)
    for a, b, c in itertools.combinations(points, 3):
        sides = sorted((math.dist(a, b), math.dist(b, c), math.dist(a, c)))
        if sides[2] ** 2 < sides[0] ** 2 + sides[1] ** 2:  # acute: the circumscribed circle is the smallest ball
            area = abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2
            best = max(best, sides[0] * sides[1] * sides[2] / (4 * area))
    return best


def test_the_weaker_forms_are_ordered_and_the_diameter_is_strictly_smaller_for_acute_triangles():
    rng, strict = np.random.default_rng(1), 0
    for _ in range(DRAWS):
        points = rng.normal(size=(3, 2))
        sizes = {"diam_f": max(math.dist(a, b) for a in points for b in points), "rad_f": least_radius(points)}
        sizes["sup_f"] = float(np.linalg.norm(points, axis=1).max())
        diameter, centre, largest = (number("diameter-bound", n, **sizes) for n in ("diameter", "centre", "largest"))
        assert diameter <= centre * (1 + 1e-12)
        assert centre <= largest * (1 + 1e-12)
        strict += diameter < 0.999 * centre
    assert strict > DRAWS // 10


def test_simplex_corners_have_the_radius_of_the_claim():
    """Circumscribed balls: corners e_i, centre 1/n, exactly; and no random centre does better."""
    rng = random.Random(2)
    for n in range(2, 12):
        radius_sq = (1 - Fraction(1, n)) ** 2 + (n - 1) * Fraction(1, n) ** 2
        bound = number("diameter-strict", n=n, D2_simplex=2)
        assert float(4 * radius_sq) == pytest.approx(bound, rel=1e-14)
        for _ in range(20):
            centre = [1 / n + rng.gauss(0, 0.1) for _ in range(n)]
            worst = max(sum((float(j == i) - c) ** 2 for j, c in enumerate(centre)) for i in range(n))
            assert 4 * worst >= bound * (1 - 1e-12)
    assert number("diameter-strict", n=3, D2_simplex=2) > 2  # strictly more than the squared diameter


def lipschitz_gap(rng):
    """A random problem, p and g affine in phi: ratio of the truth to the claimed bound with its true constants."""
    n, dim = 3, 2
    base, tilt = np.full(n, 1 / n), rng.normal(size=(n, dim))
    tilt -= tilt.mean(axis=0)
    tilt *= 0.1 / np.abs(tilt).max()
    a, b = rng.normal(size=(n, dim)), rng.normal(size=(n, dim, dim))
    x, y = rng.uniform(-1, 1, size=(2, dim))
    p, q, g, h = base + tilt @ x, base + tilt @ y, a + b @ x, a + b @ y
    distance = float(np.linalg.norm(x - y))
    constants = {"D_ell": max(math.dist(s, t) for s in g for t in g), "L_D": np.abs(p - q).sum() / 2 / distance}
    constants["L_B"] = max(np.linalg.norm(s - t) for s, t in zip(g, h, strict=True)) / distance
    return float(np.linalg.norm(p @ g - q @ h)) / (number("diameter-lipschitz", **constants) * distance)


def test_lipschitz_in_diameter_form():
    rng = np.random.default_rng(3)
    ratios = [lipschitz_gap(rng) for _ in range(DRAWS)]
    assert max(ratios) <= 1 + 1e-12
    assert max(ratios) > 0.7  # so that 0.7 of the constant fails


# --- lags ---
def straight_line(lags):
    """Distances of theta_t to theta_{t-s} for a learner that moves by one unit per step."""
    return [Fraction(s) for s in lags]


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_lag_models_on_a_straight_line(size):
    models = {
        "sync": ([t % size for t in range(5 * size)], size),
        "ahead": ([size + t % size for t in range(5 * size)], size),
        "uniform": (list(range(size + 1)), size),
    }
    for name, (lags, value) in models.items():
        distances = straight_line(lags)
        values = {"eta": 1, "G_upd": 1, "S_int": value, "m_lag": value}
        assert number("lag-models", f"{name}-largest", **values) == max(distances)
        assert number("lag-models", f"{name}-mean", **values) == pytest.approx(float(sum(distances) / len(distances)))
    wrong = number("lag-models", "sync-largest", eta=1, G_upd=1, S_int=size + 1)
    assert wrong != max(straight_line(models["sync"][0]))


def queue_lags(workers, places, steps, rng, fast):
    """A queue tick by tick: each worker has a countdown; the learner takes ten ticks per step; batches in order."""
    started, countdown, finished, queue, lags = [], [], set(), deque(), []
    done = learner = handed = 0

    def begin():
        countdown.append([len(started), 1 if fast else rng.randint(1, 20 * workers)])
        started.append(done)

    for _ in range(workers):
        begin()
    while len(lags) < steps:
        for job in countdown:
            job[1] -= 1
        finished |= {job[0] for job in countdown if job[1] <= 0}
        if learner > 0:
            learner -= 1
            done += learner == 0
        for _ in range(workers + 2):
            if learner == 0 and queue:
                lags.append(done - started[queue.popleft()])
                learner = 10
            if handed in finished and (len(queue) < places or (places == 0 and learner == 0 and not queue)):
                queue.append(handed)
                countdown = [job for job in countdown if job[0] != handed]
                handed += 1
                begin()
    return lags


@pytest.mark.parametrize(("workers", "places"), [(1, 0), (1, 1), (2, 0), (3, 2)])
def test_a_queue_has_lag_at_most_workers_plus_places_and_reaches_it(workers, places):
    bound = number("lag-queue", "lag", W=workers, Q=places)
    assert max(queue_lags(workers, places, 60, random.Random(4), True)) == bound
    assert max(queue_lags(workers, places, 300, random.Random(5), False)) <= bound


def test_a_queue_that_overtakes_has_no_such_bound():
    """Two workers, no places, batches used when ready: one batch takes as long as a hundred learner steps."""
    done, slow_started = 0, 0
    for _ in range(100):  # the other worker feeds the learner all the time
        done += 1
    assert done - slow_started > number("lag-queue", "lag", W=2, Q=0)


def test_partial_rollouts_on_a_straight_line():
    rng = random.Random(6)
    for _ in range(50):
        lags = [rng.randint(0, 9) for _ in range(rng.randint(1, 12))]
        values = {"eta": 0.5, "G_upd": 3, "S_max": max(lags), "s_mean": sum(lags) / len(lags)}
        distances = [1.5 * s for s in lags]
        assert max(distances) == number("lag-partial", "largest", **values)
        assert sum(distances) / len(distances) == pytest.approx(number("lag-partial", "mean", **values))


# --- the bias ---
def tilted_bias(path, tilt=Fraction(1), height=Fraction(1)):
    """delta at the end of a path under rollouts of its start: p = 1/2 +- tilt phi, gradients +- height, exactly."""

    def gradient(phi):
        return (Fraction(1, 2) + tilt * phi) * height - (Fraction(1, 2) - tilt * phi) * height

    return abs(gradient(path[0]) - gradient(path[-1]))


def test_the_family_has_bias_exactly_c_s_eta():
    for count, eta, speed in itertools.product((1, 2, 9), (Fraction(1, 100), Fraction(1, 300)), (1, 3)):
        path = [Fraction(1, 50) + k * eta * speed for k in range(count + 1)]
        predicted = number("order-necessary", G_ell=2, L_D=1, G_upd=speed, S_int=count, eta=eta)
        assert float(tilted_bias(path, height=Fraction(2))) == pytest.approx(predicted, rel=1e-14)
        assert float(tilted_bias(path[:-1], height=Fraction(2))) != pytest.approx(predicted, rel=1e-3)


def test_mean_bias_is_the_bound_for_the_straight_family_and_any_lags():
    rng = random.Random(7)
    for _ in range(50):
        lags = [rng.randint(0, 5) for _ in range(rng.randint(1, 6))]
        weights = [Fraction(rng.randint(1, 9)) for _ in lags]
        q = [w / sum(weights) for w in weights]
        eta = Fraction(1, 100)
        biases = [tilted_bias([-s * eta, Fraction(0)]) for s in lags]
        mean = sum(a * b for a, b in zip(q, biases, strict=True))
        mean_lag = sum(a * s for a, s in zip(q, lags, strict=True))
        assert float(mean) == pytest.approx(number("mean-lag", K_phi=2, G_upd=1, E_s=mean_lag, eta=eta))
        assert float(mean) <= number("mean-lag", K_phi=2, G_upd=1, E_s=max(lags), eta=eta)


def test_a_schedule_counts_the_rates_of_its_window():
    rng = random.Random(8)
    for _ in range(50):
        rates = [Fraction(rng.randint(1, 9), 500) for _ in range(6)]
        lag = rng.randint(1, 6)
        points = list(itertools.accumulate(rates, initial=Fraction(0)))
        window = sum(rates[6 - lag :])
        assert points[-1] - points[-1 - lag] == window
        bias = tilted_bias([points[-1 - lag], points[-1]])
        assert float(bias) == pytest.approx(number("scheduled-rate", K_phi=2, G_upd=1, E_way=window))
        assert lag == 6 or float(bias) != pytest.approx(number("scheduled-rate", K_phi=2, G_upd=1, E_way=sum(rates)))


# --- the domain ---
def run_of(rng, count, eta, lag):
    """A walk of count steps of norm at most 1 in the plane: theta_0..theta_count and phi_t = theta_{t - lag}."""
    points = [np.zeros(2)]
    for _ in range(count):
        u = rng.normal(size=2)
        points.append(points[-1] + eta * u / max(1.0, float(np.linalg.norm(u))))
    return points, [points[max(0, t - lag)] for t in range(count + 1)]


def test_walks_stay_in_the_domain_and_straight_ones_reach_its_edge():
    rng = np.random.default_rng(9)
    for _ in range(50):
        count, lag, eta = int(rng.integers(1, 20)), int(rng.integers(1, 5)), 0.05
        values = {"T": count, "S_max": lag, "eta": eta, "G_upd": 1}
        rho, radius = number("domain", "near", **values), number("domain", "close", **values)
        points, old = run_of(rng, count, eta, lag)
        for now, phi in zip(points, old, strict=True):
            assert math.dist(now, points[0]) <= rho + 1e-12
            assert math.dist(now, phi) <= radius + 1e-12
            for tau in rng.uniform(size=3):
                assert math.dist(now, now + tau * (phi - now)) <= radius + 1e-12
        straight = [k * eta for k in range(count + 1)]
        assert straight[-1] == pytest.approx(rho)
        assert straight[-1] > number("domain", "near", **{**values, "T": count - 1}) + eta / 2


def test_theorem_one_with_its_domain_rests_on_the_domain_and_not_on_bounds_everywhere():
    ids = {a.id for a in get("bias-on-domain").assumptions}
    assert ids == {"A1-U", "A2-U", "A3-U", "A1-upd", "LAG", "HORIZON", "WITHIN", "CLIP-FREE"}
    assert {a.id for a in get("staleness-bias").assumptions} == {"A1", "A2", "A3", "A1-upd", "LAG"}
    ids = {a.id for a in get("first-order-on-domain").assumptions}
    assert ids == {"CURV-U", "A1-upd", "LAG", "HORIZON", "WITHIN", "CLIP-FREE", "SEGMENT"}
    ids = {a.id for a in get("lipschitz-on-domain").assumptions}
    assert ids == {"A1-U", "A2-U", "A3-U"}
    ids = {a.id for a in get("bias-ladder").assumptions}
    on_domain = {"A1-U", "A2-U", "A3-U", "A1-upd", "LAG", "HORIZON", "WITHIN", "CLIP-FREE", "SEGMENT"}
    assert ids == on_domain | {"WINDOW"}


def steepest(rng, reach):
    """Law (1 - d x, d x), gradients +-(a - c x): largest |slope of H| up to ``reach`` radii away, over K on U."""
    a, c, d, centre = rng.uniform(0.5, 2), rng.uniform(0.5, 2), rng.uniform(0.1, 1), rng.uniform(0.3, 0.7)
    radius, h = 0.3 * centre, 1e-5

    def surrogate(x):
        return (1 - 2 * d * x) * (a - c * x)

    ball = np.linspace(centre - radius, centre + radius, 1001)
    constant = number("lipschitz-on-domain", G_ell=np.abs(a - c * ball).max(), L_D=d, L_B=c)
    places = centre + reach * radius * np.linspace(-1, 1, 201)
    slopes = np.abs(surrogate(places + h) - surrogate(places - h)) / (2 * h)
    gap = abs(surrogate(places[0]) - surrogate(places[-1])) / abs(places[0] - places[-1])
    return slopes.max() / constant, gap / constant


def test_the_slope_is_bounded_in_the_ball_and_not_outside():
    rng = np.random.default_rng(3)
    inside = [steepest(rng, 0.999) for _ in range(DRAWS)]
    outside = [steepest(rng, 3.0) for _ in range(DRAWS)]
    assert max(max(pair) for pair in inside) <= 1 + 1e-6
    assert max(pair[0] for pair in inside) > 0.95  # the bound is all but reached
    assert max(pair[0] for pair in outside) > 1.1
