"""A generation shared by several steps: its parts add up to it, each is a step of TRL's loss, runs can be cut in it."""

import dataclasses

import pytest
import torch
from stalelaw.verify.objectives import surrogate_gradient
from stalelaw.verify.peers import TrlLoss
from stalelaw.verify.policies import MLP, SequencePolicy
from stalelaw.verify.populations.losses import Loss
from stalelaw.verify.populations.sampled import SampledPopulation
from stalelaw.verify.runs.asynchronous import Trainer, run
from stalelaw.verify.runs.generation import Generation, part, shuffled
from stalelaw.verify.runs.lag import constant, one_cycle_ahead, periodic_sync
from stalelaw.verify.runs.updates import Sgd
from stalelaw.verify.transforms import gradient
from stalelaw.verify.trees import add, flatten, norm, scale
from stalelaw.verify.verifiable import copy

S = 3


def trainer(loss="grpo", lag=None, **change):
    task = copy(3, 2)
    torch.manual_seed(0)
    policy = SequencePolicy(MLP(task.inputs, task.vocab, task.prompts.shape[1] + task.length, 6).double(), task.vocab)
    lag = lag or periodic_sync(S)
    return Trainer(policy, task, Loss(loss), Sgd(), lag, 0.3, **{"groups": 8, "group_size": 4, "spread": S, **change})


def moved(params, seed):
    g = torch.Generator().manual_seed(seed)
    return {k: x + 0.3 * torch.randn(x.shape, generator=g, dtype=x.dtype) for k, x in params.items()}


def inputs(one, generation, number):
    """What TRL's loss gets in this step, each response picked by hand."""
    batch, (n, group) = generation.batch, generation.batch.rewards.shape
    size = n * group // S
    chosen = [divmod(int(i), group) for i in generation.order[number * size : (number + 1) * size]]
    advantages = [[float(a) for a in one.loss.advantages(r)] for r in batch.rewards]
    return {
        "prompt_ids": torch.stack([batch.prompts[i] for i, _ in chosen]),
        "prompt_mask": torch.stack([batch.prompt_mask[i] for i, _ in chosen]),
        "completion_ids": torch.stack([batch.tokens[i, j] for i, j in chosen]),
        "completion_mask": torch.stack([batch.mask[i, j] for i, j in chosen]).long(),
        "old_per_token_logps": torch.stack([batch.behaviour[i, j] for i, j in chosen]),
        "advantages": torch.tensor([advantages[i][j] for i, j in chosen], dtype=torch.float64),
        "num_items_in_batch": batch.mask.sum(),
    }


@pytest.mark.parametrize("loss", ["grpo", "dr-grpo", "gspo", "rloo-is"])
def test_the_parts_of_a_generation_add_up_to_it(loss):
    one = trainer(loss)
    phi = one.policy.params()
    theta, g = moved(phi, 1), torch.Generator().manual_seed(2)
    generation = shuffled(one.draw(phi, g), g)

    def mean_of_parts(generation):
        found = [part(generation, k, 4, one.loss, one.policy)[0] for k in range(4)]
        return flatten(scale(sum_of([surrogate_gradient(p, theta, phi) for p in found]), 0.25))

    whole = flatten(surrogate_gradient(SampledPopulation(one.loss, one.policy, generation.batch), theta, phi))
    assert torch.allclose(mean_of_parts(generation), whole, rtol=1e-10, atol=1e-12)
    order, told = generation.order.clone(), one.loss.advantages(generation.batch.rewards).flatten()
    order[order == told.argmax()] = told.argmin()
    twice = Generation(generation.batch, order)
    assert not torch.allclose(mean_of_parts(twice), whole, rtol=1e-3)  # a response left out, another one twice
    rewards = generation.batch.rewards.flatten()[torch.randperm(32, generator=g)].reshape(8, 4)
    other = dataclasses.replace(generation.batch, rewards=rewards)
    assert not torch.allclose(mean_of_parts(Generation(other, generation.order)), whole, rtol=1e-3)


def sum_of(points):
    total = points[0]
    for point in points[1:]:
        total = add(total, point)
    return total


@pytest.mark.parametrize(("lag", "behind"), [(periodic_sync(S), 0), (one_cycle_ahead(S), S)])
def test_each_step_takes_the_gradient_of_trls_loss_on_its_part(lag, behind):
    """Steps 4 and 5: the second and third of the second generation, drawn by θ_3 or by θ_0."""
    one = trainer(lag=lag, memory=2 * S)
    loss = TrlLoss(one.loss, "response", "group", S)
    state, _ = run(one, one.start(one.policy.params(), 5), S + 1)
    held, shares = state.generation, []
    for number in (1, 2):
        theta, rows = state.history[-1], inputs(one, held, number)
        after, row = one.step(state)
        g = gradient(lambda p, t=theta, rows=rows: loss.step(one.policy, rows, p, t), theta)
        assert norm(add(add(after.history[-1], theta, -1.0), g, -one.eta)) < 1e-14 < norm(g)
        drift = norm(add(theta, state.history[-1 - number - behind], -1.0))
        assert (row.lag, row.drift) == (number + behind, pytest.approx(drift))
        assert row.ratio_min < 1 < row.ratio_max
        shares.append(row.reward)
        state = after
    first = float(held.batch.rewards.flatten()[held.order[: len(held.order) // S]].mean())
    assert sum([first, *shares]) / S == pytest.approx(float(held.batch.rewards.mean()))
    assert state.generation is None  # the next step draws anew


def test_a_generation_is_drawn_once_and_every_response_is_used_once():
    one = trainer()
    state = one.start(one.policy.params(), 0)
    orders = []
    for step in range(2 * S):
        state, _ = one.step(state)
        if (step + 1) % S:
            orders.append(state.generation.order.tolist())
    assert orders[0] == orders[1] != orders[2] == orders[3]
    assert all(sorted(order) == list(range(8 * 4 * S)) for order in orders)
    mates = {i // 4 for i in orders[0][:32]}
    assert len(mates) > 8  # the first step holds responses of more groups than it would hold whole


def test_a_run_cut_inside_a_generation_is_the_same_run():
    one = trainer()
    start = one.start(one.policy.params(), 5)
    whole, rows = run(one, start, 8)
    half, first = run(one, start, 4)
    again, second = run(one, half, 4)
    assert rows == first + second
    assert all(torch.equal(x, again.history[-1][k]) for k, x in whole.history[-1].items())
    assert run(dataclasses.replace(one, spread=1), start, 8)[1] != rows


def test_what_cannot_share_a_generation_is_refused():
    with pytest.raises(ValueError, match="expected spread >= 1, got 0"):
        trainer(spread=0)
    late = trainer(lag=constant(2))
    with pytest.raises(ValueError, match=r"S_max=2: expected lag 3 at step 4 \(spread\), got 2"):
        run(late, late.start(late.policy.params(), 0), 5)
    counted = trainer("dapo")
    with pytest.raises(ValueError, match="expected whole groups in a step"):
        run(counted, counted.start(counted.policy.params(), 0), 1)
    state, _ = run(one := trainer(), one.start(one.policy.params(), 0), 1)
    for other, wanted in ((trainer(groups=4), 48), (trainer(spread=1), 0)):
        with pytest.raises(ValueError, match=f"step 1: expected a state with {wanted} shared responses, got 96"):
            other.step(state)
