"""J ≡ 0 and DJ ≡ 0 for ratio-form GRPO with equal lengths and no KL, while H(θ,θ) ≠ 0."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..objectives import diagonal, surrogate_gradient, total_derivative
from ..problems import Problem, main_problem, random_problem
from ..trees import norm
from ..verdicts import Measurement, Verdict, compare_exact

__all__ = ["measure", "measure_on"]

CLAIM = "centred-surrogate"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return ``measure_on`` the main problem and random ones; the log-π form of the main one for comparison."""
    main = main_problem(seed, device=device)
    count = 8 if suite == "quick" else 40
    problems = [main] + [random_problem(seed, i, clip=i % 2 == 0, device=device) for i in range(count)]
    log = _relative(main_problem(seed, form="log", device=device))[0]
    first, size = measure_on(problems, seed, suite, device)
    return [replace(first, message=f"{first.message}; the log-pi form of the same loss has {log:.2f}"), size]


def _relative(problem: Problem) -> tuple[float, float]:
    """‖DJ‖/‖H‖ and ‖H‖."""
    objective, theta = problem.objective, problem.theta
    h = norm(surrogate_gradient(objective, theta, theta))
    return norm(total_derivative(objective, theta)) / h, h


def measure_on(
    problems: Sequence[Problem], seed: int, suite: str, device: str, rounding: float = 2.0**-52
) -> list[Verdict]:
    """Return ‖DJ‖ against 0 on the scale of ‖H‖, and ∣J∣ against 0 on the scale E∣A∣ ≤ 1, worst over problems."""
    found, rtol = [_relative(problem) for problem in problems], 1e-12 * rounding * 2.0**52
    worst = max(dj for dj, _ in found)
    m = Measurement(worst, n=len(problems), seed=seed, device=device)
    text = f"largest norm(DJ)/norm(H) over {len(problems)} problems; norm(H) = {found[0][1]:.3e} on the first"
    rows = [compare_exact(CLAIM, "F-diagonal J, ratio form", 0.0, m, text, rtol=rtol, scale=1.0)]
    j = max(abs(diagonal(problem.objective, problem.theta)) for problem in problems)
    m = Measurement(j, n=len(problems), seed=seed, device=device)
    text = "largest |J| (its terms have mean absolute advantage at most 1)"
    return [*rows, compare_exact(CLAIM, "F-diagonal J, ratio form", 0.0, m, text, rtol=rtol, scale=1.0)]
