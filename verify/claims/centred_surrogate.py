"""J ≡ 0 and DJ ≡ 0 for ratio-form GRPO with equal lengths and no KL, while H(θ,θ) ≠ 0."""

from __future__ import annotations

from ..objectives import diagonal, surrogate_gradient, total_derivative
from ..problems import Problem, main_problem, random_problem
from ..trees import norm
from ..verdicts import Measurement, Verdict, compare_exact

__all__ = ["measure"]

CLAIM = "centred-surrogate"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return ‖DJ‖ against 0 on the scale of ‖H‖, and ∣J∣ against 0 on the scale E∣A∣ ≤ 1, worst over problems."""
    main = main_problem(seed, device=device)
    count = 8 if suite == "quick" else 40
    problems = [main] + [random_problem(seed, i, clip=i % 2 == 0, device=device) for i in range(count)]

    def relative(problem: Problem) -> tuple[float, float]:
        objective, theta = problem.objective, problem.theta
        h = norm(surrogate_gradient(objective, theta, theta))
        return norm(total_derivative(objective, theta)) / h, h

    log = relative(main_problem(seed, form="log", device=device))[0]
    found = [relative(problem) for problem in problems]
    worst = max(dj for dj, _ in found)
    m = Measurement(worst, n=len(problems), seed=seed, device=device)
    text = (
        f"largest norm(DJ)/norm(H) over {len(problems)} problems; norm(H) = {found[0][1]:.3e} on the main one; "
        f"the log-pi form of the same loss has {log:.2f}"
    )
    rows = [compare_exact(CLAIM, "F-diagonal J, ratio form", 0.0, m, text, rtol=1e-12, scale=1.0)]
    j = max(abs(diagonal(problem.objective, problem.theta)) for problem in problems)
    m = Measurement(j, n=len(problems), seed=seed, device=device)
    text = "largest |J| (its terms have mean absolute advantage at most 1)"
    return [*rows, compare_exact(CLAIM, "F-diagonal J, ratio form", 0.0, m, text, rtol=1e-12, scale=1.0)]
