"""(∂_v p)² of every prompt against half of p(1 − p) times the squared norm of v in its rows."""

from __future__ import annotations

from ..constants import predict
from ..hybrid import hybrid
from ..problems import generator, random_problem
from ..trees import random_unit
from ..verdicts import Measurement, Verdict, compare_upper, worst
from .row_energy import two_arms

__all__ = ["measure"]

CLAIM = "success-slope"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the closest prompt of random problems with random directions, and two arms, where it is attained."""
    count, found = 12 if suite == "quick" else 100, list[Verdict]()
    cases = [two_arms(1, device)]
    for i in range(count):
        problem, g = random_problem(seed, i, False, device), generator(seed, 1700 + i)
        cases.append((problem.objective, problem.theta, random_unit(problem.theta, g)))
    for objective, phi, v in cases:
        laws = hybrid(objective, phi, phi, v, v)
        for x in range(len(laws.p)):
            bound = predict(CLAIM, p_suc=float(laws.p[x])) * float(laws.v2[x])
            m = Measurement(float(laws.dp[x]) ** 2, n=count, seed=seed, device=device)
            text = f"squared slope of the success probability of one prompt, L={objective.policy.length}"
            found.append(compare_upper(CLAIM, "success probability (no objective)", bound, m, text))
    return [worst(found[:1]), worst(found[1:])]
