"""Checkpoints of a trained policy: sampling against enumeration, with fixed draws and one look."""

import dataclasses
import math

import pytest
import torch
from stalelaw.verify import objectives
from stalelaw.verify.estimators import norm_squared
from stalelaw.verify.studies import checkpoints, checkpoints_sampled
from stalelaw.verify.studies.mates import control
from stalelaw.verify.transforms import operator_norm, pulled
from stalelaw.verify.trees import add, dot, flatten, norm

from .tiny_run import tiny_run

SIGMAS = 4.5


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return tiny_run(tmp_path_factory.mktemp("run"))


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
