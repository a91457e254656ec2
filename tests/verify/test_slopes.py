"""The slope helper finds exponents of known series, and does not mistake 1.25 for 1 (ladder rung 3)."""

import math

import pytest
from stalelaw.verify.slopes import extrapolated_slope, richardson

LEVELS = [0.4 / 2**i for i in range(6)]


@pytest.mark.parametrize("p", [1.0, 1.25, 2.0, 0.5])
def test_recovers_the_exponent(p):
    slope = extrapolated_slope(LEVELS, [3 * h**p * (1 + h + h * h) for h in LEVELS], scale=1.0)
    assert slope.value == pytest.approx(p, abs=1e-4)
    assert slope.change < 1e-2
    assert abs(slope.local[0] - p) > 0.1  # the raw slope would not do


def test_a_wrong_exponent_is_seen():
    slope = extrapolated_slope(LEVELS, [h**1.25 for h in LEVELS], scale=1.0)
    assert abs(slope.value - 1.0) > 0.2


def test_a_constant_offset_is_seen():
    slope = extrapolated_slope(LEVELS, [h + 0.05 for h in LEVELS], scale=1.0)
    assert abs(slope.value - 1.0) > 0.05


def test_levels_in_round_off_are_cut_by_the_rule():
    levels = [10.0**-i for i in range(1, 9)]
    slope = extrapolated_slope(levels, [max(h**2, 1e-13) for h in levels], scale=1.0)
    assert len(slope.levels) == 4  # 1e-10 < 1e6 · 2^-52 ≤ 1e-8
    assert slope.value == pytest.approx(2.0, abs=1e-9)


def test_richardson_is_exact_on_polynomials():
    limit, change = richardson([5 + h - 2 * h**2 for h in (0.4, 0.2, 0.1, 0.05)], 2.0)
    assert limit == pytest.approx(5.0, abs=1e-13)
    assert change < 1e-12


@pytest.mark.parametrize(
    ("levels", "values", "message"),
    [
        ([1, 0.5], [1, 0.5], "at least 3 levels"),
        ([1, 0.5, 0.3], [1, 0.5, 0.3], "geometric"),
        ([0.25, 0.5, 1], [1, 2, 3], "decreasing geometric"),
        ([1, 0.5, 0.25], [1, 0, 1], "finite positive"),
        ([1, 0.5, 0.25], [1, math.nan, 1], "finite positive"),
        ([1, 0.5, 0.25], [1e-12, 1e-13, 1e-14], "above round-off"),
    ],
)
def test_bad_series_are_refused(levels, values, message):
    with pytest.raises(ValueError, match=message):
        extrapolated_slope(levels, values, scale=1.0)


def test_bad_tables_are_refused():
    with pytest.raises(ValueError, match="at least 2 values"):
        richardson([1.0], 2.0)
