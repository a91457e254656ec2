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
from stalelaw.verify.studies.mates import control
from stalelaw.verify.studies.slopes_sampled import sampled_slope
from stalelaw.verify.transforms import operator_norm, pulled
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
    """The parts are the plain difference and what the mates' control variate adds, pulled back together."""
    trainer, _, state, _ = run
    theta, phi = state.history[-1], state.history[-5]
    (part,) = checkpoints_sampled.bias_parts(trainer, theta, phi, 1, 32, seed=3)
    population = checkpoints_sampled.drawn(trainer, phi, 32, 3)
    live, back = pulled(population.tables, theta)
    torch.testing.assert_close(part, flatten(add(bias(population, theta, phi), back(control(population, live)))))


def test_the_mates_take_noise_and_leave_the_mean(run):
    """The control variate by hand; its mean is 0 along its own law; a tenth of the variance is left, or less."""
    trainer, exact, state, _ = run
    theta, phi = state.history[-1], state.history[-2]
    population = checkpoints_sampled.drawn(trainer, phi, 4, 3)
    live, back = pulled(population.tables, theta)
    found, batch = flatten(back(control(population, live))), population.batch
    weights = (live["tokens"] - batch.behaviour).sum(2).exp()
    by_hand = torch.zeros_like(found)
    for n in range(4):
        for i in range(trainer.group_size):
            score = torch.func.grad(lambda x, n=n, i=i: population.log_tokens(x)[n, i].mean())(theta)
            for j in set(range(trainer.group_size)) - {i}:
                kept = [k for k in range(trainer.group_size) if k != j]
                advantage = trainer.loss.advantages(batch.rewards[n, kept])[kept.index(i)]
                size = weights[n, i] * (weights[n, j] - 1.0) * advantage / trainer.group_size / 4
                by_hand += size * flatten(score)
    torch.testing.assert_close(found, by_hand)
    delta, plain, less = flatten(bias(exact, theta, phi)), [], []
    for seed in range(40):
        population = checkpoints_sampled.drawn(trainer, phi, 64, 100 + seed)
        plain.append(flatten(bias(population, theta, phi)))
        less.append(checkpoints_sampled.bias_parts(trainer, theta, phi, 1, 64, 100 + seed)[0])
    plain, less = torch.stack(plain), torch.stack(less)
    assert less.var(0).sum() < 0.1 * plain.var(0).sum()
    directions = torch.randn(len(delta), 8, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    for off in ((less - plain) @ directions, (less - delta) @ directions):
        z = off.mean(0) / (off.std(0) / math.sqrt(40))
        assert float(z.abs().max()) < SIGMAS
    doubled = (2.0 * less - delta) @ delta  # an estimate of twice the bias is seen
    assert abs(float(doubled.mean())) > SIGMAS * float(doubled.std()) / math.sqrt(40)


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
