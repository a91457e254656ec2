"""What neighbouring laws allow, run on the hardest quadratic: rates that they cover are stable, those beyond are not.

A check from below: a law that fails on a quadratic is wrong; one that holds there may still be wrong elsewhere.
"""

import math

import pytest
import torch
from stalelaw.theory.comparisons import all_comparisons, chapter
from stalelaw.theory.comparisons.compare import compare
from stalelaw.verify.dynamics import bisect, cycle, lag_radius

CURVATURE = 3.0
SUFFICIENT = [
    law.id for law in all_comparisons() if chapter(law) == "Delayed gradients" and law.reading == "sufficient"
]
LAGS = (1, 2, 3, 4, 8, 16, 32)


def limit(id, staleness, **given):
    row = next(row for row in compare(None, staleness, None, CURVATURE, given) if row.law.id == id)
    assert row.limit is not None, row.reasons
    return row.limit


def stable(rate, lag):
    """Whether gradients that are ``lag`` steps old converge at this rate on every curvature up to the largest."""
    return all(lag_radius(0.0, rate * CURVATURE * part, lag) < 1.0 for part in (0.01, 0.1, 0.5, 1.0))


def growth(rate, lag, pick, steps=1500):
    """Size after many steps over size before, where each step chooses among gradients of age 0, ..., lag."""
    x = [1.0] * (lag + 1)
    for t in range(steps):
        x.append(pick(t, [x[-1] - rate * CURVATURE * x[-1 - age] for age in range(lag + 1)]))
    return max(abs(value) for value in x[-lag - 1 :])


def adversary(t, options):
    """The age that takes the iterate farthest from the optimum."""
    return max(options, key=abs)


def cyclic(t, options):
    """Ages 0, 1, ..., lag in turn: periodic sync of the whole gradient."""
    return options[t % len(options)]


def random_ages(seed):
    g = torch.Generator().manual_seed(seed)
    return lambda t, options: options[int(torch.randint(len(options), (), generator=g))]


@pytest.mark.parametrize("id", SUFFICIENT)
def test_what_a_law_of_delays_covers_is_stable_on_quadratics(id):
    for lag in LAGS:
        rate = limit(id, lag + 1, M_noise=0.0)
        assert stable(rate, lag)
        for ages in (adversary, cyclic, random_ages(lag)):
            assert growth(rate, lag, ages, steps=200 * (lag + 1)) < 1.0


def test_a_rate_beyond_the_edge_would_be_seen():
    for lag in LAGS:
        edge = limit("delay-quad", lag + 1)
        assert stable(edge * 0.999, lag)
        assert not stable(edge * 1.001, lag)
    assert growth(limit("delay-quad", 5) * 1.25, 4, adversary) > 1.0
    assert growth(limit("delay-quad", 5) * 1.25, 4, cyclic) > 1.0


def test_the_rate_that_one_theorem_says_exists_is_not_every_rate():
    """1/(4L) with a concurrency above the lag: stable at lag 5, not at 6; the adaptive cut 1/(4 L tau) always is."""
    assert [stable(limit("kolos22-adapt", lag + 1, n_flight=lag + 1.0), lag) for lag in (4, 5, 6, 7)] == [
        True,
        True,
        False,
        False,
    ]
    assert all(stable(limit("kolos22-adapt", lag + 1, n_flight=1.0), lag) for lag in LAGS)
    assert all(stable(limit("kolos22-const", lag + 1, n_flight=lag + 1.0), lag) for lag in LAGS)


@pytest.mark.parametrize(("fresh", "stale"), [(2.0, 1.0), (2.0, -1.5), (1.0, 0.2)])
def test_no_lag_is_unstable_where_the_fresh_part_dominates(fresh, stale):
    given = {"A_fresh": fresh, "B_stale": stale}
    for lag in (0, *LAGS):
        rate = limit("lag-independent", lag + 1, **given)
        assert lag_radius(0.999 * rate * fresh, 0.999 * rate * stale, lag) < 1.0
        if stale > 0 and lag % 2 == 0:
            assert lag_radius(1.001 * rate * fresh, 1.001 * rate * stale, lag) > 1.0
        edge = limit("sync-fresh", lag + 1, **given)
        assert abs(cycle(0.999 * edge * fresh, 0.999 * edge * stale, lag + 1)) < 1.0
        assert abs(cycle(1.001 * edge * fresh, 1.001 * edge * stale, lag + 1)) > 1.0


@pytest.mark.parametrize(("fresh", "stale"), [(1.0, 2.0), (0.3, 1.5)])
def test_edges_where_the_stale_part_dominates(fresh, stale):
    given = {"A_fresh": fresh, "B_stale": stale}
    misses = []
    for lag in (8, 16, 32, 64):
        found = bisect(lambda rate, s=lag: lag_radius(rate * fresh, rate * stale, s) < 1.0, 1e-6, 1.0, rounds=30)
        misses.append(limit("lag-leading", lag + 1, **given) / found - 1)
        edge = limit("sync-dominant", lag + 1, **given)
        assert abs(cycle(0.999 * edge * fresh, 0.999 * edge * stale, lag + 1)) < 1.0
        assert abs(cycle(1.001 * edge * fresh, 1.001 * edge * stale, lag + 1)) > 1.0
    assert all(miss > 0 for miss in misses)  # above the edge, as its record says
    order = math.log(misses[-2] / misses[-1], 2)
    assert 0.9 < order < 1.1


def test_an_update_that_sees_nothing_but_the_rollouts():
    for steps in (1, 2, 7, 32):
        edge = limit("sync-stale", steps, A_fresh=0.0, B_stale=1.7)
        assert abs(cycle(0.0, 0.999 * edge * 1.7, steps)) < 1.0
        assert abs(cycle(0.0, 1.001 * edge * 1.7, steps)) > 1.0


@pytest.mark.parametrize("shift", [0.02, 0.1, 0.3])
def test_repeated_gradient_descent_is_stable_where_it_is_covered(shift):
    """Every slope A between gamma and beta and every feedback |B| <= epsilon beta, on fresh rollouts."""
    for gamma in (2.0, 5.0, 8.0):
        given = {"eps_shift": shift, "gamma_convex": gamma, "beta_joint": 8.0}
        if shift < gamma / (8.0 + gamma):
            rate = limit("rgd", 1, **given)
            for fresh in (gamma, (gamma + 8.0) / 2, 8.0):
                for stale in (-shift * 8.0, 0.0, shift * 8.0):
                    assert abs(cycle(rate * fresh, rate * stale, 1)) < 1.0
        else:
            (row,) = (row for row in compare(None, 1, None, None, given) if row.law.id == "rgd")
            assert row.limit is None
