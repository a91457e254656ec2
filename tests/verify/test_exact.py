"""The exact population of every loss against all groups written out; bad tables."""

import dataclasses
import math
import re

import pytest
import torch
from stalelaw.theory.surrogates import own_surrogates, surrogate
from stalelaw.verify import objectives
from stalelaw.verify.policies import MLP, Enumerated, SequencePolicy, TabularSoftmax
from stalelaw.verify.populations.closed import Clip, Objective
from stalelaw.verify.populations.exact import ExactPopulation
from stalelaw.verify.populations.losses import NUMBERS, Loss, group_advantages
from stalelaw.verify.populations.responses import Responses
from stalelaw.verify.trees import add, norm, random_unit

from .small_populations import TABLE, f, problem

LOSSES = [loss.id for loss in own_surrogates()]


def written_out(naive, population, theta, held, phi, reference):
    table = population.responses
    tokens = [tuple(row[: int(n)]) for row, n in zip(table.tokens.tolist(), table.lengths.tolist(), strict=True)]

    def policy(params):
        rows = params["logits"].softmax(-1).numpy()

        def drawn(x, y):
            places = [
                sum(2**j for j in range(k)) + sum(t * 2 ** (k - 1 - i) for i, t in enumerate(y[:k]))
                for k in range(len(y))
            ]
            return [rows[x, node, token] for node, token in zip(places, y, strict=True)]

        return drawn

    critic = None if population.critic is None else population.critic.tolist()
    points = [policy(p) for p in (theta, held, phi, reference)]
    return naive.population(
        population.loss.record.id, tokens, population.rewards.tolist(), population.group_size, *points, critic
    )


@pytest.mark.parametrize("shape", ["fixed", "ended, graded"])
@pytest.mark.parametrize("loss", LOSSES)
def test_the_population_is_the_mean_over_all_groups(naive, loss, shape):
    population, *points = problem(loss, end=0 if "ended" in shape else None, graded="graded" in shape)
    found = float(f(population, *points[:3]))
    assert found == pytest.approx(written_out(naive, population, *points), rel=1e-12)
    assert abs(found) > 1e-3


def test_the_comparison_fails_on_a_wrong_formula(naive):
    """A clip that is one part in a million wider, a std of the other kind, a length weight of the other kind."""
    grpo = surrogate("grpo")
    for loss in (
        Loss("grpo", {"eps_hi": NUMBERS["eps_hi"] + 1e-6}),
        Loss(dataclasses.replace(grpo, advantage=dataclasses.replace(grpo.advantage, ddof=0))),
        Loss(dataclasses.replace(grpo, length="group")),
    ):
        population, *points = problem(loss, end=0, graded=True)
        off = float(f(population, *points[:3])) / written_out(naive, population, *points) - 1
        assert abs(off) > 1e-8


def test_it_is_the_fast_grpo_where_both_apply():
    """Population std, no offset: the closed form by levels of the tree."""
    record = dataclasses.replace(
        surrogate("grpo"), advantage=dataclasses.replace(surrogate("grpo").advantage, ddof=0, offset=False)
    )
    population, theta, _, phi, _ = problem(Loss(record, {"eps_hi": 0.2}), size=5)
    fast = Objective(TABLE, population.rewards, 5, Clip(0.2, 0.2))
    for action in (objectives.surrogate_gradient, objectives.distribution_term):
        slow, quick = action(population, theta, phi), action(fast, theta, phi)
        assert norm(add(slow, quick, -1.0)) < 1e-13 * norm(quick)


def test_a_trained_policy_goes_through_the_same_door():
    torch.manual_seed(0)
    policy = SequencePolicy(MLP(inputs=4, vocab=2, window=3, hidden=4).double(), vocab=2)
    prompts = torch.tensor([[2], [3]])
    listed = Enumerated(policy, prompts, torch.ones_like(prompts, dtype=torch.bool), length=2)
    theta = policy.params()
    phi = add(theta, random_unit(theta, torch.Generator().manual_seed(1)), 0.3)
    rewards = problem("dapo", end=0)[0].rewards
    population = ExactPopulation(Loss("dapo"), Responses(listed, end=0), rewards, 4)
    logits = [{"logits": torch.cat(listed.levels(p), 1)} for p in (theta, phi)]
    table = ExactPopulation(Loss("dapo"), Responses(TABLE, end=0), rewards, 4)
    assert float(f(population, theta, theta, phi)) == pytest.approx(
        float(f(table, logits[0], logits[0], logits[1])), rel=1e-12
    )
    assert norm(objectives.surrogate_gradient(population, theta, phi)) > 0


def test_all_responses_once():
    table = Responses(TabularSoftmax(prompts=1, vocab=3, length=3), end=1)
    strings = {tuple(row[: int(n)]) for row, n in zip(table.tokens.tolist(), table.lengths.tolist(), strict=True)}
    assert len(strings) == len(table.tokens) == 1 + 2 + 4 * 3
    assert all(1 not in s[:-1] and (s[-1] == 1 or len(s) == 3) for s in strings)
    logs = table.log_tokens(table.policy.random(torch.Generator().manual_seed(0)))
    assert float(logs.sum(-1).exp().sum()) == pytest.approx(1.0, abs=1e-14)


@pytest.mark.parametrize("rewards", [[0.0, 0.0, 0.0], [1.0, 1.0, 1.0], [0.1, 0.1, 0.1]])
@pytest.mark.parametrize("loss", ["grpo", "dr-grpo", "rloo"])
def test_a_group_of_equal_rewards_has_no_advantage(loss, rewards):
    rule = surrogate(loss).advantage
    for offset in (0.0, 1e-4):
        assert group_advantages(rule, torch.tensor(rewards, dtype=torch.float64), offset).tolist() == [0.0] * 3


def test_an_empty_response_counts_nothing():
    lengths = torch.tensor([0.0, 2.0, 0.0], dtype=torch.float64)
    assert Loss("grpo").length_weights(lengths).tolist() == [1.0, 0.5, 1.0]
    assert Loss("dapo").length_weights(lengths * 0).isfinite().all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rewards": torch.zeros(2, 3, dtype=torch.float64)}, "expected torch.float64 (2, 4)"),
        ({"rewards": torch.zeros(2, 4)}, "got torch.float32"),
        ({"rewards": torch.full((2, 4), math.nan, dtype=torch.float64)}, "got 8 others"),
        ({"group_size": 0}, "expected group size G >= 1"),
        ({"loss": Loss("kl-k3")}, "parameters of the reference policy"),
        ({"loss": Loss("ppo-clip")}, "expected a critic exactly where"),
        ({"at_once": 0}, "expected at_once >= 1"),
        ({"group_size": 30_000}, "expected at most 20000 kinds of mates"),
    ],
)
def test_bad_tables_are_refused(change, message):
    population = problem("grpo")[0]
    with pytest.raises(ValueError, match=re.escape(message)):
        dataclasses.replace(population, **change)


def test_bad_constants_are_refused():
    with pytest.raises(ValueError, match="expected constants among"):
        Loss("grpo", {"eps": 0.2})
