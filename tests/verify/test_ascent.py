"""Ascents: their slope against differences of the norm, their domain, and the supremum by brute force."""

import math

import numpy as np
import pytest
import torch
from stalelaw.verify.constants import behaviour_norm
from stalelaw.verify.policies import Enumerated, SequencePolicy, TabularSoftmax, Transformer
from stalelaw.verify.populations.closed import Objective
from stalelaw.verify.populations.exact import ExactPopulation
from stalelaw.verify.populations.losses import Loss
from stalelaw.verify.populations.responses import Responses
from stalelaw.verify.problems import generator, random_problem
from stalelaw.verify.spectra import ascent
from stalelaw.verify.transforms import gradient
from stalelaw.verify.trees import add, dot, norm, random_unit
from stalelaw.verify.verifiable import parity


def transformer():
    """With layer norms, whose derivatives torch gets wrong in reverse over forward mode."""
    task = parity(1)
    torch.manual_seed(2)
    policy = SequencePolicy(Transformer(task.inputs, task.vocab, 3, width=4, heads=2, layers=1).double(), task.vocab)
    responses = Responses(Enumerated(policy, task.prompts, task.mask, task.length))
    return ExactPopulation(Loss("grpo"), responses, task.table(responses), 4), policy.params()


def arms():
    rewards = torch.tensor([[1.0, 0.0]], dtype=torch.float64)
    return Objective(TabularSoftmax(1, 2, 1), rewards, 8)


@pytest.mark.parametrize("kind", ["tabular", "transformer"])
def test_the_slope_is_that_of_the_norm(kind, monkeypatch):
    monkeypatch.setattr(ascent, "DENSE_BELOW", 1000)
    problem = random_problem(4, 3, clip=False)
    population, theta = transformer() if kind == "transformer" else (problem.objective, problem.theta)
    phi = add(theta, random_unit(theta, generator(1)), 0.1)
    size, u, v = ascent._top(population, theta, phi, phi, 1)
    assert size == pytest.approx(behaviour_norm(population, theta, phi).value, rel=1e-10)
    ways = {
        "theta": (lambda p: ascent._value(population, u, v, p, phi), lambda p: (p, phi), theta),
        "phi": (lambda p: ascent._value(population, u, v, theta, p), lambda p: (theta, p), phi),
    }
    for f, points, at in ways.values():
        e, h = random_unit(at, generator(5)), 1e-4
        up, down = (behaviour_norm(population, *points(add(at, e, s))).value for s in (h, -h))
        assert dot(gradient(f, at), e) == pytest.approx((up - down) / (2 * h), rel=1e-4, abs=1e-8 * size)


def test_a_large_policy_climbs_without_its_matrix(monkeypatch):
    problem = random_problem(4, 3, clip=False)
    start = behaviour_norm(problem.objective, problem.theta, problem.theta).value
    dense = ascent.ascend(problem.objective, problem.theta, None, 4)
    monkeypatch.setattr(ascent, "DENSE_BELOW", 0)
    without = ascent.ascend(problem.objective, problem.theta, None, 4)
    assert start < without
    assert without == pytest.approx(dense, rel=0.02)  # power steps need not have arrived


def test_the_supremum_of_a_small_domain_from_below():
    objective = arms()
    centre = {"logits": torch.tensor([[[0.8, -0.3]]], dtype=torch.float64)}
    domain = ascent.Domain(centre, radius=0.3, drift=0.2)
    found = ascent.local_supremum(objective, domain, starts=3, steps=12, seed=0)
    assert found.label == "lower"
    along = {"logits": torch.tensor([[[1.0, -1.0]]], dtype=torch.float64) / math.sqrt(2.0)}  # the other way is a gauge
    grid = [
        behaviour_norm(objective, theta, add(theta, along, float(b))).value
        for theta in (add(centre, along, float(a)) for a in np.linspace(-0.3, 0.3, 13))
        for b in np.linspace(-0.2, 0.2, 9)
    ]
    assert max(grid) * 0.99 <= found.value <= max(grid) * (1 + 1e-9)  # the supremum lies at corners of the grid
    assert behaviour_norm(objective, centre, centre).value < 0.95 * max(grid)


def test_points_are_pulled_into_the_domain():
    problem = random_problem(4, 3, clip=False)
    domain = ascent.Domain(problem.theta, radius=0.5, drift=0.25)
    for index in range(4):
        theta = add(problem.theta, random_unit(problem.theta, generator(index)), 0.3 * index)
        phi = add(theta, random_unit(theta, generator(index, 1)), 0.2 * index)
        a, b = domain.nearest(theta, phi)
        assert norm(add(a, problem.theta, -1.0)) <= 0.5 + 1e-12
        assert norm(add(a, b, -1.0)) <= 0.25 + 1e-12
    inside = domain.nearest(problem.theta, problem.theta)
    assert all(torch.equal(inside[0][k], problem.theta[k]) for k in problem.theta)


def test_bad_domains_are_refused():
    with pytest.raises(ValueError, match="finite radii"):
        ascent.local_supremum(arms(), ascent.Domain(arms().policy.zeros(), math.inf, 0.1), 1, 1, 0)
    with pytest.raises(ValueError, match="expected a start"):
        ascent.local_supremum(arms(), ascent.Domain(arms().policy.zeros(), 0.1, 0.1), 0, 1, 0)
