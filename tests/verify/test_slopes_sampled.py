"""Sampled exponents: intervals that cover, exclude the rivals, and see a wrong exponent; the naive way is wrong."""

import math

import pytest
import torch
from stalelaw.verify.studies.slopes_sampled import plug_in_slope, sampled_slope

LEVELS = (0.4, 0.2, 0.1, 0.05)


def parts(exponent, seed, k=32, noise=3.0, common=True, shrinking=True, dim=30):
    """δ(h) = h^p e plus noise of `noise` times its length per part, common to the levels or fresh at each."""
    g = torch.Generator().manual_seed(seed)
    direction = torch.zeros(dim, dtype=torch.float64)
    direction[0] = 1.0
    shared = torch.randn(k, dim, generator=g, dtype=torch.float64)
    rows = []
    for h in LEVELS:
        own = torch.randn(k, dim, generator=g, dtype=torch.float64)
        mixed = 0.8 * shared + 0.6 * own if common else own
        size = h**exponent if shrinking else LEVELS[0] ** exponent
        rows.append(h**exponent * direction + noise * size / math.sqrt(dim) * mixed)
    return torch.stack(rows)


@pytest.mark.parametrize("exponent", [0.5, 1.0, 2.0])
def test_the_exponent_is_found_and_its_rivals_are_excluded(exponent):
    slope = sampled_slope(LEVELS, parts(exponent, seed=0))
    assert not slope.excludes(exponent)
    assert slope.width < 0.3
    assert all(slope.excludes(rival) for rival in {0.5, 1.0, 2.0} - {exponent})


def test_intervals_cover_as_often_as_they_say():
    """600 experiments, one look; the jackknife leans to the safe side, so only the lower limit binds."""
    found = [sampled_slope(LEVELS, parts(1.0, seed, k=16)) for seed in range(600)]
    assert sum(not slope.excludes(1.0) for slope in found) / 600 > 0.95 - 4.5 * math.sqrt(0.05 * 0.95 / 600)
    assert sum(slope.excludes(2.0) for slope in found) / 600 > 0.7  # the squares are 3 standard errors
    assert all(slope.sure[0] <= slope.low <= slope.high <= slope.sure[1] for slope in found)


def test_noise_with_an_exponent_of_its_own_is_not_taken_for_the_bias():
    """δ = h² e under noise of order h, the same at all levels: a slope of logarithms says 1, with a tiny interval."""
    excluded, wrong = 0, 0
    for seed in range(200):
        g = torch.Generator().manual_seed(seed)
        noise, bias = torch.randn(16, 30, generator=g, dtype=torch.float64), torch.zeros(30, dtype=torch.float64)
        bias[0] = 1.0
        slope = sampled_slope(LEVELS, torch.stack([h**2 * bias + 3.0 * h * noise for h in LEVELS]))
        excluded += slope.excludes(2.0)
        wrong += abs(slope.value - 1.0) < 0.1
        assert math.isinf(slope.stderr)  # no verdict
    assert excluded / 200 < 0.05 + 4.5 * math.sqrt(0.05 * 0.95 / 200)
    assert wrong / 200 > 0.2


def test_the_plug_in_with_batches_of_their_own_says_zero():
    """The noise of two independent batches does not shrink with h; the norm of the mean is then its length."""
    naive = [plug_in_slope(LEVELS, parts(1.0, seed, noise=30.0, common=False, shrinking=False)) for seed in range(20)]
    assert abs(sum(naive) / 20) < 0.2
    assert max(naive) < 0.5
    assert sampled_slope(LEVELS, parts(1.0, 0, noise=30.0, common=False, shrinking=False)).width > 0.3  # undecided


def test_a_square_that_comes_out_negative_decides_nothing():
    slope = sampled_slope(LEVELS, parts(1.0, seed=0, k=5, noise=400.0))
    assert min(slope.squares) < 0.0
    assert math.isnan(slope.value)
    assert not slope.excludes(2.0)
    assert slope.width == math.inf


@pytest.mark.parametrize(
    ("levels", "shape", "message"),
    [
        ((0.1, 0.1), (2, 5, 3), "different positive levels"),
        ((0.1, -0.2), (2, 5, 3), "different positive levels"),
        ((0.1, 0.2), (2, 3, 3), "K >= 4"),
        ((0.1, 0.2), (3, 5, 3), r"expected \(2, K, dim\)"),
    ],
)
def test_bad_input_is_refused(levels, shape, message):
    with pytest.raises(ValueError, match=message):
        sampled_slope(levels, torch.ones(shape))
    with pytest.raises(ValueError, match="other numbers"):
        sampled_slope((0.1, 0.2), torch.full((2, 5, 3), math.nan))
