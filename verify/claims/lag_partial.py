"""Partial rollouts: distance of every token's version from the learner, and the bias of mixed responses.

The distance is the claim. Of the bias it is measured what Theorems 1 and 1′ then say: with the largest lag of a token
as the lag it stays below the closed constant on tabular policies, where the versions by place make one parameter
vector; and on every policy kind it is of first order in η.
"""

from __future__ import annotations

import torch

from ..constants import closed, predict
from ..objectives import surrogate_gradient
from ..populations.exact import ExactPopulation
from ..populations.losses import Loss
from ..populations.partial import first_order, mixed_gradient
from ..populations.responses import Responses
from ..problems import generator, main_problem
from ..runs import lag
from ..runs.training import simulate
from ..slopes import extrapolated_slope
from ..studies import drawn, kinds
from ..trees import Params, add, norm
from ..verdicts import Measurement, Verdict, compare_order, compare_upper, worst

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
    rows = [worst(each) for each in found.values()]
    return [*rows, _bounded(seed, device), *(_exponent(seed, kind, device) for kind in kinds.KINDS)]


def _lags(length: int) -> list[int]:
    """Lags of the tokens, the first the oldest and the last fresh."""
    return [2 * (length - 1 - k) for k in range(length)]


def _bias(population: ExactPopulation, theta: Params, eta: float) -> tuple[Params, float]:
    """δ at the first step at which the oldest version is needed, and the largest ‖u‖ before it."""
    lags = _lags(population.responses.tokens.shape[1])
    run = simulate(population, theta, eta, lag.constant(1), lags[0] + 1)
    now, versions = run.theta[lags[0]], [run.theta[lags[0] - s] for s in lags]
    h = surrogate_gradient(population, now, now)
    return add(mixed_gradient(population, now, versions), h, -1.0), float(run.update.max())


def _bounded(seed: int, device: str) -> Verdict:
    problem = main_problem(seed, device=device)
    policy, eta = problem.objective.policy, 0.05
    loss = Loss("grpo", {"eps_lo": problem.clip.lo, "eps_hi": problem.clip.hi, "delta_std": 0.0})
    population = ExactPopulation(loss, Responses(policy), problem.objective.rewards, problem.objective.group_size)
    delta, update = _bias(population, problem.theta, eta)
    constants = {k: c.value for k, c in closed(population.group_size, policy.length, problem.clip.hi).items()}
    lags = _lags(policy.length)
    bound = predict("staleness-bias", S_max=lags[0], eta=eta, G_upd=update, **constants)
    m = Measurement(norm(delta), seed=seed, device=device)
    text = f"norm of the bias of mixed responses, token lags {lags}, against Theorem 1 at the largest of them"
    return compare_upper(CLAIM, population.name, bound, m, text)


def _exponent(seed: int, kind: str, device: str) -> Verdict:
    """The first drawn problem of the kind with two tokens or more whose first-order term is not null."""
    for index in range(drawn.COUNT):
        problem = drawn.draw(seed, index, device)
        population, theta = problem.population, problem.theta
        length = population.responses.tokens.shape[1]
        if problem.kind != kind or length < 2:
            continue
        u = surrogate_gradient(population, theta, theta)
        first = norm(first_order(population, theta, _lags(length), u))
        if first > 1e-10 * norm(u):
            break
    else:
        raise RuntimeError(f"no drawn problem of kind {kind!r} has a first-order bias")
    largest = 1e-2 / (2 * length * norm(u))
    etas = [largest / 2.0**i for i in range(6)]
    sizes = [norm(_bias(population, theta, eta)[0]) for eta in etas]
    slope = extrapolated_slope(etas, sizes, norm(u))
    m = Measurement(slope.value, n=len(etas), seed=seed, device=device)
    near = sizes[-1] / etas[-1] / first
    text = f"exponent in eta of the bias of mixed responses, {problem.name}, {problem.loss}, lags {_lags(length)}"
    text += f"; over the first-order term: {near:.6f} at the smallest eta"
    return compare_order(CLAIM, population.name, 1.0, m, text, 0.01)
