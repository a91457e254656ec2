"""Outcomes: against a naive reference, on edge values, and as a function of the rewards alone."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from stalelaw.practice.outcome import Thresholds, classify, trailing_mean

NAN, INF = math.nan, math.inf


def judge(rewards, **options):
    return classify(range(1, len(rewards) + 1), rewards, Thresholds(**options))


def naive(rewards, low=0.15, ratio=0.8, window=3, fraction=0.05):
    """The contract, word by word, in exact fractions; finite rewards only. Returns (name, index of the collapse)."""
    rewards, low, ratio = [Fraction(x) for x in rewards], Fraction(str(low)), Fraction(str(ratio))
    width = max(window, math.ceil(fraction * len(rewards) - 1e-9))
    r = []
    for k in range(len(rewards)):
        part = rewards[max(0, k - width + 1) : k + 1]
        r.append(sum(part) / len(part))
    if max(r) <= 0:
        return "undecided", None
    below = [max(r[: k + 1]) > 0 and r[k] < low * max(r[: k + 1]) for k in range(len(r))]
    start = next((k for k in range(len(r)) if all(below[k:])), None)
    if start is not None:
        return "collapsed", start
    last = r[-math.ceil(len(r) / 4) :]
    return ("degraded" if sum(last) / len(last) < ratio * max(r) else "stable"), None


values = st.integers(-4, 64).map(lambda n: n / 64)
series = st.lists(values, min_size=4, max_size=120)


@given(series)
@example([0.5, 0.6, 0.7, 0, 0, 0, 0, 0])
def test_agrees_with_the_naive_reference(rewards):
    outcome = judge(rewards)
    name, start = naive(rewards)
    assert outcome.name == name
    if name == "collapsed":
        assert outcome.collapse_step == start + 1
        assert outcome.collapse_interval == (start, start + 1)
        assert outcome.onset_floor <= start


@pytest.mark.parametrize(
    ("rewards", "changed"),
    [
        ([0.5, 0.6, 0.7, 0.08, 0.08, 0.08, 0.08, 0.08], {"low": 0.1}),
        ([1.0] * 6 + [0.75] * 2, {"ratio": 0.95}),
        ([1.0, 0.9, 0, 0, 0, 0.9, 0.9, 0.9, 0.9, 0, 0, 0], {"window": 1}),
    ],
)
def test_the_comparison_fails_on_a_wrong_formula(rewards, changed):
    assert judge(rewards).name == naive(rewards)[0]
    assert naive(rewards, **changed) != naive(rewards)


@given(series, st.sampled_from([10.0, 0.125, 2.0**60]))
@example([0, 0, 0, 0, 9 / 64, 19 / 64, 16 / 64, 19 / 64, 35 / 64], 10.0)  # the last quarter is exactly 0.8 of the best
def test_scaling_the_rewards_changes_nothing(rewards, factor):
    names = {judge(rewards).name, judge([factor * r for r in rewards]).name}
    assert len(names) == 1


def test_extreme_finite_rewards_do_not_overflow():
    assert judge([1e308] * 8).name == "stable"
    assert judge([1e308] * 4 + [0.0] * 6).name == "collapsed"
    assert judge([5e-324] * 8).name == "stable"


@pytest.mark.parametrize("count", [1, 2, 3])
def test_fewer_than_four_rewards_are_undecided(count):
    outcome = judge([1.0, 0.0, 0.0][:count])
    assert outcome.name == "undecided"
    assert "fewer than 4" in outcome.warnings[0]


def test_the_window_is_three_rewards_or_a_twentieth_of_the_run():
    assert [judge([1.0] * n).window for n in (4, 60, 61, 80, 320)] == [3, 3, 4, 4, 16]


def test_partial_windows_at_the_start():
    np.testing.assert_array_equal(trailing_mean([3.0, 1.0, 2.0, 6.0], 3), [3, 2, 2, 3])  # whole numbers are exact
    np.testing.assert_array_equal(trailing_mean([3.0, 1.0], 9), [3, 2])


def test_a_recovery_is_no_collapse():
    assert judge([1.0] * 6 + [0.0] * 6 + [1.0] * 6).name == "stable"


@pytest.mark.parametrize("bad", [NAN, INF, -INF])
class TestNonFinite:
    def test_from_some_step_on_is_a_collapse_there(self, bad):
        outcome = judge([0.5] * 6 + [bad] * 3)
        assert (outcome.name, outcome.collapse_interval) == ("collapsed", (6, 7))
        assert "non-finite from step 7" in outcome.warnings[0]

    def test_isolated_values_are_left_out(self, bad):
        outcome = judge([0.5, 0.6, bad, 0.7, 0.7, 0.7])
        assert outcome.name == "stable"
        assert "step(s), first 3" in outcome.warnings[0]

    def test_several_in_a_row_are_not_called_isolated(self, bad):
        outcome = judge([0.5, bad, bad, bad, 0.7, 0.7, 0.7])
        assert outcome.name == "stable"
        assert not any("isolated" in text for text in outcome.warnings)

    def test_too_few_finite_ones_are_undecided(self, bad):
        outcome = judge([0.5, bad, bad, bad, 0.7])
        assert outcome.name == "undecided"
        assert "2 finite reward(s) out of 5 logged, fewer than 4" in outcome.warnings[-1]

    @pytest.mark.parametrize(("finite", "name"), [([0.5], "undecided"), ([0.5, 0.6], "undecided")])
    def test_too_few_logged_ones_are_undecided_even_so(self, bad, finite, name):
        assert judge([*finite, bad]).name == name

    def test_few_finite_ones_before_a_non_finite_end_are_a_collapse(self, bad):
        outcome = judge([0.5, bad, 0.7, bad, bad])
        assert (outcome.name, outcome.collapse_interval) == ("collapsed", (3, 4))
        assert any("non-finite from step 4" in text for text in outcome.warnings)

    def test_a_collapse_before_them_keeps_its_own_step(self, bad):
        plain = judge([0.5] * 6 + [0.0] * 6)
        assert judge([0.5] * 6 + [0.0] * 6 + [bad] * 2).collapse_step == plain.collapse_step


@pytest.mark.parametrize("rewards", [[0.0] * 8, [-1.0] * 8, [-1.0, -0.5] * 4])
def test_a_best_that_is_not_positive_is_undecided(rewards):
    outcome = judge(rewards)
    assert outcome.name == "undecided"
    assert "never positive" in outcome.warnings[-1]


def test_negative_rewards_are_pointed_out():
    assert any("negative" in text for text in judge([1.0, -0.1, 1.0, 1.0]).warnings)


def test_half_a_log_is_judged_on_its_own_half(learns):
    whole = learns + [0.0] * 10
    assert judge(whole).name == "collapsed"
    assert judge(whole[:10]).name == judge(learns).name == "stable"
