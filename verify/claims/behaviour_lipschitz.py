"""Lemma L1: ‖H(θ,φ) − H(θ,φ′)‖ against (2 G_ℓ L_D + L_B)‖φ − φ′‖ with the closed constants.

Networks have no closed constants: there ‖∂_φH(θ,φ)‖ is compared with the same form of the constants at the point, every
group listed.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import torch

from ..constants import behaviour_norm, certified_radius, closed, predict
from ..objectives import surrogate_gradient
from ..populations.exact import ExactPopulation
from ..populations.losses import Loss
from ..populations.responses import Responses
from ..problems import Problem, generator, main_problem, random_problem
from ..spectra.group_terms import group_terms, response_terms
from ..spectra.local_constants import by_terms, variation_slope
from ..studies.kinds import kind
from ..trees import add, norm, random_unit
from ..verdicts import Measurement, Verdict, compare_upper, worst

__all__ = ["measure", "on_networks", "tightest_pairs"]

CLAIM = "behaviour-lipschitz"
NETWORK_RESPONSES = (4, 9)  # responses of a network's problem; more than one token, groups of four are listed


def _next_to_each_other(theta: Any, radius: float, g: torch.Generator) -> tuple[Any, Any]:
    phi = add(theta, random_unit(theta, g), 0.5 * radius)
    return phi, add(phi, random_unit(theta, g), 0.49 * radius)


def _listed(problem: Problem) -> bool:
    least, most = NETWORK_RESPONSES
    return problem.objective.policy.length > 1 and least <= problem.objective.rewards.shape[1] <= most


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the tightest pair φ, φ′ on the main problem and over random problems, all inside U, and network rows."""
    pairs = tightest_pairs(CLAIM, _next_to_each_other, seed, suite, device)
    return pairs + on_networks(CLAIM, "K_phi, by groups", seed, suite, device)


def on_networks(claim: str, constant: str, seed: int, suite: str, device: str) -> list[Verdict]:
    """Return ‖∂_φH(θ,φ)‖ where it is nearest to a bound at the point, for an MLP and for a transformer.

    Args:
        claim: id of the claim that states the bound.
        constant: name of the bound, as ``by_terms`` has it.
        seed: of problems and points.
        suite: quick or full.
        device: where the numbers live.
    """
    count, rows = 1 if suite == "quick" else 12, list[Verdict]()
    for name, loss in (("mlp", "dapo"), ("transformer", "grpo")):
        found = list[Verdict]()
        problems = (kind(name, device).problem(seed, i) for i in itertools.count())
        small = (p for p in problems if _listed(p))
        for i, problem in enumerate(itertools.islice(small, count)):
            table = Responses(problem.objective.policy)
            numbers = {"eps_lo": problem.clip.lo, "eps_hi": problem.clip.hi}
            population = ExactPopulation(Loss(loss, numbers), table, problem.objective.rewards, 4)
            phi = add(problem.theta, random_unit(problem.theta, generator(seed, 850 + i)), 0.02)
            above = variation_slope(response_terms(population, problem.theta, phi), 4, seed)[1].value
            terms = group_terms(population, problem.theta, phi)
            bound = {c.name: c.value for c in by_terms(terms, "groups", above, seed) if c.label == "upper"}[constant]
            m = Measurement(behaviour_norm(population, problem.theta, phi).value, n=count, seed=seed, device=device)
            text = f"norm of d_phi H, all {len(terms.law)} groups of four, {problem.name}"
            found.append(compare_upper(claim, population.name, bound, m, text))
        rows.append(worst(found))
    return rows


def tightest_pairs(
    claim: str, pair: Callable[[Any, float, torch.Generator], tuple[Any, Any]], seed: int, suite: str, device: str
) -> list[Verdict]:
    """Return ‖H(θ,φ) − H(θ,φ′)‖ where it is nearest to its bound: on the main problem, and over random ones.

    Args:
        claim: id of the claim that states the bound.
        pair: φ and φ′ from θ, the certified radius and a generator.
        seed: of problems and pairs.
        suite: quick or full.
        device: where the numbers live.
    """
    count, pairs = (10, 4) if suite == "quick" else (60, 16)
    main = main_problem(seed, device=device)
    found: list[Verdict] = []
    for i, problem in enumerate([main] + [random_problem(seed, j, True, device) for j in range(count)]):
        objective, theta = problem.objective, problem.theta
        values = {k: c.value for k, c in closed(objective.group_size, objective.policy.length, problem.clip.hi).items()}
        radius, g = certified_radius(problem.clip).value, generator(seed, 800 + i)
        for _ in range(pairs):
            phi, other = pair(theta, radius, g)
            gap = add(surrogate_gradient(objective, theta, phi), surrogate_gradient(objective, theta, other), -1.0)
            bound = predict(claim, **values, d=norm(add(phi, other, -1.0))) * norm(add(phi, other, -1.0))
            m = Measurement(norm(gap), n=1, seed=seed, device=device)
            found.append(
                compare_upper(claim, objective.name, bound, m, f"norm of H(th,ph) - H(th,ph'), {problem.name}")
            )
    return [worst(found[:pairs]), worst(found[pairs:])]
