"""Two prompts with the responses "0", "10" and "11" on a small network: to draw from, and to enumerate."""

import math

import torch
from stalelaw.verify.policies import MLP, Enumerated, SequencePolicy
from stalelaw.verify.populations.exact import ExactPopulation
from stalelaw.verify.populations.responses import Responses
from stalelaw.verify.trees import flatten

PROMPTS = torch.tensor([[2, 3], [3, 2]]), torch.ones(2, 2, dtype=torch.bool)
REWARDS = torch.tensor([[0.0, 1.0, 0.5], [1.0, 0.0, 1.0]], dtype=torch.float64)  # by response, in the order above
SHAPE = {"group_size": 3, "length": 2, "end": 0}
SIGMAS = 4.5


def response(mask, tokens):
    """The number of each response: one of length 1 is the first, else the second token tells."""
    return torch.where(mask.sum(-1) == 1, 0, 1 + tokens[..., 1])


def reward(numbers, tokens, mask):
    return REWARDS[numbers[:, None], response(mask, tokens)]


def network():
    torch.manual_seed(1)
    return SequencePolicy(MLP(inputs=4, vocab=2, window=4, hidden=5).double(), vocab=2)


def enumerated(loss, policy, reference=None):
    listed = Responses(Enumerated(policy, *PROMPTS, length=SHAPE["length"]), end=SHAPE["end"])
    return ExactPopulation(loss, listed, REWARDS, SHAPE["group_size"], reference)


def off(parts, expected, direction=None):
    """Distance of the mean of independent parts from what is expected, in standard errors, along a direction."""
    v = flatten(expected)
    unit = v / v.norm() if direction is None else direction / direction.norm()
    along = parts @ unit
    return float((along.mean() - v @ unit) / (along.std() / math.sqrt(len(along))))
