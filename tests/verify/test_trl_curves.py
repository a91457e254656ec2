"""Reward curves of TRL's trainer and of ours: the committed verdicts follow from the curves; the runs can be made."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

HAS_TRL = all(importlib.util.find_spec(name) for name in ("trl", "transformers", "datasets"))
pytestmark = [pytest.mark.trl, pytest.mark.skipif(not HAS_TRL, reason="trl, transformers or datasets is not installed")]

STUDY = Path(__file__).resolve().parents[2] / "benchmarks" / "trl_curves.json"

AGREE = {
    "first": {
        "1": {"ours": True, "ours at half the rate": False, "ours, shuffled and cut": True},
        "16": {"ours": False, "ours at half the rate": False, "ours, shuffled and cut": True},
    },
    "confirmation": {
        "1": {"ours": True, "ours, shuffled and cut": True, "shuffled and cut, at half the rate": False},
        "16": {"ours": True, "ours, shuffled and cut": True, "shuffled and cut, at half the rate": False},
    },
}
"""What was found: whether each kind of run agrees with TRL's, by S."""


@pytest.fixture(scope="module")
def curves():
    from stalelaw.examples import trl_curves

    return trl_curves


@pytest.fixture(scope="module")
def studies():
    return json.loads(STUDY.read_text())


@pytest.mark.parametrize("name", AGREE)
def test_the_committed_studies_are_of_this_design_and_complete(name, curves, studies):
    study, (seeds, kinds) = studies[name], curves.STUDIES[name]
    assert {k: study[k] for k in curves.settings(name)} == curves.settings(name)
    assert set(study["curves"]) == {str(s) for s in curves.INTERVALS}
    for interval, by in study["curves"].items():
        assert set(by) == set(kinds)
        for runs in by.values():
            assert [len(run) for run in runs] == [curves.STEPS // int(interval)] * len(seeds)


@pytest.mark.parametrize("name", AGREE)
def test_their_verdicts_follow_from_their_curves_and_are_those_reported(name, curves, studies):
    again = curves.verdicts(studies[name]["curves"])
    assert {s: {k: v["agree"] for k, v in by.items()} for s, by in again.items()} == AGREE[name]
    for interval, by in again.items():
        for kind, verdict in by.items():
            written = studies[name]["verdicts"][interval][kind]
            for number in ("differences", "mean", "interval", "p_no_difference"):
                assert verdict[number] == pytest.approx(written[number], rel=1e-9)


def test_whole_groups_at_every_step_earn_less_at_s_16_in_both_studies(studies):
    """All of both intervals lies below zero, though one of them lies within the margin as well."""
    for name in AGREE:
        found = studies[name]["verdicts"]["16"]["ours"]
        assert found["interval"][1] < 0
        assert found["p_no_difference"] < 0.05


def test_agreement_needs_a_small_difference_and_a_small_spread(curves):
    flat = [[0.5, 0.5]] * 5
    assert curves.agreement([[0.51, 0.5], [0.5, 0.5], [0.5, 0.49], [0.5, 0.5], [0.5, 0.5]], flat)["agree"]
    assert not curves.agreement([[0.6, 0.6]] * 4 + [[0.59, 0.6]], flat)["agree"]
    assert not curves.agreement([[0.3], [0.7], [0.5], [0.6], [0.4]], flat)["agree"]
    assert curves.agreement([[0.6, 0.6]] * 5, flat)["p_no_difference"] == 2 / 2**5


@pytest.mark.slow
@pytest.mark.parametrize(("interval", "steps", "kind"), [(1, 16, "ours"), (16, 32, "ours, shuffled and cut")])
def test_the_runs_of_the_study_can_still_be_made(interval, steps, kind, curves):
    """Two seeds and few steps, within twice the margin: four standard errors of their noise in the study."""
    found = [[np.mean(curves.KINDS[k](seed, interval, steps)) for seed in range(2)] for k in ("trl", kind)]
    assert abs(np.mean(found[0]) - np.mean(found[1])) < 2 * curves.MARGIN
    assert min(map(min, found)) > curves.SUCCESS - 2 * curves.MARGIN
