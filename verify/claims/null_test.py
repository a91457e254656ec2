"""RLOO and Dr. GRPO with the exact sequence ratio have no staleness bias, however far the behaviour policy is."""

from __future__ import annotations

from dataclasses import replace

from ...theory.surrogates import Advantage, surrogate
from ...theory.surrogates.factors import without_clip
from ..constants import predict
from ..source_groups import literal_bias, literal_gradient, source_problem
from ..studies import study
from ..trees import length
from ..verdicts import Measurement, Verdict, compare_exact

__all__ = ["measure"]

CLAIM = "null-test"
SEQUENCE = ("rloo-is", "reinforce-is")
KINDS = (("RLOO", Advantage("mates")), ("Dr. GRPO", Advantage("group")))


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the norm of the bias, by enumeration of groups, on the scale of norm(H); token ratios for comparison."""
    rows = list[Verdict]()
    for index in range(2 if suite == "quick" else 10):
        problem = source_problem(seed, index, stop=(1, None)[index % 2], distance=(0.3, 2.0)[index % 2], device=device)
        for name, kind in KINDS:
            loss = replace(surrogate("rloo-is"), title=f"{name}, sequence ratio", advantage=kind)
            size = length(literal_gradient(problem, loss))
            token = length(literal_bias(problem, without_clip(surrogate("dr-grpo"), advantage=kind)))
            m = Measurement(length(literal_bias(problem, loss)), seed=seed, device=device)
            text = f"norm of the bias, problem {index}; norm(H) {size:.2e}; with token ratios the bias is {token:.2e}"
            rows.append(compare_exact(CLAIM, loss.title, predict(CLAIM), m, text, rtol=1e-12, scale=size))
    sizes = [row.round_off for row in study.rows(seed, study.STRIDES[suite], device) if row.loss in SEQUENCE]
    m = Measurement(max(sizes), n=len(sizes), seed=seed, device=device)
    text = f"largest norm(delta)/norm(H) along the {len(sizes)} runs of the study whose loss is one of {SEQUENCE}"
    return [*rows, compare_exact(CLAIM, "every policy kind", predict(CLAIM), m, text, rtol=1e-11, scale=1.0)]
