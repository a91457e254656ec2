"""Small populations with a learner and behaviour policies, on tables and on a network."""

import torch
from stalelaw.verify import objectives
from stalelaw.verify.policies import MLP, Enumerated, SequencePolicy, TabularSoftmax
from stalelaw.verify.populations.exact import ExactPopulation
from stalelaw.verify.populations.losses import Loss
from stalelaw.verify.populations.responses import Responses
from stalelaw.verify.problems import generator
from stalelaw.verify.trees import add, random_unit
from stalelaw.verify.verifiable import parity

TABLE = TabularSoftmax(prompts=2, vocab=2, length=2)


def f(population, theta, held, phi):
    """F at a learner, a learner for the stop-gradients, and a behaviour policy."""
    return objectives.surrogate_tensor(population, theta, phi, held)


def problem(loss, policy=TABLE, end=None, graded=False, size=3, seed=11):
    """A population and three points: learner, another learner for the stop-gradients, behaviour; far enough to clip."""
    g = torch.Generator().manual_seed(seed)
    responses = Responses(policy, end)
    count = len(responses.tokens)
    levels = torch.tensor([0.0, 0.5, 1.0] if graded else [0.0, 1.0], dtype=torch.float64)
    rewards = levels[torch.randint(len(levels), (policy.prompts, count), generator=g)]
    rewards[:, 0], rewards[:, -1] = 0.0, 1.0
    theta, held, phi, reference = (policy.random(g, 0.7) for _ in range(4))
    loss = loss if isinstance(loss, Loss) else Loss(loss)
    critic = None
    if loss.record.advantage.centre == "critic":
        critic = torch.randn(policy.prompts, count, policy.length, generator=g, dtype=torch.float64)
    population = ExactPopulation(loss, responses, rewards, size, reference if loss.needs_reference else None, critic)
    return population, theta, held, phi, reference


def tabular(loss, index, policy=None, size=2, end=None):
    """A population, a learner, and a behaviour policy at distance 0.1."""
    policy, g = policy or TabularSoftmax(prompts=1, vocab=2, length=2), generator(21, index)
    responses = Responses(policy, end)
    rewards = torch.randint(2, (policy.prompts, len(responses.tokens)), generator=g).double()
    rewards[:, 0], rewards[:, -1] = 0.0, 1.0
    theta = policy.random(g, 0.8)
    return ExactPopulation(Loss(loss), responses, rewards, size), theta, add(theta, random_unit(theta, g), 0.1)


def kinds():
    """Such triples on tables, with and without an end, and on a network."""
    task = parity(2)
    torch.manual_seed(1)
    mlp = SequencePolicy(MLP(task.inputs, task.vocab, 3, 2).double(), task.vocab)
    yield tabular("dapo", 1, TabularSoftmax(2, 3, 1), size=3)
    yield tabular("grpo", 2, TabularSoftmax(2, 2, 2), end=0)
    responses = Responses(Enumerated(mlp, task.prompts, task.mask, task.length))
    exact = ExactPopulation(Loss("cispo"), responses, task.table(responses), 3)
    theta = mlp.params()
    yield exact, theta, add(theta, random_unit(theta, generator(3)), 0.2)
