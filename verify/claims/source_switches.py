"""A bandit with the ratio keeps the group normaliser alone; each other source is off where its premise holds."""

from __future__ import annotations

from ...theory.surrogates import surrogate
from ...theory.surrogates.factors import without_clip
from ..constants import predict
from ..source_groups import literal_bias, source_problem
from ..sources import split
from ..trees import length
from ..verdicts import Measurement, Verdict, compare_exact

__all__ = ["measure"]

CLAIM = "source-switches"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the bandit's bias against source (iii), and what is left of every source that must be off."""
    loss, rows = without_clip(surrogate("grpo")), list[Verdict]()
    for index in range(2 if suite == "quick" else 10):
        problem = source_problem(seed, index, shape=(2, 4, 1, 4), device=device)
        parts, whole = split(loss, problem), literal_bias(problem, loss)
        along = whole / length(whole)
        m = Measurement(length(whole), seed=seed, device=device)
        text = f"bias of a bandit with the ratio against source (iii), problem {index}"
        predicted = predict(CLAIM, src_rew=float(parts["rewards"] @ along))
        rows.append(compare_exact(CLAIM, loss.title, predicted, m, text, rtol=1e-11))
    problem = source_problem(seed, 0, stop=1, device=device)
    parts = split(loss, problem)
    size = length(literal_bias(problem, loss))
    for name in ("token", "lengths", "clip", "kl"):
        m = Measurement(length(parts[name]), seed=seed, device=device)
        text = f"source {name} of GRPO without clip and KL, own length weights; bias {size:.2e}"
        rows.append(compare_exact(CLAIM, loss.title, 0.0, m, text, rtol=1e-12, scale=size))
    return rows
