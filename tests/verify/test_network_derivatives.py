"""∂_φH of a transformer four ways: through the tables, as jvp of grad, by differences over a sweep, and dense."""

import pytest
import torch
from stalelaw.verify import objectives
from stalelaw.verify.policies import Enumerated, SequencePolicy, Transformer
from stalelaw.verify.populations.exact import ExactPopulation
from stalelaw.verify.populations.losses import Loss
from stalelaw.verify.populations.responses import Responses
from stalelaw.verify.transforms import directional, gradient
from stalelaw.verify.trees import add, dot, flatten, norm, random_unit

PROMPTS = torch.tensor([[0, 3], [2, 3]]), torch.tensor([[False, True], [True, True]])


@pytest.fixture(scope="module")
def problem():
    torch.manual_seed(0)
    policy = SequencePolicy(Transformer(4, 2, window=4, width=4, heads=2, layers=1).double(), vocab=2)
    rewards = torch.tensor([[0.0, 1.0, 0.5], [1.0, 0.0, 0.5]], dtype=torch.float64)
    responses = Responses(Enumerated(policy, *PROMPTS, length=2), end=0)
    population = ExactPopulation(Loss("dapo"), responses, rewards, 3)
    theta, g = policy.params(), torch.Generator().manual_seed(1)
    phi, v, w = add(theta, random_unit(theta, g), 0.02), random_unit(theta, g), random_unit(theta, g)
    return population, theta, phi, v, w


def sweep(population, theta, phi, v, found):
    """Relative distance from central differences of H in φ, by step."""
    off = []
    for h in (10.0**-k for k in range(1, 9)):
        ahead, behind = (objectives.surrogate_gradient(population, theta, add(phi, v, s * h)) for s in (1, -1))
        off.append(norm(add(found, add(ahead, behind, -1.0), -0.5 / h)) / norm(found))
    return off


def test_four_ways_agree(problem):
    population, theta, phi, v, w = problem
    pushed, pulled = (
        f(population, theta, phi, x) for f, x in ((objectives.behaviour_jvp, v), (objectives.behaviour_vjp, w))
    )
    assert dot(w, pushed) == pytest.approx(dot(pulled, v), rel=1e-12)  # adjoint identity

    def h(point):
        return gradient(lambda t: objectives.surrogate_tensor(population, t, point, theta), theta)

    plain = directional(h, phi, v)  # jvp of grad, straight through the network twice
    assert norm(add(pushed, plain, -1.0)) < 1e-12 * norm(plain)
    dense = objectives.behaviour_jacobian(population, theta, phi)
    assert float((dense @ flatten(v) - flatten(pushed)).norm()) < 1e-12 * norm(pushed)
    assert float((dense.T @ flatten(w) - flatten(pulled)).norm()) < 1e-12 * norm(pulled)


def test_central_differences_have_their_best_step_in_between(problem):
    """Truncation falls as h², rounding grows as 1/h: a right operator has both branches, a wrong one a floor."""
    population, theta, phi, v, _ = problem
    off = sweep(population, theta, phi, v, objectives.behaviour_jvp(population, theta, phi, v))
    best = off.index(min(off))
    assert 2 <= best <= 5
    assert min(off) < 1e-9
    assert 80 < off[1] / off[2] < 120  # h² from 1e-2 to 1e-3
    assert off[-1] > 30 * min(off)
    assert off[best:] == sorted(off[best:])
    wrong = sweep(population, theta, phi, v, objectives.learner_jvp(population, theta, phi, v))
    assert min(wrong) > 0.1
    missed = objectives.behaviour_jvp(population, theta, phi, v)
    missed["head.weight"] = missed["head.weight"] * (1 + 1e-6)
    assert min(sweep(population, theta, phi, v, missed)) > 1e-8
