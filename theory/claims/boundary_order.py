"""The boundary laws in order: what is sufficient below one is so below every smaller one (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

from ..laws import law
from ..proof.build import inequality
from ..proof.models import Table
from ..proof.records import Claim, Step
from ..symbols import S_sync, T_horizon, a_plan, b_plan, eta_0

_PAIRS = (
    ("min-ceiling", "min"),
    ("min", "staleness"),
    ("min", "horizon"),
    ("staleness", "max"),
    ("horizon", "max"),
    ("max-ceiling", "max"),
    ("min-ceiling", "max-ceiling"),
    ("max-ceiling", "const"),
)


def _step(lower: str, upper: str) -> Step:
    why = "a smaller set of learning rates"
    return inequality(f"{lower}-in-{upper}", law(lower).eta_max, "<=", law(upper).eta_max, "", why)


def _constants(**values: Fraction | int) -> Table:
    symbols: dict[str, Any] = {"a": a_plan, "b": b_plan, "S": S_sync, "T": T_horizon, "eta_0": eta_0}
    return Table({symbols[name]: value for name, value in values.items()})


CLAIM = Claim(
    id="boundary-order",
    title="Boundary laws in order",
    kind="upper",
    statement=r"With an on-policy ceiling $\eta_0$: $\min(\eta_0,\frac aS,\frac bT)\le\min(\frac aS,\frac bT)\le"
    r"\frac aS,\frac bT\le\max(\frac aS,\frac bT)$, and $\min(\eta_0,\cdot)$ lies below each. So a law that is"
    r" sufficient makes every law to its left sufficient, one that is necessary every law to its right; a ceiling keeps"
    r" what is sufficient and needs a derivation of its own to be necessary. The power law $a/S^{\alpha_S}$ and a"
    r" constant stand in no such order for all $S$ and $T$: nothing is proved of them; data decide.",
    source="derived here",
    steps=tuple(_step(lower, upper) for lower, upper in _PAIRS),
    conclusions=tuple(f"{lower}-in-{upper}" for lower, upper in _PAIRS),
    formula=law("min-ceiling").eta_max,
    formulas={name: law(name).eta_max for name in ("min", "max", "max-ceiling")},
    attained=(_constants(a=2, b=40, S=2, T=40, eta_0=1),),  # all bounds meet
)
