"""Second moments of tabular scores against half the squared norm of the direction in each prompt's rows."""

from __future__ import annotations

import torch

from ..constants import predict
from ..hybrid import Hybrid, hybrid
from ..policies import TabularSoftmax
from ..populations.closed import Objective
from ..problems import generator, random_problem
from ..tasks import random_rewards
from ..trees import Params, add, random_unit
from ..verdicts import Measurement, Verdict, compare_upper, worst

__all__ = ["measure", "two_arms"]

CLAIM = "row-energy"
NAMES = ("this", "others", "response")


def two_arms(length: int, device: str) -> tuple[Objective, Params, Params]:
    """Two tokens, everything uniform, and the direction (1, −1) in the first row, where the bounds are attained."""
    policy = TabularSoftmax(1, 2, length)
    objective = Objective(policy, random_rewards(1, 2, length, generator(0)).to(device), 2)
    direction = policy.zeros(device)
    direction["logits"][0, 0] = torch.tensor([1.0, -1.0], dtype=torch.float64)
    return objective, policy.zeros(device), direction


def _rows(objective: Objective, laws: Hybrid, seed: int, device: str, name: str) -> list[Verdict]:
    length, rows = objective.policy.length, list[Verdict]()
    moments = {
        "this": ((laws.h * laws.s**2).sum((1, 2)), laws.u2),
        "others": ((laws.h * laws.t**2).sum((1, 2)), laws.v2),
        "response": ((laws.law * laws.score**2).sum(1), laws.v2),
    }
    for kind, (moment, square) in moments.items():
        factor = predict(CLAIM, kind, L=float(length))
        for x in range(len(moment)):
            m = Measurement(float(moment[x]), seed=seed, device=device)
            text = f"{kind}: second moment at one prompt, {name}"
            rows.append(compare_upper(CLAIM, "scores (no objective)", factor * float(square[x]), m, text))
    return rows


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return, per moment, the closest of random problems with random directions and of two arms."""
    count, found = 8 if suite == "quick" else 60, list[Verdict]()
    for i in range(count):
        problem, g = random_problem(seed, i, False, device), generator(seed, 1600 + i)
        phi = add(problem.theta, random_unit(problem.theta, g), 1.0)
        u, v = random_unit(problem.theta, g), random_unit(problem.theta, g)
        laws = hybrid(problem.objective, problem.theta, phi, u, v)
        found += _rows(problem.objective, laws, seed, device, problem.name)
    for length in (1, 2, 3):
        objective, uniform, direction = two_arms(length, device)
        laws = hybrid(objective, uniform, uniform, direction, direction)
        found += _rows(objective, laws, seed, device, f"two arms, L={length}")
    return [worst([v for v in found if v.message.startswith(kind)]) for kind in NAMES]
