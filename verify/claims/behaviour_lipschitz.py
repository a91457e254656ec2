"""Lemma L1: ‖H(θ,φ) − H(θ,φ′)‖ against (2 G_ℓ L_D + L_B)‖φ − φ′‖ with the closed constants."""

from __future__ import annotations

from ..constants import certified_radius, closed, predict
from ..objectives import surrogate_gradient
from ..problems import generator, main_problem, random_problem
from ..trees import add, norm, random_unit
from ..verdicts import Measurement, Verdict, compare_upper, worst

__all__ = ["measure"]

CLAIM = "behaviour-lipschitz"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the tightest pair φ, φ′ on the main problem and the tightest over random problems, all inside U."""
    count, pairs = (10, 4) if suite == "quick" else (60, 16)
    main = main_problem(seed, device=device)
    found: list[Verdict] = []
    for i, problem in enumerate([main] + [random_problem(seed, j, True, device) for j in range(count)]):
        objective, theta = problem.objective, problem.theta
        values = {k: c.value for k, c in closed(objective.group_size, objective.policy.length, problem.clip.hi).items()}
        radius, g = certified_radius(problem.clip).value, generator(seed, 800 + i)
        for _ in range(pairs):
            phi = add(theta, random_unit(theta, g), 0.5 * radius)
            other = add(phi, random_unit(theta, g), 0.49 * radius)
            gap = add(surrogate_gradient(objective, theta, phi), surrogate_gradient(objective, theta, other), -1.0)
            bound = predict(CLAIM, **values, d=norm(add(phi, other, -1.0))) * norm(add(phi, other, -1.0))
            m = Measurement(norm(gap), n=1, seed=seed, device=device)
            found.append(
                compare_upper(CLAIM, objective.name, bound, m, f"norm of H(th,ph) - H(th,ph'), {problem.name}")
            )
    return [worst(found[:pairs]), worst(found[pairs:])]
