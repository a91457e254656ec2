"""The trainer is a pure function of its state; its optimizers are torch's; its gradient and drift are what they say."""

import dataclasses
import math

import pytest
import torch
from stalelaw.verify import objectives
from stalelaw.verify.policies import MLP, SequencePolicy, Transformer
from stalelaw.verify.populations.losses import Loss
from stalelaw.verify.populations.sampled import SampledPopulation
from stalelaw.verify.runs.asynchronous import Trainer, run, warm_start
from stalelaw.verify.runs.lag import constant, periodic_sync
from stalelaw.verify.runs.updates import AdamW, Sgd, clip_norm
from stalelaw.verify.trees import add, norm
from stalelaw.verify.verifiable import addition, bandit, copy

OPTIMIZERS = {
    "sgd": (Sgd(), lambda p: torch.optim.SGD(p, lr=0.1, maximize=True), math.inf),
    "momentum": (Sgd(momentum=0.9), lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, maximize=True), math.inf),
    "clipped": (Sgd(max_norm=0.5), lambda p: torch.optim.SGD(p, lr=0.1, maximize=True), 0.5),
    "adam": (AdamW(), lambda p: torch.optim.AdamW(p, lr=0.1, weight_decay=0.0, maximize=True), math.inf),
    "adamw": (
        AdamW(beta_1=0.8, beta_2=0.95, epsilon=1e-3, decay=0.1, max_norm=0.5),
        lambda p: torch.optim.AdamW(p, lr=0.1, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.1, maximize=True),
        0.5,
    ),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizers_are_those_of_torch(name):
    mine, make, largest = OPTIMIZERS[name]
    g = torch.Generator().manual_seed(0)
    theta = {k: torch.randn(s, generator=g, dtype=torch.float64) for k, s in (("a", (3, 2)), ("b", (4,)))}
    leaves = {k: x.clone().requires_grad_() for k, x in theta.items()}
    theirs, state = make(list(leaves.values())), mine.start(theta)
    for _ in range(25):
        gradient = {k: torch.randn(x.shape, generator=g, dtype=torch.float64) for k, x in theta.items()}
        for k, leaf in leaves.items():
            leaf.grad = gradient[k].clone()
        torch.nn.utils.clip_grad_norm_(leaves.values(), largest)
        theirs.step()
        u, state = mine.move(gradient, state, theta)
        theta = add(theta, u, 0.1)
        for k, leaf in leaves.items():
            torch.testing.assert_close(theta[k], leaf.detach(), rtol=1e-6, atol=1e-7)  # clip_grad_norm_ adds 1e-6


def test_short_gradients_are_not_lengthened():
    assert norm(clip_norm({"a": torch.tensor([3.0, 4.0])}, 1.0)) == pytest.approx(1.0)
    assert norm(clip_norm({"a": torch.tensor([0.3, 0.4])}, 1.0)) == pytest.approx(0.5)


def trainer(lag, task=None, **change):
    torch.manual_seed(0)
    task = task or addition(3)
    window = task.prompts.shape[1] + task.length
    policy = SequencePolicy(MLP(task.inputs, task.vocab, window, 8).double(), task.vocab)
    return Trainer(
        policy,
        task,
        **{"loss": Loss("grpo"), "update": AdamW(), "lag": lag, "eta": 0.02, "groups": 6, "group_size": 4, **change},
    )


@pytest.mark.parametrize("eta", [math.nan, math.inf, -math.inf, -0.1])
def test_a_learning_rate_that_is_none_is_refused_at_construction(eta):
    with pytest.raises(ValueError, match=f"expected a finite learning rate eta >= 0, got {eta}"):
        trainer(constant(1), eta=eta)
    assert trainer(constant(1), eta=0.0).eta == 0.0


def test_a_run_cut_anywhere_is_the_same_run():
    one = trainer(periodic_sync(3))
    start = one.start(one.policy.params(), seed=5)
    kept = {k: x.clone() for k, x in start.history[0].items()}
    whole, rows = run(one, start, 7)
    half, first = run(one, start, 4)
    again, second = run(one, half, 3)
    assert rows == first + second
    assert all(torch.equal(whole.history[-1][k], again.history[-1][k]) for k in kept)
    assert all(torch.equal(start.history[0][k], kept[k]) for k in kept)  # nothing was changed in place
    assert run(one, one.start(kept, seed=6), 7)[1] != rows


def test_each_step_is_the_gradient_of_its_own_batch():
    one = trainer(constant(2), update=Sgd())
    state, rows = run(one, one.start(one.policy.params(), seed=1), 5)
    theta, phi = state.history[-1], state.history[-3]
    generator = torch.Generator()
    generator.set_state(state.generator)
    batch = one.draw(phi, generator)
    g = objectives.surrogate_gradient(SampledPopulation(one.loss, one.policy, batch), theta, phi)
    after, row = one.step(state)
    moved = add(after.history[-1], theta, -1.0)
    assert norm(add(moved, g, -one.eta)) < 1e-15
    assert (row.lag, row.step, [r.lag for r in rows]) == (2, 5, [0, 1, 2, 2, 2])
    assert row.drift == pytest.approx(norm(add(theta, phi, -1.0)))
    assert row.gradient == pytest.approx(norm(g))


def test_without_lag_nothing_is_stale():
    _, rows = run(one := trainer(periodic_sync(1)), one.start(one.policy.params(), 0), 3)
    assert [(r.lag, r.drift, r.ratio_min, r.ratio_max) for r in rows] == [(0, 0.0, 1.0, 1.0)] * 3
    _, rows = run(one := trainer(periodic_sync(4)), one.start(one.policy.params(), 0), 8)
    assert [r.lag for r in rows] == [0, 1, 2, 3] * 2
    assert all((r.drift > 0) == (r.lag > 0) and r.ratio_min < 1 < r.ratio_max for r in rows if r.lag)


@pytest.mark.parametrize("loss", ["grpo", "dr-grpo", "rloo-is", "cispo"])
def test_a_bandit_is_learned(loss):
    one = trainer(periodic_sync(4), bandit([0.0, 0.0, 1.0]), loss=Loss(loss), groups=4, eta=0.05)
    _, rows = run(one, one.start(one.policy.params(), 3), 60)
    early, late = (sum(r.reward for r in part) / len(part) for part in (rows[:4], rows[-10:]))  # 4 steps of the start
    assert late > 0.9 > 0.6 > early
    assert rows[-1].mixed < 1.0  # solved groups carry no advantage


def test_a_supervised_start_reaches_its_success_and_no_more():
    task = copy(3, 2)
    torch.manual_seed(0)
    window = task.prompts.shape[1] + task.length
    policy = SequencePolicy(Transformer(task.inputs, task.vocab, window, 8, 2, 1).double(), task.vocab)
    theta = warm_start(policy, task, policy.params(), 0.4)
    one = Trainer(policy, task, Loss("dapo"), AdamW(), periodic_sync(1), 1e-3, groups=200, group_size=4)
    batch = one.draw(theta, torch.Generator().manual_seed(0))
    by_prompt = [batch.rewards[(batch.prompts == p).all(1)].mean() for p in task.prompts]
    assert float(torch.stack(by_prompt).mean()) == pytest.approx(0.42, abs=0.08)
    with pytest.raises(ValueError, match="expected 0 < success < 1"):
        warm_start(policy, task, theta, 1.0)


def test_wrong_parameters_are_refused_before_the_run():
    one = trainer(periodic_sync(2))
    with pytest.raises(ValueError, match="missing"):
        one.start({}, 0)
    with pytest.raises(ValueError, match="expected a critic exactly where"):
        run(critic := dataclasses.replace(one, loss=Loss("ppo-clip")), critic.start(one.policy.params(), 0), 1)
