"""The stored studies of trained policies are those of the presets, and say what the page says of them."""

import dataclasses

import pytest
from stalelaw.practice.report.trained import STUDIES, read_study, trained_part
from stalelaw.verify.studies import exponents, trained
from stalelaw.verify.studies.experiments import PRESETS


@pytest.fixture(scope="module", params=STUDIES)
def study(request):
    return read_study(request.param)


def test_the_stored_studies_are_those_of_the_presets(study):
    """A preset that was changed since has to be run again: ``stalelaw train``."""
    wanted = [x.settings() | {"steps": x.steps} for x in PRESETS[study["preset"]]]
    assert [run["settings"] for run in study["runs"]] == wanted
    assert study["slopes"]["draws"] == dataclasses.asdict(exponents.DRAWS)
    assert study["lags"] == list(trained.LAGS)
    assert study["made"]["command"] == f"stalelaw train {study['preset']} --out DIR"
    assert "-dirty" not in study["made"]["commit"]


def test_the_sampled_exponent_decides(study):
    """Issue: the interval contains 1, is at most 0.3 wide, and excludes 0.5 and 2; the naive exponent is far off."""
    drift = study["slopes"]["drift"]
    assert drift["low"] <= 1.0 <= drift["high"]
    assert drift["width"] <= 0.3
    assert drift["low"] > 0.5
    assert drift["high"] < 2.0
    assert abs(study["slopes"]["exact"]["value"] - 1.0) < 0.01
    naive = study["slopes"]["naive"]
    assert naive["value"] + 4.5 * naive["stderr"] < 1.0


def test_one_run_climbs_and_one_collapses(study):
    (summary,) = [s["summary"] for s in trained_part()["studies"] if s["preset"] == study["preset"]]
    climbs, falls = summary["outcomes"][0], summary["outcomes"][-1]
    assert climbs["last"] > 2.0 * climbs["first"]
    assert falls["last"] < 0.25 * falls["best"]
    assert summary["comparisons"] > 5
