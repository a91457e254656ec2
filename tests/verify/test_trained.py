"""Trained policies: their exponents, the study of a preset, and rows of the check that see a wrong formula."""

import dataclasses
import json
import re

import pytest
import torch
from stalelaw.verify.studies import exponents, trained, trained_rows
from stalelaw.verify.studies.experiments import PRESETS
from stalelaw.verify.studies.slopes_sampled import sampled_slope

from .tiny_run import TINY, tiny_run

SIGMAS = 4.5


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return tiny_run(tmp_path_factory.mktemp("run"))


def test_the_sampled_exponent_is_one_and_the_naive_one_is_not(run):
    trainer, exact, state, _ = run
    value, change = exponents.exact_slope(exact, state)
    assert abs(value - 1.0) < 0.01
    assert change < 0.01
    slope = exponents.drift_slope(trainer, state, exponents.Draws(24, 200, seed=5))
    assert not slope.excludes(1.0)
    assert slope.excludes(0.5)
    assert slope.excludes(2.0)
    naive = exponents.naive_slope(trainer, state, exponents.Draws(12, 64, seed=5))
    assert abs(naive.value) < SIGMAS * naive.stderr
    assert naive.value + SIGMAS * naive.stderr < 1.0
    still = dataclasses.replace(state, history=(state.history[-1],) * 2)
    with pytest.raises(ValueError, match="last learner step moved"):
        exponents.drift_slope(trainer, still, exponents.Draws(4, 8, seed=5))


def test_phases_of_a_run_that_climbs_and_of_one_that_collapses():
    steps = [0, 2, 4, 6, 8, 10]
    assert trained.phases([0.0, 0.2, 0.4, 0.4, 0.8, 0.8, 0.9, 0.9, 0.9, 0.8], steps) == {
        "before": 0,
        "during": 6,
        "after": 8,
        "end": 10,
    }
    assert trained.phases([0.2, 0.2, 0.6, 0.6, 0.3, 0.3, 0.1, 0.1, 0.0, 0.0], steps)["near collapse"] == 8


@pytest.fixture
def tiny(monkeypatch):
    for module in (trained, trained_rows):
        monkeypatch.setattr(module, "PRESETS", {**PRESETS, "mlp": (TINY,)})
    monkeypatch.setattr(trained, "DRAWS", exponents.Draws(6, 32))
    monkeypatch.setattr(trained_rows, "MOST", {"quick": 32, "full": 32})
    monkeypatch.setattr(trained, "NAIVE_DRAWS", exponents.Draws(2, 16))
    monkeypatch.setattr(trained, "CHECKPOINT_DRAWS", exponents.Draws(4, 16))


def test_a_study_is_plain_data_and_is_made_once(tiny, tmp_path, monkeypatch):
    told = []
    found = trained.study("mlp", tmp_path, "cpu", lambda *what: told.append(what[0]))
    assert json.loads(json.dumps(found, allow_nan=False)) == json.loads(json.dumps(found))
    (run,) = found["runs"]
    assert [row["step"] for row in run["checkpoints"]] == [0, 8, 16]
    assert len(run["reward"]) == 16
    assert set(found["slopes"]) == {"step", "draws", "drift", "naive", "lag", "exact"}
    assert sum(what.startswith("training") for what in told) == 16
    assert {phase["phase"] for phase in run["phases"]} >= {"before", "during", "after", "end"}
    assert all("local" in phase for phase in run["phases"] if phase["step"])
    monkeypatch.setattr(trained, "resume", lambda *_: None)
    for name in ("exactly", "sampled", "drift_slope", "lag_slope", "naive_slope"):
        monkeypatch.delattr(trained, name)  # nothing is trained or measured again
    assert trained.study("mlp", tmp_path, "cpu", lambda *_: None) == found


def test_rows_for_the_check(tiny):
    rows = trained_rows.measure("mlp", 0, "full")
    claims = ["lag-drift", "first-order-bias", "first-order-bias", "null-test"]
    assert [row.claim for row in rows] == claims
    assert [row.status for row in (rows[0], rows[1], rows[3])] == ["holds"] * 3
    assert rows[3].measured < 1e-12
    with pytest.raises(ValueError, match=re.escape("policy among ['mlp', 'transformer'], got 'tabular'")):
        trained_rows.measure("tabular", 0, "quick")


def test_rows_see_a_wrong_formula(run, scaled, changed):
    trainer, exact, state, rows = run
    scaled("lag-drift", "", 1e-3)
    assert trained_rows._drift_row(TINY, exact, rows, "", "cpu").status == "violated"
    changed("null-test", lambda formula: formula + 1)
    assert trained_rows._null_row(trainer, exact, state, 0, "", "cpu").status == "violated"


@pytest.mark.parametrize(
    ("parts", "status"),
    [
        (lambda h: torch.ones(8, 3) * h, "holds"),
        (lambda h: torch.ones(8, 3) * h**2, "violated"),
        (lambda h: torch.eye(8) - 0.125, "undecided"),  # squares that come out negative
        (lambda h: torch.eye(8)[:, :3] * h + 0.4 * h**2, "undecided"),  # the slope is that of the noise
    ],
)
def test_what_is_made_of_a_sampled_exponent(run, monkeypatch, parts, status):
    trainer, exact, state, _ = run
    found = sampled_slope(exponents.DRIFTS, torch.stack([parts(h).double() for h in exponents.DRIFTS]))
    monkeypatch.setattr(trained_rows, "drift_slope", lambda *_: found)
    monkeypatch.setattr(trained_rows, "planned", lambda *_: exponents.DRAWS)
    monkeypatch.setattr(trained_rows, "exact_slope", lambda *_: (1.25, 0.0))
    rows = trained_rows._exponent_rows(trainer, exact, state, 0, 1024, "", "cpu")
    assert [v.status for v in rows] == ["violated", status]
    assert ("take --suite full" in rows[1].message) == (status == "undecided")


def test_a_pilot_says_how_much_to_draw(run, monkeypatch):
    """Its square at half the wanted standard errors asks for four times its groups; a lost one for all there are."""
    trainer, _, state, _ = run
    pilot, asked = exponents.PILOT, []

    def parts_of(found):
        def parts(trainer, theta, phi, blocks, groups, seed):
            asked.append(seed)
            return found

        return parts

    def stands(ratio):
        return lambda parts: exponents.Estimate(ratio, 1.0, len(parts))

    monkeypatch.setattr(exponents, "bias_parts", parts_of(torch.ones(pilot.blocks, 3)))
    cases = ((5.0, 999, 369), (3.0, 2000, 1024), (3.0, 512, 512), (-2.0, 999, 999), (99.0, 999, 256), (99.0, 9, 9))
    for ratio, most, groups in cases:
        monkeypatch.setattr(exponents, "norm_squared", stands(ratio))
        assert exponents.planned(trainer, state, 5, most) == exponents.Draws(32, groups, 5)
    assert set(asked) == {pilot.seed + 5}  # the draws of the measurement start at 5
