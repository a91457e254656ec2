"""Small populations with a learner and a behaviour policy beside it, on tables and on a network."""

import torch
from stalelaw.verify.policies import MLP, Enumerated, SequencePolicy, TabularSoftmax
from stalelaw.verify.populations.exact import ExactPopulation
from stalelaw.verify.populations.losses import Loss
from stalelaw.verify.populations.responses import Responses
from stalelaw.verify.problems import generator
from stalelaw.verify.trees import add, random_unit
from stalelaw.verify.verifiable import parity

TABLE = TabularSoftmax(prompts=1, vocab=2, length=2)


def tabular(loss, index, policy=TABLE, size=2, end=None):
    g = generator(21, index)
    responses = Responses(policy, end)
    rewards = torch.randint(2, (policy.prompts, len(responses.tokens)), generator=g).double()
    rewards[:, 0], rewards[:, -1] = 0.0, 1.0
    theta = policy.random(g, 0.8)
    return ExactPopulation(Loss(loss), responses, rewards, size), theta, add(theta, random_unit(theta, g), 0.1)


def kinds():
    task = parity(2)
    torch.manual_seed(1)
    mlp = SequencePolicy(MLP(task.inputs, task.vocab, 3, 2).double(), task.vocab)
    yield tabular("dapo", 1, TabularSoftmax(2, 3, 1), size=3)
    yield tabular("grpo", 2, TabularSoftmax(2, 2, 2), end=0)
    responses = Responses(Enumerated(mlp, task.prompts, task.mask, task.length))
    exact = ExactPopulation(Loss("cispo"), responses, task.table(responses), 3)
    theta = mlp.params()
    yield exact, theta, add(theta, random_unit(theta, generator(3)), 0.2)
