"""Which condition of a boundary law decides: staleness, horizon or ceiling."""

from __future__ import annotations

import math
from typing import Literal

from ..theory.bridge import float64
from ..theory.laws import Law

__all__ = ["TIE", "Regime", "regime"]

TIE = 1e-9
"""Relative slack: bounds this close are a tie (staleness-limited), a rate this close to its bound is inside."""

Regime = Literal["staleness-limited", "horizon-limited", "ceiling-limited"]


def regime(law: Law, known: dict[str, float], at: dict[str, float]) -> Regime:
    """Return which constraint sets eta_max: the smaller under ``all``, the larger under ``any``; ties are staleness.

    A blend goes with the form it approximates: ``all`` at p > 0, ``any`` at p < 0.
    """
    larger = law.combiner == "any" or (law.combiner == "blend" and known["p_blend"] < 0)
    bounds = _bounds(law, known, at)
    top = known[str(law.ceiling.constant)] if law.ceiling else math.inf
    if bounds is not None:
        inner = (max if larger else min)(bounds.values(), default=math.inf)
        if top < inner and not math.isclose(top, inner, rel_tol=TIE):
            return "ceiling-limited"
    elif at.get("eta", 0.0) > top * (1 + TIE):
        return "ceiling-limited"
    if len(law.constraints) == 1:
        return "staleness-limited" if law.constraints[0].name == "staleness" else "horizon-limited"
    if bounds is None:  # one count is infinite or infeasible: the other condition decides
        return "horizon-limited" if "T" in at else "staleness-limited"
    s, t = bounds["staleness"], bounds["horizon"]
    ahead = s >= t if larger else s <= t
    return "staleness-limited" if ahead or math.isclose(s, t, rel_tol=TIE) else "horizon-limited"


def _bounds(law: Law, known: dict[str, float], at: dict[str, float]) -> dict[str, float] | None:
    counts = {"staleness": "S", "horizon": "T"}
    if any(counts[c.name] not in at for c in law.constraints):
        return None
    values = known | at
    return {
        c.name: float(float64(c.bound)(**{str(s): values[str(s)] for s in c.bound.free_symbols}))
        for c in law.constraints
    }
