"""Neighbouring laws: the records are complete and consistent, and a user's numbers are put beside them rightly."""

import doctest
import importlib
import itertools
import math
from dataclasses import replace
from pathlib import Path

import pytest
import stalelaw.theory.comparisons as comparisons
import sympy
from stalelaw.theory.bridge import float64
from stalelaw.theory.comparisons import CHAPTERS, all_comparisons, chapter, get, table
from stalelaw.theory.comparisons.compare import compare, constants
from stalelaw.theory.proof.records import Rel
from stalelaw.theory.symbols import A_fresh, B_stale, L_smooth, S_max, eta
from stalelaw.theory.units import relation_problem, unit_of

FOLDER = Path(comparisons.__file__).parent
EVERY = pytest.mark.parametrize("law", all_comparisons(), ids=lambda law: law.id)
GIVEN = {"A_fresh": 10.0, "B_stale": 20.0, "M_noise": 0.5, "n_flight": 4.0, "a": 1e-4, "b": 1e-3}
GIVEN |= {"beta_joint": 8.0, "gamma_convex": 2.0, "eps_shift": 0.1}
NUMBERS = {"staleness": 9, "horizon": 300.0, "smoothness": 25.0, "given": GIVEN}


def rows(**numbers):
    return {row.law.id: row for row in compare(**numbers)}


def test_one_file_per_law_in_reading_order():
    helpers = {"__init__", "record", "compare"}
    listed = [name for names in CHAPTERS.values() for name in names]
    assert sorted(listed) == sorted({path.stem for path in FOLDER.glob("*.py")} - helpers)
    assert [law.id.replace("-", "_") for law in all_comparisons()] == listed
    assert len(set(listed)) == len(listed) >= 31
    with pytest.raises(KeyError, match="stich20"):
        get("stich19")


@EVERY
def test_a_record_says_everything(law):
    for text in (law.title, law.source, law.statement, law.lag, law.not_for, *law.assumptions):
        assert text.strip()
        assert text.count("$") % 2 == 0
    assert law.assumptions
    assert all(theirs and ours for theirs, ours in law.mapping)
    if law.kind == "cited":
        assert law.checked  # what confirmed it, or that nothing did
        assert law.bib or "no paper found" in law.source
        assert (law.checked.startswith("Nothing")) or law.sureness != "not verified"
    if chapter(law) == "Delayed gradients":
        assert not law.phi_slot
        assert "phi slot alone" in law.not_for


@EVERY
def test_units_of_a_bound_and_of_its_conditions(law):
    if law.bound is not None and law.of == "learning rate":
        assert unit_of(law.bound) == unit_of(eta)
        assert unit_of(law.bound * L_smooth) != unit_of(eta)
    assert not any(relation_problem(rel) for rel in law.requires)


@EVERY
def test_proved_laws_take_the_formula_of_their_claim(law):
    if law.kind == "proved":
        from stalelaw.theory.claims import get as claim

        assert claim(law.claim).formula is not None


def test_the_table_is_data():
    data = table()
    assert [row["id"] for row in data] == [law.id for law in all_comparisons()]
    assert all(row["chapter"] in CHAPTERS for row in data)
    assert all(row["bound"] is None or isinstance(row["bound"], sympy.Expr) for row in data)
    assert {row["phi_slot"] for row in data} == {True, False}


@pytest.mark.parametrize(
    "change",
    [
        {"bound": 0.5},
        {"bound": "1/L"},
        {"bound": sympy.Float(0.5) / L_smooth},
        {"bound": None},
        {"kind": "proved"},
        {"claim": "drift"},
        {"sureness": "proved here"},
        {"reading": "rate"},
        {"reading": "condition"},
        {"reading": "quantity"},
        {"of": "divergence"},
        {"reading": "condition", "bound": None},
    ],
    ids=str,
)
def test_a_record_that_contradicts_itself_is_refused(change):
    with pytest.raises(ValueError, match="stich20"):
        replace(get("stich20"), **change)


@EVERY
def test_bounds_fall_with_the_lag(law):
    if law.bound is None or law.of != "learning rate" or not law.falls:
        return
    given = GIVEN | ({"A_fresh": 0.0} if law.id == "sync-stale" else {})
    limits = [rows(**NUMBERS | {"staleness": s, "given": given})[law.id].limit for s in range(2, 40)]
    known = [limit for limit in limits if limit is not None]
    assert known or law.id == "lag-independent"  # B = 2A here
    assert all(later <= earlier for earlier, later in itertools.pairwise(known))


def test_parity_is_no_fall():
    edge = [rows(staleness=s, given={"A_fresh": 1.0, "B_stale": 0.5})["sync-fresh"].limit for s in (1, 2, 3, 4)]
    assert edge == pytest.approx([4 / 3, 2, 1 + 3 ** (-1 / 3), 2], rel=1e-14)
    assert not get("sync-fresh").falls


@pytest.mark.parametrize("rate", [1e-4, 1e-3, 1e-2])
def test_the_largest_interval_against_a_scan(rate):
    found = rows(rate=rate, **NUMBERS)
    searched = 0
    scan = {s: rows(rate=rate, **NUMBERS | {"staleness": s}) for s in range(1, 30)}
    for name, row in found.items():
        fits = [s for s in scan if scan[s][name].inside or "no lag at S = 1" in scan[s][name].reasons.get("limit", "")]
        if row.staleness_max is not None and row.staleness_max < 29:
            assert fits == list(range(1, row.staleness_max + 1))
            searched += 1
        elif row.staleness_max is not None:
            assert len(fits) == 29
        else:
            assert row.reasons["staleness_max"]
    assert searched


def test_inside_follows_the_reading():
    at = {"staleness": 3, "smoothness": 1.0}
    edge = rows(**at)["delay-quad"].limit
    assert edge == pytest.approx((math.sqrt(5) - 1) / 2, rel=1e-14)
    assert rows(rate=edge, **at)["delay-quad"].inside is False  # the edge itself does not converge
    top = rows(given={"M_noise": 0.0}, **at)["stich20"].limit
    assert top == pytest.approx(1 / 20)
    assert rows(rate=top, given={"M_noise": 0.0}, **at)["stich20"].inside is True
    assert rows(rate=1.0, **at)["delay-gd-pl"].inside is False


def test_what_is_missing_is_named_with_the_option_that_gives_it():
    row = rows(rate=1e-6, staleness=16)["stich20"]
    assert row.limit is None is row.inside
    assert [(name, how) for name, _, how in row.needs] == [
        ("L", "--smoothness"),
        ("M_noise", "--constant M_noise=VALUE"),
    ]
    assert "needs L (--smoothness)" in row.reasons["limit"]
    assert rows()["delay-quad"].reasons["staleness_max"] == "needs --smoothness, --eta"


def test_on_policy_and_out_of_domain_have_reasons():
    alone = rows(staleness=1, smoothness=1.0, given={"M_noise": 0.0, "A_fresh": 2.0, "B_stale": 3.0})
    assert alone["stich20"].limit is None
    assert "no lag at S = 1" in alone["stich20"].reasons["limit"]
    assert alone["lian15"].limit == 1.0  # its condition without a delay
    assert alone["delay-quad"].limit == pytest.approx(2.0)
    assert "|B_stale| < A_fresh" in alone["lag-independent"].reasons["limit"]
    assert alone["sync-dominant"].limit == pytest.approx(2 / 5)
    assert "A_fresh = 0" in alone["sync-stale"].reasons["limit"]


@pytest.mark.parametrize(("shift", "holds"), [(0.19, True), (0.26, False)])
def test_a_condition_holds_or_fails(shift, holds):
    constants_ = {"eps_shift": shift, "gamma_convex": 2.0, "beta_joint": 8.0}
    assert rows(given=constants_)["rrm"].inside is holds
    assert (rows(given=constants_)["rgd"].limit is not None) is (shift < 0.2)


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ({"rate": 0.0}, "eta"),
        ({"rate": math.nan}, "eta"),
        ({"rate": math.inf}, "eta"),
        ({"rate": -1.0}, "eta"),
        ({"staleness": 0}, "above 0"),
        ({"staleness": 2.5}, "whole"),
        ({"horizon": -3}, "T"),
        ({"smoothness": 0}, "L_smooth"),
        ({"given": {"theta": 1}}, "'theta'"),
        ({"given": {"M_noise": -1}}, "0 or more"),
        ({"given": {"n_made": 1.5}}, "whole"),
        ({"given": {"B_stale": math.nan}}, "finite"),
    ],
    ids=str,
)
def test_values_that_no_symbol_takes_are_refused(numbers, text):
    with pytest.raises(ValueError, match=text):
        compare(**numbers)


def test_extremes_end_in_a_reason_or_a_number():
    for rate in (5e-324, 1e308):
        for s in (1, 10**300):
            for row in compare(rate, s, 1e308, 1e-308, dict.fromkeys(constants(), 1.0)):
                assert row.limit is None or math.isfinite(row.limit)
                assert (row.limit is None) <= ("limit" in row.reasons)
                assert (row.inside is None) == ("inside" in row.reasons)


def test_constants_are_the_symbols_that_options_do_not_give():
    assert {"A_fresh", "B_stale", "M_noise", "n_flight"} <= set(constants())
    assert not {"eta", "S", "T", "L_smooth", "S_max", "S_int", "s_const", "s_pos"} & set(constants())


def share(law, lag, concurrency=None):
    """Share of the exact edge on quadratics that a law allows at a constant lag, L = 1."""
    values = {"L_smooth": 1.0, "S_max": lag, "M_noise": 0.0, "n_flight": concurrency or lag + 1}
    names = {str(s) for s in law.bound.free_symbols}
    edge = 2 * math.sin(math.pi / (4 * lag + 2))
    return float(float64(law.bound)(**{k: v for k, v in values.items() if k in names})) / edge


@pytest.mark.parametrize(
    ("id", "largest"),
    [
        ("stich20", "0.100"),
        ("delay-gd-convex", "0.250"),
        ("delay-gd-pl", "0.900"),
        ("arjevani18", "0.032"),
        ("lian15", "0.500"),
        ("kolos22-const", "0.177"),
    ],
)
def test_the_quoted_shares_of_the_exact_edge(id, largest):
    assert f"{max(share(get(id), lag) for lag in range(1, 201)):.3f}" == largest
    assert largest in get(id).checked


def test_the_limits_of_two_readings():
    """Facts on which the records of two laws rest: one step up to 1/(4L) exists, not each; mu there is no convexity."""
    adaptive = get("kolos22-adapt")
    assert [lag for lag in range(1, 9) if share(adaptive, lag) > 1] == [6, 7, 8]
    assert "constant lag of 6" in adaptive.checked
    assert adaptive.reading == "existence"
    assert share(get("arjevani18"), 4) * 100 > 1  # as 1/(20 mu (tau+1)) with mu = L/100 it would pass the edge


def test_docstring_examples():
    for module in ("stalelaw.theory.comparisons.compare",):
        result = doctest.testmod(importlib.import_module(module))
        assert (result.failed, result.attempted > 0) == (0, True)


def test_a_law_of_the_stale_slot_is_not_one_of_delays():
    """The caveat in numbers: with |B| < A the exact law holds at every lag, the delay laws shrink like 1/S."""
    values = {"rate": 0.05, "smoothness": 15.0, "given": {"A_fresh": 10.0, "B_stale": 5.0}}
    assert all(rows(staleness=s, **values)["lag-independent"].inside for s in (1, 16, 1024))
    assert [rows(staleness=s, **values)["delay-quad"].inside for s in (1, 16, 1024)] == [True, False, False]
    assert get("lag-independent").requires == (Rel(sympy.Abs(B_stale), "<", A_fresh),)
    assert S_max not in get("lag-independent").symbols
