"""Every loss the slow and obvious way: all groups of responses, plain floats, formulas as written on paper.

Independent of the package: numpy, itertools, math. A policy is a function (prompt, prefix) -> probabilities; the
learner comes twice, once differentiated and once inside stop-gradients.
"""

import itertools
import math

import numpy as np

LO, HI, CAP, BETA, L_MAX, OFFSET = 0.2, 0.28, 2.0, 0.04, 5.0, 1e-4
TAU_POS, TAU_NEG = 1.0, 1.05


def clipped(rho, a):
    return min(rho * a, min(max(rho, 1 - LO), 1 + HI) * a)


def token_losses(name, live, held, old, ref, a):
    """Per token from the probabilities of the drawn tokens, or one number for a loss of the whole response."""
    if name == "gspo":
        return clipped(math.prod(p / o for p, o in zip(live, old, strict=True)) ** (1 / len(live)), a)
    if name in ("rloo", "reinforce"):
        return a * sum(math.log(p) for p in live)
    if name in ("rloo-is", "reinforce-is"):
        return a * math.prod(p / o for p, o in zip(live, old, strict=True))
    if name == "decoupled-ppo":
        return [h / o * clipped(p / h, a) for p, h, o in zip(live, held, old, strict=True)]
    if name == "cispo":
        return [min(max(h / o, 1 - LO), 1 + HI) * a * math.log(p) for p, h, o in zip(live, held, old, strict=True)]
    if name == "truncated-is":
        return [min(h / o, CAP) * a * math.log(p) for p, h, o in zip(live, held, old, strict=True)]
    if name == "sapo":
        tau = TAU_POS if a > 0 else TAU_NEG
        return [4 / tau * a / (1 + math.exp(-tau * (p / o - 1))) for p, o in zip(live, old, strict=True)]
    penalty = {
        "kl-k1": lambda q: -math.log(q),
        "kl-k2": lambda q: math.log(q) ** 2 / 2,
        "kl-k3": lambda q: q - math.log(q) - 1,
    }.get(name, lambda q: 0.0)
    return [clipped(p / o, a) - BETA * penalty(r / p) for p, o, r in zip(live, old, ref, strict=True)]


def group_advantages(name, rewards):
    r = np.array(rewards, dtype=np.float64)
    if name in ("reinforce", "reinforce-is"):
        return r
    if name in ("rloo", "rloo-is"):
        return np.array([r[i] - np.delete(r, i).mean() for i in range(len(r))])
    centred = r - r.mean()
    return centred if name == "dr-grpo" else centred / (r.std(ddof=1) + OFFSET)


def population(name, responses, rewards, size, learner, held, behaviour, reference, critic=None):
    """F: mean over prompts and over all len(responses)**G groups."""
    total = 0.0
    for x in range(len(rewards)):
        chances = [math.prod(behaviour(x, y)) for y in responses]
        for group in itertools.product(range(len(responses)), repeat=size):
            lengths = [len(responses[i]) for i in group]
            rows = [rewards[x][i] for i in group]
            advantages = [None] * size if critic is not None else group_advantages(name, rows)
            value = 0.0
            for i, a in zip(group, advantages, strict=True):
                y = responses[i]
                tables = [p(x, y) for p in (learner, held, behaviour, reference)]
                if critic is None:
                    found = token_losses(name, *tables, a)
                else:  # one advantage per token
                    found = [clipped(p / o, critic[x][i][k]) for k, (p, o) in enumerate(zip(*tables[::2], strict=True))]
                whole = sum(found) if isinstance(found, list) else found
                if name in ("dapo", "cispo"):
                    value += whole / sum(lengths)
                elif name in ("rloo", "rloo-is", "reinforce", "reinforce-is", "gspo"):
                    value += whole / size
                elif name == "dr-grpo":
                    value += whole / L_MAX / size
                else:
                    value += whole / len(y) / size
            total += math.prod(chances[i] for i in group) * value
    return total / len(rewards)
