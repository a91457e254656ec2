"""Partial rollouts: distance of every token's version from the learner, largest and mean over the tokens."""

from __future__ import annotations

import torch

from .. import lag
from ..constants import predict
from ..problems import generator, main_problem
from ..training import simulate
from ..trees import add, norm
from ..verdicts import Measurement, Verdict, compare_upper, worst

__all__ = ["measure"]

CLAIM = "lag-partial"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the tightest response, largest and mean form; token versions are drawn from the last ``largest`` steps."""
    largest, tokens, responses = 4, 16, 20 if suite == "quick" else 200
    problem, g = main_problem(seed, device=device), generator(seed, 1700)
    run = simulate(problem.objective, problem.theta, 0.05, lag.constant(1), 2 * largest)
    update, found = float(run.update.max()), dict[str, list[Verdict]]()
    for _ in range(responses):
        t = int(torch.randint(largest, 2 * largest, (1,), generator=g))
        lags = torch.sort(torch.randint(0, largest + 1, (tokens,), generator=g), descending=True).values
        distances = [norm(add(run.theta[t], run.theta[t - int(s)], -1.0)) for s in lags]
        sizes = {"largest": max(distances), "mean": sum(distances) / tokens}
        values = {"S_max": int(lags.max()), "s_mean": float(lags.double().mean()), "eta": 0.05, "G_upd": update}
        for name, value in sizes.items():
            m = Measurement(value, n=responses, seed=seed, device=device)
            text = f"{name} distance of the versions of {tokens} tokens, lags {int(lags.min())}..{int(lags.max())}"
            row = compare_upper(CLAIM, problem.objective.name, predict(CLAIM, name, **values), m, text)
            found.setdefault(name, []).append(row)
    return [worst(rows) for rows in found.values()]
