"""Boundary laws: which (eta, S, T) are stable, given the planning constants. Each formula is typed once, as a load.

A law is a list of constraints ``load <= constant`` and a combiner: *all* must hold (min form) or *any* suffices (max
form). Everything else, ``eta_max``, the largest S or T, the float64 callables, is derived from that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import sympy

from .bridge import exact, float64
from .symbols import S_sync, T_horizon, a_plan, b_plan, eta

if TYPE_CHECKING:
    import numpy as np

__all__ = ["CROSSOVER", "LAWS", "Constraint", "Law", "law"]

Number = Fraction | float | int


@dataclass(frozen=True)
class Constraint:
    """``load <= constant``; the load is proportional to eta and grows with one count of learner steps.

    Args:
        name: ``staleness`` or ``horizon``: the regime a run is in when this constraint sets its limit.
        constant: planning constant, in learning rate x steps.
        load: expression in eta and the counts, same unit.
    """

    name: str
    constant: sympy.Symbol
    load: sympy.Expr

    @cached_property
    def bound(self) -> sympy.Expr:
        """The learning rate at which the load reaches the constant (loads are linear in eta)."""
        slope = sympy.cancel(self.load / eta)
        if slope.has(eta):
            raise ValueError(f"constraint {self.name!r} requires a load linear in eta, got {self.load}")
        return self.constant / slope

    @cached_property
    def exact_load(self) -> Callable[[Number, int, int], Number]:
        """``load(eta, S, T)`` in plain Python arithmetic: a Fraction in gives a Fraction out (for polynomial loads)."""
        return exact((eta, S_sync, T_horizon), self.load)


@dataclass(frozen=True)
class Law:
    """One boundary law read as *stable if and only if*.

    Args:
        id: key in ``LAWS`` and on the command line.
        title: one phrase.
        constraints: at least one.
        combiner: ``all`` (eta_max is the Min of the bounds) or ``any`` (the Max).
        source: where the law comes from and how far it is supported.

    Example:
        >>> from stalelaw.theory.laws import law
        >>> law("min").eta_max
        Min(a/S, b/T)
        >>> float(law("min").eta_max_at(a=1.6e-6, b=3.2e-5, S=16, T=320))
        1e-07
    """

    id: str
    title: str
    constraints: tuple[Constraint, ...]
    combiner: Literal["all", "any"]
    source: str

    @cached_property
    def eta_max(self) -> sympy.Expr:
        """The largest stable learning rate as an expression."""
        combine = sympy.Min if self.combiner == "all" else sympy.Max
        return combine(*(constraint.bound for constraint in self.constraints))

    @cached_property
    def arguments(self) -> frozenset[str]:
        """Names of the constants and counts the law depends on, without eta."""
        return frozenset(str(symbol) for symbol in self.eta_max.free_symbols)

    def constraint(self, name: str) -> Constraint | None:
        """Return the constraint of that name, or None."""
        return next((c for c in self.constraints if c.name == name), None)

    def eta_max_at(self, **values: Any) -> np.ndarray:
        """float64 of ``eta_max``; keywords are exactly ``arguments`` and broadcast together.

        Raises:
            TypeError: keywords missing or unknown.
        """
        import numpy as np

        names = list(values)
        arrays = np.broadcast_arrays(*(np.asarray(values[name], dtype=np.float64) for name in names))
        return float64(self.eta_max)(**dict(zip(names, arrays, strict=True)))

    def stable(self, **values: Any) -> np.ndarray:
        """Whether ``load <= constant`` holds in all (or any) constraints; ``eta`` and ``arguments`` broadcast.

        Compared in float64 without slack: at the boundary itself rounding decides.
        """
        import numpy as np

        held = [
            _evaluate(c.load, values) <= np.asarray(values[str(c.constant)], dtype=np.float64) for c in self.constraints
        ]
        combine = np.logical_and if self.combiner == "all" else np.logical_or
        return np.asarray(combine.reduce(np.broadcast_arrays(*held)))

    def largest(self, count: sympy.Symbol, slack: float = 0.0, **values: Any) -> np.ndarray:
        """Supremum of the stable values of one count (S or T), everything else given as keywords.

        Args:
            count: ``S_sync`` or ``T_horizon``.
            slack: relative slack with which the constraints without that count are compared.
            values: eta, the constants and the other count.

        Returns:
            float64; ``inf`` where every value is stable, ``0`` where none is (a learner step count is positive).
        """
        import numpy as np

        with_count = [c for c in self.constraints if c.load.has(count)]
        others = [c for c in self.constraints if not c.load.has(count)]
        limits = [_evaluate(_positive_root(c.load - c.constant, count), values) for c in with_count]
        held = [_evaluate(c.load, values) <= np.asarray(values[str(c.constant)]) * (1 + slack) for c in others]
        if self.combiner == "all":
            cap = np.minimum.reduce(np.broadcast_arrays(*limits)) if limits else np.float64(np.inf)
            free = np.logical_and.reduce(np.broadcast_arrays(*held)) if held else np.True_
            return np.where(free, cap, 0.0)
        cap = np.maximum.reduce(np.broadcast_arrays(*limits)) if limits else np.float64(0.0)
        free = np.logical_or.reduce(np.broadcast_arrays(*held)) if held else np.False_
        return np.where(free, np.inf, cap)


def _evaluate(expression: sympy.Expr, values: dict[str, Any]) -> np.ndarray:
    names = [str(symbol) for symbol in expression.free_symbols]
    missing = sorted(set(names) - set(values))
    if missing:
        raise TypeError(f"expected the keywords {sorted(names)}, missing {missing}")
    return float64(expression)(**{name: values[name] for name in names})


def _positive_root(expression: sympy.Expr, symbol: sympy.Symbol) -> sympy.Expr:
    roots = sympy.solve(expression, symbol)
    if len(roots) != 1:
        raise ValueError(f"expected one positive root of {expression} in {symbol}, got {roots}")
    return roots[0]


_STALENESS = Constraint("staleness", a_plan, eta * S_sync)
_HORIZON = Constraint("horizon", b_plan, eta * T_horizon)

CROSSOVER: sympy.Expr = S_sync * _STALENESS.bound / _HORIZON.bound
"""Staleness at which the two bounds are equal, S* = T a / b, in learner steps: the first falls as 1/S."""

LAWS: dict[str, Law] = {
    entry.id: entry
    for entry in (
        Law(
            "min",
            "both the staleness and the horizon condition are needed",
            (_STALENESS, _HORIZON),
            "all",
            "arXiv 2607.01083, abstract: eta << min{R_batch/(S G_upd), R_crit/(T G_upd)}. Proved sufficient; read here "
            "as necessary too, which the published readings of the figures contradict.",
        ),
        Law(
            "max",
            "either condition is enough",
            (_STALENESS, _HORIZON),
            "any",
            "The published readings of the figures (stable for long T below S eta = a; collapse at t = b/eta above).",
        ),
        Law("staleness", "the staleness condition alone", (_STALENESS,), "all", "arXiv 2607.01083: eta <= a/S."),
        Law("horizon", "the horizon condition alone", (_HORIZON,), "all", "arXiv 2607.01083: eta <= b/T."),
    )
}


def law(id: str) -> Law:
    """Return a boundary law by its id.

    Raises:
        KeyError: unknown id; the message lists the known ones.
    """
    if id not in LAWS:
        raise KeyError(f"expected a law out of {', '.join(LAWS)}; got {id!r}")
    return LAWS[id]
