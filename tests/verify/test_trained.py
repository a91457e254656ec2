"""Checkpoints of trained policies: sampling against enumeration with fixed draws and one look, the naive ways shown
wrong, and rows of the check that see a wrong formula."""

import dataclasses
import json
import math
import re

import pytest
import torch
from stalelaw.verify import objectives
from stalelaw.verify.estimators import norm_squared
from stalelaw.verify.studies import checkpoints, checkpoints_sampled, exponents, saved, trained, trained_rows
from stalelaw.verify.studies.experiments import PRESETS, Experiment
from stalelaw.verify.studies.slopes_sampled import sampled_slope
from stalelaw.verify.transforms import operator_norm
from stalelaw.verify.trees import add, dot, flatten, norm

SIGMAS = 4.5
TINY = Experiment("mlp", base=3, digits=2, width=4, interval=4, eta=0.8, steps=16, groups=8, every=8, memory=8)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """(trainer, exact population, state after 16 steps, rows)."""
    folder, trainer = tmp_path_factory.mktemp("run"), TINY.trainer()
    how = {"settings": TINY.settings(), "every": TINY.every}
    state = saved.resume(trainer, lambda: TINY.start(trainer), TINY.seed, TINY.steps, folder, **how)
    return trainer, checkpoints.enumerated(trainer), state, saved.read_rows(folder)


def bias(population, theta, phi):
    h, fresh = (objectives.surrogate_gradient(population, theta, point) for point in (phi, theta))
    return add(h, fresh, -1.0)


def test_enumeration_says_what_the_definitions_say(run):
    trainer, exact, state, _ = run
    theta = state.history[-1]
    found = checkpoints.exactly(trainer, exact, state, (1, 4, 99))
    assert [at.lag for at in found.lags] == [1, 4]  # the history does not reach back 99 steps
    for at in found.lags:
        phi = state.history[-1 - at.lag]
        delta = bias(exact, theta, phi)
        h = objectives.surrogate_gradient(exact, theta, theta)
        assert at.bias == pytest.approx(norm(delta), rel=1e-12)
        assert at.drift == pytest.approx(norm(add(theta, phi, -1.0)), rel=1e-12)
        assert at.cosine == pytest.approx(dot(delta, h) / norm(delta) / norm(h), abs=1e-12)
    assert found.value == pytest.approx(objectives.value(exact, theta))
    assert 0.0 < found.cosine <= 1.0 + 1e-12


def test_the_constant_is_that_of_the_dense_matrix(run):
    _, exact, state, _ = run
    theta, phi = state.history[-1], state.history[-5]
    found = checkpoints.local(exact, state, 4)
    matrix = objectives.behaviour_jacobian(exact, theta, theta)
    assert found.constant == pytest.approx(operator_norm(matrix), rel=1e-6)
    assert found.label == "lower"
    first = matrix @ flatten(add(phi, theta, -1.0))
    assert found.first_order == pytest.approx(float(first.norm()), rel=1e-9)
    assert found.remainder == pytest.approx(float((flatten(bias(exact, theta, phi)) - first).norm()), rel=1e-7)
    assert found.remainder < 0.3 * found.first_order  # the first order is most of the bias
    with pytest.raises(ValueError, match="expected 1 <= lag <= 8, got 9"):
        checkpoints.local(exact, state, 9)
    still = dataclasses.replace(state, history=(theta, theta))
    with pytest.raises(ValueError, match="parameters that moved over 1 steps"):
        checkpoints.local(exact, still, 1)


def test_sampling_agrees_with_enumeration(run):
    """16 blocks of 128 groups, one look: V, the squared norm of H, and that of the bias."""
    trainer, exact, state, _ = run
    truth = checkpoints.exactly(trainer, exact, state, (8,))
    found = checkpoints_sampled.sampled(trainer, state, (8, 99), blocks=16, groups=128, seed=1)
    (at,) = found.lags  # the history does not reach back 99 steps
    assert 0.1 < at.effective <= 1.0
    pairs = {
        "V": (found.value, truth.value),
        "H": (found.gradient_squared, truth.gradient**2),
        "bias": (at.squared, truth.lags[0].bias ** 2),
    }
    for name, (estimate, value) in pairs.items():
        assert abs(estimate.value - value) < SIGMAS * estimate.stderr, name
        assert estimate.stderr < 3.0 * value, name
        assert abs(estimate.value - 20.0 * value) > SIGMAS * estimate.stderr, name  # a wrong number would be seen


def test_the_difference_is_pulled_back_once(run):
    trainer, _, state, _ = run
    theta, phi = state.history[-1], state.history[-5]
    (part,) = checkpoints_sampled.bias_parts(trainer, theta, phi, 1, 32, seed=3)
    torch.testing.assert_close(part, flatten(bias(checkpoints_sampled.drawn(trainer, phi, 32, 3), theta, phi)))


def test_the_bias_is_unbiased_and_the_plain_norm_is_not(run):
    """Along the true bias the mean of the parts is its length; the norm of few parts is far too long."""
    trainer, exact, state, _ = run
    theta, phi = state.history[-1], state.history[-9]
    delta = flatten(bias(exact, theta, phi))
    parts = checkpoints_sampled.bias_parts(trainer, theta, phi, 40, 64, seed=11)
    along = parts @ (delta / delta.norm())
    assert abs(float(along.mean() - delta.norm())) < SIGMAS * float(along.std()) / math.sqrt(40)
    assert float(parts.norm(dim=1).mean()) > 1.5 * float(delta.norm())
    found = norm_squared(parts)
    assert abs(found.value - float(delta @ delta)) < SIGMAS * found.stderr


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
        monkeypatch.setattr(module, "DRAWS", exponents.Draws(6, 32))
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
        (lambda h: torch.eye(8) - 0.125, "undecided"),
    ],
)
def test_what_is_made_of_a_sampled_exponent(run, monkeypatch, parts, status):
    """One that is 1, one that is 2, and squares that come out negative."""
    trainer, exact, state, _ = run
    found = sampled_slope(exponents.DRIFTS, torch.stack([parts(h) for h in exponents.DRIFTS]))
    monkeypatch.setattr(trained_rows, "drift_slope", lambda *_: found)
    monkeypatch.setattr(trained_rows, "exact_slope", lambda *_: (1.25, 0.0))
    rows = trained_rows._exponent_rows(trainer, exact, state, exponents.DRAWS, "", "cpu")
    assert [v.status for v in rows] == ["violated", status]
