"""⟨u, ∂_φH(θ,φ)[v]⟩: the claim's sum over responses and tokens against automatic differentiation of F."""

from __future__ import annotations

from dataclasses import replace

from ..hybrid import hybrid
from ..objectives import behaviour_jvp
from ..problems import generator, random_problem
from ..trees import add, dot, random_unit
from ..verdicts import Measurement, Verdict, compare_exact, worst

__all__ = ["measure"]

CLAIM = "response-derivative"
RTOL = 1e-9


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the problem with the largest derivative, or one that differs; φ is far from θ, directions are random."""
    count, rows = 12 if suite == "quick" else 100, list[Verdict]()
    for i in range(count):
        problem = random_problem(seed, i, False, device)
        objective, theta, g = replace(problem.objective, clip=None), problem.theta, generator(seed, 1500 + i)
        phi = add(theta, random_unit(theta, g), 2.0)
        u, v = random_unit(theta, g), random_unit(theta, g)
        laws = hybrid(objective, theta, phi, u, v)
        m = Measurement(dot(behaviour_jvp(objective, theta, phi, v), u), n=count, seed=seed, device=device)
        text = f"sum over responses and tokens against automatic differentiation, {problem.name}"
        found = laws.derivative(objective.group_size)
        rows.append(compare_exact(CLAIM, objective.name, found, m, text, RTOL, scale=1e-2))
    return [worst(rows, lambda v: abs(v.predicted or 0.0))]
