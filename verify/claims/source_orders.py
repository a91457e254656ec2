"""The mean over orders adds up to the bias; two orders differ by a quantity of second order."""

from __future__ import annotations

import math
from dataclasses import replace

from ...theory.surrogates import surrogate
from ..constants import predict
from ..source_groups import literal_bias, source_problem
from ..sources import FACTORS, shapley, split
from ..trees import add, length, scale
from ..verdicts import Measurement, Verdict, compare_exact, compare_order

__all__ = ["measure"]

CLAIM = "source-orders"
SHAPLEY = {
    **{"prefix": "shap_pre", "token": "shap_tok", "suffix": "shap_suf"},
    **{"rewards": "shap_rew", "lengths": "shap_len", "clip": "shap_clip"},
}


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return, for DAPO and GSPO at variable lengths, the mean sources against the bias, and the exponent of the gap."""
    rows, losses = list[Verdict](), [surrogate(name) for name in ("dapo", "gspo")]  # one with a source of the token
    for index in range(2 if suite == "quick" else 10):
        loss = losses[index % 2]
        problem = source_problem(seed, index, stop=1, device=device)
        parts, whole = shapley(loss, problem), literal_bias(problem, loss)
        along = whole / length(whole)
        found = {symbol: float(parts[name] @ along) for name, symbol in SHAPLEY.items()}
        m = Measurement(length(whole), seed=seed, device=device)
        text = f"norm of the bias against the sum of the mean sources, problem {index}"
        rows.append(compare_exact(CLAIM, loss.title, predict(CLAIM, **found), m, text, rtol=1e-11))
    problem, backward = source_problem(seed, 0, device=device), tuple(reversed(FACTORS))
    loss, step = losses[0], add(problem.phi, problem.theta, -1.0)
    gaps: list[float] = []
    for size in (2.0**-8, 2.0**-9):
        near = replace(problem, phi=add(problem.theta, scale(step, size)))
        gaps.append(length(split(loss, near)["prefix"] - split(loss, near, backward)["prefix"]))
    m = Measurement(math.log2(gaps[0] / gaps[1]), n=2, seed=seed, device=device)
    text = "exponent in the distance of the prefix source's change from first place to last"
    return [*rows, compare_order(CLAIM, loss.title, 2.0, m, text, 0.02)]
