"""With a baseline of the mates and a constant length weight the group normaliser is no source."""

from __future__ import annotations

from dataclasses import replace

from ...theory.surrogates import Advantage, surrogate
from ...theory.surrogates.factors import without_clip
from ..constants import predict
from ..source_groups import source_problem
from ..sources import split
from ..trees import length
from ..verdicts import Measurement, Verdict, compare_exact

__all__ = ["measure"]

CLAIM = "baseline-source"
KINDS = (("RLOO", Advantage("mates")), ("Dr. GRPO", Advantage("group")))


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return source (iii) of RLOO and of Dr. GRPO with token ratios, responses of variable length."""
    rows = list[Verdict]()
    for index in range(2 if suite == "quick" else 10):
        problem = source_problem(seed, index, stop=(1, None)[index % 2], device=device)
        for name, kind in KINDS:
            loss = without_clip(surrogate("dr-grpo"), f"{name}, token ratio, no clip", kind)
            parts = split(loss, problem)
            size = max(length(part) for part in parts.values())
            standardised = replace(loss, advantage=surrogate("grpo").advantage)
            with_std = length(split(standardised, problem)["rewards"])
            m = Measurement(length(parts["rewards"]), seed=seed, device=device)
            text = f"norm of source (iii), largest source {size:.2e}; with a std it is {with_std:.2e}"
            rows.append(compare_exact(CLAIM, loss.title, predict(CLAIM), m, text, rtol=1e-12, scale=size))
    return rows
