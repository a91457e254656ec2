"""Lemma L1: ‖H(θ,φ) − H(θ,φ′)‖ against (2 G_ℓ L_D + L_B)‖φ − φ′‖ with the closed constants."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from ..constants import certified_radius, closed, predict
from ..objectives import surrogate_gradient
from ..problems import generator, main_problem, random_problem
from ..trees import add, norm, random_unit
from ..verdicts import Measurement, Verdict, compare_upper, worst

__all__ = ["measure", "tightest_pairs"]

CLAIM = "behaviour-lipschitz"


def _next_to_each_other(theta: Any, radius: float, g: torch.Generator) -> tuple[Any, Any]:
    phi = add(theta, random_unit(theta, g), 0.5 * radius)
    return phi, add(phi, random_unit(theta, g), 0.49 * radius)


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the tightest pair φ, φ′ on the main problem and the tightest over random problems, all inside U."""
    return tightest_pairs(CLAIM, _next_to_each_other, seed, suite, device)


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
