"""The problems of the study: every combination once, their rewards, their reach, their rates."""

import math

import pytest
import torch
from stalelaw.verify import scaling
from stalelaw.verify.populations.losses import NUMBERS
from stalelaw.verify.runs.training import norms, row
from stalelaw.verify.studies import drawn, kinds
from stalelaw.verify.trees import add, norm, random_unit


def test_every_combination_is_drawn_once():
    made = [drawn.draw(3, i) for i in range(0, drawn.COUNT, 7)]
    wanted = [
        (k, loss, model) for model in drawn.MODELS for loss in drawn.LOSSES for k in kinds.KINDS
    ]  # the first letter changes fastest
    assert [(p.kind, p.loss, p.model) for p in made] == wanted[::7]
    assert drawn.COUNT == len(set(wanted)) >= 200
    for problem in made:
        small, large = (max(m.lag(t) for t in range(drawn.STEPS)) for m in problem.models)
        assert 1 <= small < large
    with pytest.raises(ValueError, match="problem 0"):
        drawn.draw(0, drawn.COUNT)


def test_rewards_of_the_sources_are_those_of_the_population():
    problem = next(p for p in (drawn.draw(0, i) for i in range(0, 90, 3)) if p.population.responses.end is not None)
    responses, v = problem.population.responses, problem.population.responses.policy.vocab
    for number, (tokens, length) in enumerate(zip(responses.tokens.tolist(), responses.lengths.tolist(), strict=True)):
        for rest in range(v ** (len(tokens) - int(length))):  # whatever follows the end
            code = 0
            for token in tokens[: int(length)]:
                code = code * v + token
            code = code * v ** (len(tokens) - int(length)) + rest
            assert torch.equal(problem.table[:, code], problem.population.rewards[:, number])


@pytest.mark.parametrize("loss", ["grpo", "truncated-is", "gspo", "rloo"])
def test_reach_is_one_where_the_first_token_is_clipped(loss):
    problem = drawn.draw(0, 3 * drawn.LOSSES.index(loss))
    theta, population = problem.theta, problem.population
    step = random_unit(theta, torch.Generator().manual_seed(1))

    def ratio(r):
        logs = population.responses.log_tokens(theta) - population.responses.log_tokens(add(theta, step, r))
        return logs if loss != "gspo" else (logs.sum(-1) / population.responses.lengths)[..., None]

    far = float(drawn.reach(population, theta, add(theta, step, 0.3)))
    edges = {"grpo": (0.8, 1.2), "gspo": (0.8, 1.2), "truncated-is": (0.0, NUMBERS["rho_cap"])}.get(loss)
    if edges is None:
        assert far == 0.0
        return
    high, low = float(ratio(0.3).max()) / math.log(edges[1]), 0.0
    if edges[0]:
        low = float(ratio(0.3).min()) / math.log(edges[0])
    assert far == pytest.approx(max(high, low), rel=1e-12)


def test_rates_keep_every_ratio_inside():
    for index in range(3):
        problem = drawn.draw(0, index)
        eta = scaling.rates(problem.population, problem.theta, 4, 3)
        u = scaling.surrogate_gradient(problem.population, problem.theta, problem.theta)
        logs = problem.population.log_ratios(add(problem.theta, u, 4 * eta[0]), problem.theta)
        assert math.log(0.8) < float(logs.min()) < 0.0 < float(logs.max()) < math.log(1.2)
        assert eta == (eta[0], eta[0] / 2, eta[0] / 4)


def test_norms_are_those_of_single_points():
    problem = drawn.draw(0, 0)
    paths = scaling.follow(problem.population, problem.theta, (0.1, 0.2), problem.models[0], 3)
    assert norms(paths.update[2]).tolist() == pytest.approx([norm(row(paths.update[2], k)) for k in range(2)])
