"""DJ(θ) = H(θ,θ) + B(θ,θ), three ways: both slots at once, slot by slot, and central differences of J itself."""

from __future__ import annotations

from ..objectives import diagonal, distribution_term, surrogate_gradient
from ..problems import generator, main_problem
from ..slopes import richardson
from ..trees import add, dot, norm, random_unit
from ..verdicts import Measurement, Verdict, compare_exact

__all__ = ["measure"]

CLAIM = "total-derivative"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return, for the ratio form (DJ = 0) and the log-π form (DJ ≠ 0), (H + B)·e against differences of J along e.

    Reverse mode on both slots at once would repeat the chain rule that the claim states; differences of J do not.
    """
    count, rows = 3 if suite == "quick" else 20, list[Verdict]()
    for form in ("ratio", "log"):
        problem = main_problem(seed, form=form, device=device)
        objective, theta = problem.objective, problem.theta
        h, b = surrogate_gradient(objective, theta, theta), distribution_term(objective, theta, theta)
        total, size, g = add(h, b), norm(h) + norm(b), generator(seed, 999)
        for _ in range(count):
            e = random_unit(theta, g)  # a direction that no derivative helped to choose
            steps = [0.2 / 2.0**i for i in range(5)]
            ends = [(diagonal(objective, add(theta, e, s)), diagonal(objective, add(theta, e, -s))) for s in steps]
            central = [(up - down) / (2.0 * s) for (up, down), s in zip(ends, steps, strict=True)]
            limit, change = richardson(central, 4.0)  # a central difference has even powers of the step only
            m = Measurement(limit, n=len(steps), seed=seed, device=device)
            text = (
                f"(H + B).e against extrapolated central differences of J, random e (last change {change:.1e}); "
                f"norm(H) + norm(B) = {size:.3e}"
            )
            rows.append(compare_exact(CLAIM, objective.name, dot(total, e), m, text, rtol=1e-8, scale=size))
    return rows
