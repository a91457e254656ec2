"""With a baseline of the mates and a constant length weight the group normaliser is no source."""

from __future__ import annotations

from ..constants import predict
from ..source_groups import source_problem
from ..sources import Advantage, SourceLoss, length, split
from ..verdicts import Measurement, Verdict, compare_exact

__all__ = ["measure"]

CLAIM = "baseline-source"
KINDS: tuple[tuple[str, Advantage], ...] = (("RLOO", "loo"), ("Dr. GRPO", "mean"))


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return source (iii) of RLOO and of Dr. GRPO with token ratios, responses of variable length."""
    rows = list[Verdict]()
    for index in range(2 if suite == "quick" else 10):
        problem = source_problem(seed, index, stop=(1, None)[index % 2], device=device)
        for name, kind in KINDS:
            loss = SourceLoss(f"{name}, token ratio, no clip", advantage=kind, lengths="constant")
            parts = split(loss, problem)
            size = max(length(part) for part in parts.values())
            with_std = length(split(SourceLoss("std", lengths="constant"), problem)["rewards"])
            m = Measurement(length(parts["rewards"]), seed=seed, device=device)
            text = f"norm of source (iii), largest source {size:.2e}; with a std it is {with_std:.2e}"
            rows.append(compare_exact(CLAIM, loss.name, predict(CLAIM), m, text, rtol=1e-12, scale=size))
    return rows
