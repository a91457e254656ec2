"""Planning: two of learning rate, sync interval and horizon give the third; all three make a gate.

The rule uses S, the sync interval; under periodic sync the largest lag is S - 1, so the rule is conservative.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..theory.bridge import float64
from ..theory.laws import CROSSOVER, Law
from ..theory.symbols import S_sync, T_horizon
from .constants import Constants
from .errors import BadInput
from .regime import TIE, Regime, regime
from .shape import checked_shape

__all__ = ["Gate", "Plan", "plan"]


@dataclass(frozen=True)
class Gate:
    """Whether eta is inside, ``eta <= eta_max (1 + 1e-9)``; ``margin`` = eta_max/eta - 1, negative when outside."""

    inside: bool
    margin: float


@dataclass(frozen=True)
class Plan:
    """The answer; ``solved`` names what was computed. A null comes with an entry in ``reasons``.

    ``shape`` holds the law's constants other than a and b. ``staleness_max`` and ``horizon_max`` are real numbers,
    ``*_floor`` the largest whole number of learner steps.
    """

    law: str
    constants: Constants
    shape: dict[str, float]
    solved: str
    eta: float | None
    staleness: float | None
    horizon: float | None
    eta_max: float | None
    staleness_max: float | None
    staleness_max_floor: int | None
    horizon_max: float | None
    horizon_max_floor: int | None
    regime: Regime
    crossover_staleness: float | None
    gate: Gate | None
    reasons: dict[str, str]
    notes: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """JSON object without the version stamps; the constants are flattened to ``a`` and ``b``."""
        body = {name: getattr(self, name) for name in self.__dataclass_fields__ if name not in ("constants", "gate")}
        source = self.constants
        body |= {"a": source.a, "b": source.b, "constants_source": source.source, "side": source.side}
        body |= {"provenance": source.provenance, "notes": [*self.notes, *source.notes]}
        body["gate"] = None if self.gate is None else {"inside": self.gate.inside, "margin": self.gate.margin}
        return body


@np.errstate(over="ignore", under="ignore")  # out of range is reported as null with a reason
def plan(
    law: Law,
    constants: Constants,
    eta: float | None = None,
    staleness: float | None = None,
    horizon: float | None = None,
    shape: Mapping[str, float] | None = None,
) -> Plan:
    """Solve a boundary law for the quantity left out, or gate all three.

    Args:
        law: boundary law, read as *stable if and only if*.
        constants: a and b in learning rate x steps; see ``constants``.
        eta: learning rate.
        staleness: sync interval S >= 1 in learner steps.
        horizon: T >= 1 in learner steps.
        shape: the law's constants other than a and b, by name (``Law.shape``).

    Raises:
        BadInput: too few quantities, a value out of its range, or a constant the law needs is unknown.

    Example:
        >>> from stalelaw.theory.laws import law
        >>> from stalelaw.practice.constants import Constants
        >>> p = plan(law("min"), Constants.given(1.6e-6, 3.2e-5), staleness=16, horizon=320)
        >>> p.eta_max, p.regime, p.crossover_staleness
        (1e-07, 'staleness-limited', 16.0)
    """
    given = {"eta": eta, "S": staleness, "T": horizon}
    for (name, value), floor in zip(given.items(), (0.0, 1.0, 1.0), strict=True):
        if value is not None and not (value >= floor and 0 < value < math.inf):
            allowed = "a finite learning rate > 0" if name == "eta" else f"a finite {name} >= 1 in learner steps"
            raise BadInput(allowed, f"{name} = {value}", "S = 1 is on-policy" if name == "S" else "correct the value")
    needed = ["eta", *(name for name in ("S", "T") if name in law.arguments)]
    missing = [name for name in needed if given[name] is None]
    if len(missing) > 1:
        names = {"eta": "--eta", "S": "--staleness", "T": "--horizon"}
        got = ", ".join(n for n in names if given[n] is not None) or "none"
        fix = f"give all but one of {', '.join(names[n] for n in needed)} (all of them: a gate)"
        raise BadInput(f"enough of eta, S and T for the law {law.id!r}", got, fix)

    known = law_values(law, constants, shape or {})
    reasons: dict[str, str] = {}
    solved = {"eta": "eta_max", "S": "staleness_max", "T": "horizon_max"}[missing[0]] if missing else "gate"
    at = {name: float(value) for name, value in given.items() if value is not None}
    limit: dict[str, float | None] = {}
    if solved in ("eta_max", "gate"):
        counts = {name: at[name] for name in needed if name != "eta"}
        limit["eta"] = _finite(float(law.eta_max_at(**known, **counts)), "eta_max", reasons)
        decided = at
    else:
        values = known | {name: value for name, value in at.items() if name in needed}
        raw = float(law.largest(S_sync if missing[0] == "S" else T_horizon, slack=TIE, **values))
        limit[missing[0]] = _count(raw, missing[0], solved, reasons)
        decided = at | ({missing[0]: raw} if 0 < raw < math.inf else {})
    gate = None
    if solved == "gate" and eta is not None:
        ceiling = limit["eta"] or 0.0
        if not 0 < ceiling / eta < math.inf:
            raise BadInput("a gate within the range of float64", f"eta_max/eta = {ceiling / eta}", "check the units")
        gate = Gate(inside=eta <= ceiling * (1 + TIE), margin=ceiling / eta - 1)
    return Plan(
        law=law.id,
        constants=constants,
        shape={name: known[name] for name in law.shape},
        solved=solved,
        eta=eta,
        staleness=staleness,
        horizon=horizon,
        eta_max=limit.get("eta"),
        staleness_max=limit.get("S"),
        staleness_max_floor=_floor(limit.get("S")),
        horizon_max=limit.get("T"),
        horizon_max_floor=_floor(limit.get("T")),
        regime=regime(law, known, decided),
        crossover_staleness=_crossover(law, known, at | limit, reasons),
        gate=gate,
        reasons=reasons,
        notes=_notes(law, solved),
    )


def law_values(law: Law, constants: Constants, shape: Mapping[str, float]) -> dict[str, float]:
    """Return the constants the law uses; under ``any`` an unknown one counts as 0, its safe side.

    Raises:
        BadInput: an unknown constant is needed.
    """
    fixed = checked_shape(law, shape)
    values = {"a": constants.a, "b": constants.b}
    wanted = [str(c.constant) for c in law.constraints]
    unknown = [name for name in wanted if values[name] is None]
    if unknown and (law.combiner != "any" or len(unknown) == len(wanted)):
        if constants.side == "given":
            options = " and ".join(f"--{name}" for name in unknown)
            got = " and ".join(f"--{name}" for name, value in values.items() if value is not None) or "neither"
            raise BadInput(f"{options} for the law {law.id!r}", f"only {got}", f"{options} is missing: give it too")
        raise BadInput(
            f"the constant {' and '.join(unknown)} for the law {law.id!r}",
            f"no lower limit on it from {constants.source}",
            "calibrate with runs that bracket it, or give --a and --b",
        )
    return fixed | {name: value if (value := values[name]) is not None else 0.0 for name in wanted}


def _count(value: float, name: str, key: str, reasons: dict[str, str]) -> float | None:
    """Return the largest S or T, or None with the reason why there is none."""
    if value == math.inf:
        reasons[key] = f"infinite: at this eta every {name} is stable, the other condition alone is enough"
    elif value == 0:
        reasons[key] = f"infeasible: at this eta no {name} is stable, another condition fails"
    elif value < 1 - TIE:
        reasons[key] = f"infeasible: the limit {value:.6g} lies below {name} = 1"
    else:
        return value
    return None


def _crossover(law: Law, known: dict[str, float], at: dict[str, float | None], reasons: dict[str, str]) -> float | None:
    key = "crossover_staleness"
    if len(law.constraints) < 2:
        reasons[key] = f"the law {law.id!r} has one condition only"
    elif (horizon := at.get("T")) is None:
        reasons[key] = "no finite horizon T to compare with"
    elif not all(known.values()):
        reasons[key] = "one of a and b is unknown"
    else:
        constants = {name: known[name] for name in ("a", "b")}
        return _finite(float(float64(CROSSOVER)(**constants, T=horizon)), key, reasons)
    return None


def _finite(value: float, key: str, reasons: dict[str, str]) -> float | None:
    if 0 < value < math.inf:
        return value
    reasons[key] = f"outside the range of float64 ({'overflow' if value else 'underflow'})"
    return None


def _floor(value: float | None) -> int | None:
    """Round down, except where only rounding noise (relative 1e-12) keeps the value below a whole number."""
    if value is None:
        return None
    nearest = round(value)
    return nearest if math.isclose(value, nearest, rel_tol=1e-12) else math.floor(value)


def _notes(law: Law, solved: str) -> tuple[str, ...]:
    notes = [
        f"Law {law.id!r}: eta <= {law.eta_max}. S is the sync interval; the largest lag under periodic sync is S-1."
    ]
    notes.append(f"Support of the law {law.id!r}: {law.source}")
    if solved in ("staleness_max", "horizon_max"):
        notes.append(f"S and T count whole learner steps: {solved}_floor is {solved} rounded down.")
    return tuple(notes)
