"""The exact set of (a, b) against brute force: every cell of the grid spanned by the loads, boundaries included."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stalelaw.practice.region import Observation, conflict, exact, feasible, projection, time_fits, vertices

# The laws once more, by hand: (eta, S, T, a, b) -> stable.
NAIVE = {
    "min": lambda eta, S, T, a, b: eta * S <= a and eta * T <= b,
    "max": lambda eta, S, T, a, b: eta * S <= a or eta * T <= b,
    "staleness": lambda eta, S, T, a, b: eta * S <= a,
    "horizon": lambda eta, S, T, a, b: eta * T <= b,
}
COMBINER = {"min": "all", "max": "any", "staleness": "all", "horizon": "all"}
LAWS = pytest.mark.parametrize("law", list(NAIVE))

settings_ = st.tuples(st.integers(1, 6), st.sampled_from([1, 2, 4, 8]), st.sampled_from([4, 8, 16]))
outcomes = st.lists(st.tuples(settings_, st.booleans()), min_size=1, max_size=6)


def observations(law, runs):
    return [
        Observation(str(i), None if law == "horizon" else eta * S, None if law == "staleness" else eta * T, stable)
        for i, ((eta, S, T), stable) in enumerate(runs)
    ]


def grid(marks):
    """Every mark, the middle of every gap, and a point beyond each end: one point per cell."""
    marks = sorted({Fraction(m) for m in marks})
    return [marks[0] / 2, *marks, *((x + y) / 2 for x, y in pairwise(marks)), marks[-1] * 2]


def inside(slabs, a, b):
    return any(
        s.a_low <= a and (s.a_high is None or a < s.a_high) and s.b_low <= b and (s.b_high is None or b < s.b_high)
        for s in slabs
    )


def brute(rule, runs):
    points = product(grid([e * S for (e, S, _), _ in runs]), grid([e * T for (e, _, T), _ in runs]))
    return {(a, b): all(rule(*x, a, b) == stable for x, stable in runs) for a, b in points}


@LAWS
@given(runs=outcomes)
@settings(max_examples=150)
def test_equals_brute_force(law, runs):
    slabs = feasible(observations(law, runs), COMBINER[law])
    table = brute(NAIVE[law], runs)
    assert {point: inside(slabs, *point) for point in table} == table


@LAWS
@given(runs=outcomes)
@settings(max_examples=100)
def test_projections_are_the_extremes_of_brute_force(law, runs):
    slabs = feasible(observations(law, runs), COMBINER[law])
    kept = [point for point, ok in brute(NAIVE[law], runs).items() if ok]
    for axis, name in enumerate("ab"):
        low, high = projection(slabs, name)
        if not kept:
            assert (low, high) == (None, None)
            continue
        marks = grid([(e * S, e * T)[axis] for (e, S, T), _ in runs])
        smallest, largest = min(p[axis] for p in kept), max(p[axis] for p in kept)
        assert (low is None) == (smallest == min(marks))
        assert (high is None) == (largest == max(marks))
        assert low is None or low == smallest  # closed below
        assert high is None or largest < high == min(m for m in marks if m > largest)  # open above


@LAWS
@given(runs=outcomes)
@settings(max_examples=100)
def test_conflicts_are_minimal_and_pairs_where_pairs_exist(law, runs):
    seen = observations(law, runs)
    combiner = COMBINER[law]
    core = conflict(seen, combiner)
    assert bool(core) == (not any(brute(NAIVE[law], runs).values()))
    if core:
        assert not feasible(core, combiner)
        assert all(feasible([o for o in core if o is not left], combiner) for left in core)
        assert {o.stable for o in core} == {True, False}
        pairs = [(x, y) for x, y in product(seen, seen) if not feasible([x, y], combiner)]
        assert len(core) == (2 if pairs else 3)


@pytest.mark.parametrize(
    "wrong",
    [
        NAIVE["max"],
        lambda eta, S, T, a, b: eta * S < a and eta * T <= b,
        lambda eta, S, T, a, b: eta * (S - 1) <= a and eta * T <= b,
    ],
    ids=["max for min", "strict", "lag for interval"],
)
def test_the_comparison_fails_on_a_wrong_law(wrong):
    runs = [((1, 4, 8), True), ((1, 5, 8), False), ((1, 4, 16), False)]
    slabs = feasible(observations("min", runs), "all")
    right, other = brute(NAIVE["min"], runs), brute(wrong, runs)
    assert {point: inside(slabs, *point) for point in right} == right
    assert {point: inside(slabs, *point) for point in other} != other


def test_a_three_run_conflict_without_any_conflicting_pair():
    runs = [Observation("A", 4, 1, True), Observation("B", 1, 4, True), Observation("C", 3, 3, False)]
    assert [o.file for o in conflict(runs, "all")] == ["A", "B", "C"]
    dual = [Observation("A", 4, 1, False), Observation("B", 1, 4, False), Observation("C", 3, 3, True)]
    assert not conflict(dual, "all")
    assert [o.file for o in conflict([*dual], "any")] == ["A", "B", "C"]


def test_collapse_times_bind_under_all_only_where_the_staleness_constraint_holds():
    timed = Observation("C", 8, 80, False, low=10, high=20)
    slabs = feasible([timed], "all")
    assert inside(slabs, 8, 10)
    assert not inside(slabs, 8, 20)
    assert not inside(slabs, 8, 9)
    assert inside(slabs, 7, 1000)  # eta S > a explains the collapse, b is free
    assert not inside(feasible([timed], "any"), 7, 1000)
    assert inside(feasible([timed], "any"), 7, 15)


@LAWS
@given(runs=outcomes, low=st.integers(1, 60), width=st.integers(1, 20))
def test_one_collapse_time_fits_as_the_set_with_it_says(law, runs, low, width):
    seen = observations(law, runs)
    slabs = feasible(seen, COMBINER[law])
    if law == "staleness" or not slabs:
        return
    for i, run in enumerate(seen):
        if not run.stable:
            timed = replace(run, low=min(low, run.q), high=min(low + width, run.q))
            if timed.low < timed.high:
                whole = feasible([timed if k == i else other for k, other in enumerate(seen)], COMBINER[law])
                assert time_fits(slabs, timed, COMBINER[law]) == bool(whole)


def test_vertices_walk_around_a_staircase():
    runs = [Observation("s", 1, 1, True), Observation("u", 4, 2, False), Observation("v", 2, 6, False)]
    slabs = feasible(runs, "all")
    assert vertices(slabs) == [(1, 1), (None, 1), (None, 2), (4, 2), (4, 6), (2, 6), (2, None), (1, None)]


def test_loads_are_exact_in_printed_decimals():
    assert 0.1 * 3 != 0.3
    assert exact(0.1) * 3 == exact(0.3) * 1
