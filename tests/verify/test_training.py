"""Lag models and asynchronous runs against a loop written out here on the naive reference (ladder rung 4)."""

import numpy as np
import pytest
import torch
from stalelaw.verify.policies import TabularSoftmax
from stalelaw.verify.populations.closed import Objective
from stalelaw.verify.runs import lag, training
from stalelaw.verify.runs.training import simulate, simulate_all
from stalelaw.verify.studies.kinds import kind
from stalelaw.verify.tasks import random_rewards


@pytest.mark.parametrize("model", [lag.periodic_sync(1), lag.periodic_sync(4), lag.constant(0), lag.constant(3)])
def test_lags_are_within_their_bounds(model):
    lags = [model.lag(t) for t in range(20)]
    assert all(0 <= s <= min(t, model.largest) for t, s in enumerate(lags))
    assert max(lags) == model.largest


def test_periodic_sync_is_interval_minus_one():
    assert lag.periodic_sync(4).largest == 3
    assert lag.periodic_sync(1).largest == 0


@pytest.mark.parametrize("model", [lag.periodic_sync(3), lag.constant(2)], ids=lambda m: m.name)
def test_run_equals_a_plain_loop(reference, model):
    generator = torch.Generator().manual_seed(0)
    policy = TabularSoftmax(1, 2, 2)
    rewards, theta_0 = random_rewards(1, 2, 2, generator), policy.random(generator)
    run = simulate(Objective(policy, rewards, 4), theta_0, 0.7, model, steps=7)
    naive = reference(1, 2, 2, rewards.numpy(), 4)
    path = [theta_0["logits"].numpy()]
    for t in range(7):
        behaviour = path[t - (t % 3)] if model.name.startswith("periodic") else path[max(t - 2, 0)]
        h = naive.H(path[t], behaviour)
        assert run.bias[t] == pytest.approx(np.linalg.norm(h - naive.H(path[t], path[t])), rel=1e-10, abs=1e-15)
        assert run.update[t] == pytest.approx(np.linalg.norm(h), rel=1e-12)
        assert run.drift[t] == pytest.approx(np.linalg.norm(path[t] - behaviour), rel=1e-12, abs=1e-15)
        assert run.displacement[t] == pytest.approx(np.linalg.norm(path[t] - path[0]), rel=1e-12, abs=1e-15)
        assert run.value[t] == pytest.approx(naive.value(path[t]), rel=1e-12)
        assert run.ratio_min[t] <= 1.0 <= run.ratio_max[t]
        path.append(path[t] + 0.7 * h)
    np.testing.assert_allclose(run.theta[-1]["logits"], path[-1], rtol=1e-12)
    assert run.bias.max() > 1e-4


def test_on_policy_has_no_bias():
    generator = torch.Generator().manual_seed(0)
    policy = TabularSoftmax(1, 2, 2)
    run = simulate(
        Objective(policy, random_rewards(1, 2, 2, generator), 4), policy.random(generator), 0.5, lag.periodic_sync(1), 5
    )
    assert run.bias.tolist() == [0.0] * 5
    assert run.drift.tolist() == [0.0] * 5
    assert np.all(np.diff(run.value) > 0)


@pytest.mark.parametrize("at_once", [1, 2**16])
def test_learning_rates_side_by_side_are_runs_of_their_own(monkeypatch, at_once):
    """However many rows are looked at in one call; another rate gives another run."""
    monkeypatch.setattr(training, "AT_ONCE", at_once)
    real = kind("transformer").problem(0, 2)
    together = simulate_all(real.objective, real.theta, (0.3, 0.1), lag.constant(2), 4)
    alone = [simulate(real.objective, real.theta, eta, lag.constant(2), 4) for eta in (0.3, 0.1)]
    for one, other in zip(together, alone, strict=True):
        assert one.eta == other.eta
        for name in ("bias", "update", "drift", "displacement", "ratio_min", "ratio_max", "value"):
            np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-9, atol=1e-15)
        for x, y in zip(one.theta + one.phi, other.theta + other.phi, strict=True):
            assert all(torch.allclose(x[name], y[name]) for name in x)
    assert not np.allclose(together[0].update[1:], together[1].update[1:], rtol=1e-6)


def test_bad_runs_are_refused():
    policy = TabularSoftmax(1, 2, 1)
    objective = Objective(policy, random_rewards(1, 2, 1, torch.Generator().manual_seed(0)), 2)
    for eta in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="learning rate > 0"):
            simulate(objective, policy.zeros(), eta, lag.constant(1), 2)
    with pytest.raises(ValueError, match="at least 1 step"):
        simulate(objective, policy.zeros(), 0.1, lag.constant(1), 0)
    with pytest.raises(ValueError, match="S >= 1"):
        lag.periodic_sync(0)
    with pytest.raises(ValueError, match="S_max >= 0"):
        lag.constant(-1)
