"""The sources of the hybrid measures add up to the bias of the literal loss, for every loss."""

from __future__ import annotations

from ..constants import predict
from ..source_groups import literal_bias, source_problem
from ..sources import FACTORS, losses, split
from ..studies import study
from ..trees import length
from ..verdicts import Measurement, Verdict, compare_exact

__all__ = ["NAMES", "measure"]

CLAIM = "hybrid-measures"
NAMES = dict(zip(FACTORS, ("pre", "tok", "suf", "rew", "len", "clip"), strict=True)) | {"kl": "kl"}


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return, per loss, the sum of the sources along the bias against the bias itself, worst over problems."""
    count, rows = 2 if suite == "quick" else 12, list[Verdict]()
    problems = [source_problem(seed, i, stop=(None, 1)[i % 2], device=device) for i in range(count)]
    for loss in losses():
        worst: Verdict | None = None
        for index, problem in enumerate(problems):
            reference = source_problem(seed, 77 + index, device=device).theta
            parts = split(loss, problem, reference=reference)
            size = max(length(part) for part in parts.values())
            whole = literal_bias(problem, loss, reference)
            along = whole / length(whole) if length(whole) > 1e-12 else whole * 0.0 + whole.numel() ** -0.5
            found = {f"src_{NAMES[name]}": float(part @ along) for name, part in parts.items()}
            m = Measurement(float(whole @ along), n=len(problems), seed=seed, device=device)
            text = f"bias by enumeration of groups against the sum of its sources, largest source {size:.2e}"
            row = compare_exact(CLAIM, loss.title, predict(CLAIM, **found), m, text, rtol=1e-11, scale=max(size, 1e-3))
            worst = row if worst is None or row.status != "holds" else worst
        assert worst is not None
        rows.append(worst)
    gaps = [row.source_gap for row in study.rows(seed, study.STRIDES[suite], device) if row.source_gap is not None]
    m = Measurement(max(gaps), n=len(gaps), seed=seed, device=device)
    text = "largest norm of the sum of the sources minus the bias over norm(H), at the end of the runs of the study"
    return [*rows, compare_exact(CLAIM, "every loss and policy kind", 0.0, m, text, rtol=1e-10, scale=1.0)]
