"""‖∂_φH(θ,φ)‖ against the response-level bound, at random points and at points that gradient ascent finds."""

from __future__ import annotations

from ..constants import behaviour_norm
from ..policies import TabularSoftmax
from ..populations.closed import Objective
from ..problems import generator, random_problem
from ..representations import by_responses
from ..spectra.ascent import ascend
from ..tasks import digit_sum
from ..trees import add, random_unit
from ..verdicts import Measurement, Verdict, compare_exact, compare_upper, worst

__all__ = ["compare", "measure", "parity"]

CLAIM = "response-constants"


def parity(length: int, size: int, device: str) -> Objective:
    """One prompt, two tokens, reward for an even digit sum, no clip."""
    return Objective(TabularSoftmax(1, 2, length), digit_sum(1, 2, length).to(device), size)


def compare(claim: str, objective: str, bound: float, m: Measurement, text: str) -> Verdict:
    """Compare with an upper bound; a bound of 0 (one token, constant weight) with 0 up to rounding."""
    if bound == 0.0:
        return compare_exact(claim, objective, bound, m, text, rtol=1e-12, scale=1.0)
    return compare_upper(claim, objective, bound, m, text)


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the closest random problem and the closest point of the ascents, lower estimates of the supremum."""
    quick = suite == "quick"
    count, steps, sizes = (8, 6, (8,)) if quick else (60, 150, (2, 4, 8, 16, 64))
    random, climbed = list[Verdict](), list[Verdict]()
    for i in range(count):
        problem, g = random_problem(seed, i, False, device), generator(seed, 1800 + i)
        objective = problem.objective
        phi = add(problem.theta, random_unit(problem.theta, g), 2.0)
        bound = by_responses(objective.group_size, objective.policy.length, 1.0 / objective.policy.prompts)
        m = Measurement(behaviour_norm(objective, problem.theta, phi).value, n=count, seed=seed, device=device)
        random.append(compare(CLAIM, objective.name, bound, m, f"norm of d_phi H, {problem.name}"))
    for length in (2,) if quick else (1, 2, 3):
        for size in sizes:
            objective, policy = parity(length, size, device), TabularSoftmax(1, 2, length)
            g = generator(seed, 1900 + length)
            theta, phi = (policy.random(g, 1.0, device) for _ in range(2))
            m = Measurement(ascend(objective, theta, phi, steps), n=steps, seed=seed, device=device)
            text = f"largest norm on an ascent of {steps} steps, L={length} G={size}, a lower estimate"
            climbed.append(compare(CLAIM, objective.name, by_responses(size, length), m, text))
    return [worst(random), worst(climbed)]
