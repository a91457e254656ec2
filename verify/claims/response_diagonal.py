"""‖∂_φH(θ,θ)‖ against the diagonal bound, at random points and at points that gradient ascent finds."""

from __future__ import annotations

from ..constants import behaviour_norm, predict
from ..policies import TabularSoftmax
from ..problems import generator, random_problem
from ..representations import slope_bounds
from ..spectra.ascent import ascend
from ..verdicts import Measurement, Verdict, worst
from .response_constants import compare, parity

__all__ = ["measure"]

CLAIM = "response-diagonal"


def _bound(size: int, length: int, top: float = 1.0) -> float:
    c = slope_bounds(size)[1]
    return predict(CLAIM, "K_diagonal", P_top=top, G=float(size), L=float(length), c_top=c)


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the closest random problem and the closest point of the ascents, lower estimates of the supremum."""
    quick = suite == "quick"
    count, steps, sizes = (8, 6, (8,)) if quick else (60, 150, (2, 4, 8, 16, 64))
    random, climbed = list[Verdict](), list[Verdict]()
    for i in range(count):
        problem = random_problem(seed, i, False, device)
        objective, theta = problem.objective, problem.theta
        bound = _bound(objective.group_size, objective.policy.length, 1.0 / objective.policy.prompts)
        m = Measurement(behaviour_norm(objective, theta, theta).value, n=count, seed=seed, device=device)
        random.append(compare(CLAIM, objective.name, bound, m, f"norm of d_phi H, {problem.name}"))
    for length in (2,) if quick else (1, 2, 3):
        for size in sizes:
            objective, policy = parity(length, size, device), TabularSoftmax(1, 2, length)
            g = generator(seed, 1900 + length)
            theta = policy.random(g, 1.0, device)
            m = Measurement(ascend(objective, theta, None, steps), n=steps, seed=seed, device=device)
            text = f"largest norm on an ascent of {steps} steps, L={length} G={size}, a lower estimate"
            climbed.append(compare(CLAIM, objective.name, _bound(size, length), m, text))
    return [worst(random), worst(climbed)]
