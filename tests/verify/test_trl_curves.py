"""Reward curves of TRL's trainer and of ours: the committed study follows from its curves, and its runs can be made."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

HAS_TRL = all(importlib.util.find_spec(name) for name in ("trl", "transformers", "datasets"))
pytestmark = [pytest.mark.trl, pytest.mark.skipif(not HAS_TRL, reason="trl, transformers or datasets is not installed")]

STUDY = Path(__file__).resolve().parents[2] / "benchmarks" / "trl_curves.json"


@pytest.fixture(scope="module")
def curves():
    from stalelaw.examples import trl_curves

    return trl_curves


def test_the_committed_study_is_of_this_design_and_complete(curves):
    study = json.loads(STUDY.read_text())
    assert {k: study[k] for k in curves.settings(curves.STEPS)} == curves.settings(curves.STEPS)
    assert set(study["curves"]) == {str(s) for s in curves.INTERVALS}
    for interval, by in study["curves"].items():
        assert set(by) == set(curves.KINDS)
        for runs in by.values():
            assert [len(run) for run in runs] == [curves.STEPS // int(interval)] * curves.SEEDS


def test_its_verdicts_follow_from_its_curves_and_are_those_reported(curves):
    """At S = 16 ours earns less unless shuffled and cut as TRL's generations are; half the rate is told apart."""
    study = json.loads(STUDY.read_text())
    again = curves.verdicts(study["curves"])
    assert {s: {k: v["agree"] for k, v in by.items()} for s, by in again.items()} == {
        "1": {"ours": True, "ours at half the rate": False, "ours, shuffled and cut": True},
        "16": {"ours": False, "ours at half the rate": False, "ours, shuffled and cut": True},
    }
    for interval, by in again.items():
        for kind, verdict in by.items():
            written = study["verdicts"][interval][kind]
            for name in ("differences", "mean", "interval", "p_no_difference"):
                assert verdict[name] == pytest.approx(written[name], rel=1e-9)


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
