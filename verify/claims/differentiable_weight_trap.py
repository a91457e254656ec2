"""All weights of a group differentiable: H vanishes; the mates' weights take away what the own weight gives."""

from __future__ import annotations

from ...theory.surrogates import Advantage
from ..constants import predict
from ..source_groups import group_weighted, source_problem
from ..trees import length
from ..verdicts import Measurement, Verdict, compare_exact

__all__ = ["measure"]

CLAIM = "differentiable-weight-trap"
KINDS = {"std": Advantage("group", "std", 0), "mean": Advantage("group"), "loo": Advantage("mates")}


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the norm of the fully differentiated H, and the part of the mates' weights along H with stop-gradients."""
    rows = list[Verdict]()
    for index in range(2 if suite == "quick" else 10):
        problem = source_problem(seed, index, device=device)
        for kind, rule in KINDS.items():
            full, own, mates = group_weighted(problem, rule)
            size = length(own)
            name = f"group weight, advantage {kind}"
            m = Measurement(length(full), seed=seed, device=device)
            text = f"norm of H with every weight differentiable; with stop-gradients {size:.2e}"
            rows.append(compare_exact(CLAIM, name, 0.0, m, text, rtol=1e-12, scale=size))
            m = Measurement(float(mates @ own) / size, seed=seed, device=device)
            text = "part of the mates' weights along H with stop-gradients"
            rows.append(compare_exact(CLAIM, name, predict(CLAIM, H_stop=size), m, text, rtol=1e-11))
    return rows
