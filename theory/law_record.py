"""A boundary law as a record: constraints ``load <= constant``, how they combine, and what follows from that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Literal

import sympy

from .bridge import exact, float64
from .symbols import S_sync, T_horizon, a_plan, b_plan, eta, p_blend

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Constraint", "Law"]

Number = Fraction | float | int


@dataclass(frozen=True)
class Constraint:
    """``load <= constant``; the load is proportional to eta and grows with one count of learner steps.

    Args:
        name: ``staleness``, ``horizon`` or ``ceiling``: the regime a run is in when this constraint sets its limit.
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

    def exact_load(self, **shape: Number) -> Callable[[Number, int, int], Number]:
        """``load(eta, S, T)`` in plain Python arithmetic: a Fraction in gives a Fraction out (for polynomial loads).

        Args:
            shape: the other constants of the load by name, such as ``alpha``.
        """
        compiled, others = _compiled_load(self.load)
        values = [shape[name] for name in others]
        return lambda rate, interval, steps: compiled(rate, interval, steps, *values)


@cache
def _compiled_load(load: sympy.Expr) -> tuple[Callable[..., Number], tuple[str, ...]]:
    """A load as a function of eta, S, T and its other constants, and the names of those."""
    others = sorted(load.free_symbols - {eta, S_sync, T_horizon}, key=str)
    return exact((eta, S_sync, T_horizon, *others), load), tuple(str(symbol) for symbol in others)


@dataclass(frozen=True)
class Law:
    """One boundary law read as *stable if and only if*.

    Args:
        id: key in ``LAWS`` and on the command line.
        title: one phrase.
        constraints: what is combined; may be empty where there is a ceiling.
        combiner: ``all`` (eta_max is the Min of the bounds), ``any`` (the Max) or ``blend``:
            ``eta_max**(-p) = sum of bound**(-p)``, which tends to the Min as p -> inf and to the Max as p -> -inf.
        source: where the law comes from and how far it is supported.
        ceiling: must hold in any case.

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
    combiner: Literal["all", "any", "blend"]
    source: str
    ceiling: Constraint | None = None

    @cached_property
    def eta_max(self) -> sympy.Expr:
        """The largest stable learning rate as an expression."""
        bounds = [constraint.bound for constraint in self.constraints]
        if self.combiner == "blend":
            bounds = [sum((1 / bound) ** p_blend for bound in bounds) ** (-1 / p_blend)]
        combine = sympy.Max if self.combiner == "any" else sympy.Min
        inner = [combine(*bounds)] if bounds else []
        return sympy.Min(*inner, *([self.ceiling.bound] if self.ceiling else []))

    @cached_property
    def arguments(self) -> frozenset[str]:
        """Names of the constants and counts the law depends on, without eta."""
        return frozenset(str(symbol) for symbol in self.eta_max.free_symbols)

    @property
    def shape(self) -> tuple[str, ...]:
        """Names of its constants other than a and b, sorted: they are given, not calibrated."""
        return tuple(sorted(self.arguments - {str(symbol) for symbol in (a_plan, b_plan, S_sync, T_horizon)}))

    @property
    def all_constraints(self) -> tuple[Constraint, ...]:
        """The constraints and the ceiling."""
        return (*self.constraints, *([self.ceiling] if self.ceiling else []))

    def constraint(self, name: str) -> Constraint | None:
        """Return the constraint of that name, or None."""
        return next((c for c in self.all_constraints if c.name == name), None)

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

        A blend compares eta with ``eta_max``. Compared in float64 without slack: at the boundary rounding decides.
        """
        import numpy as np

        held: list[np.ndarray] = [_held(c, values) for c in self.constraints]
        if self.combiner == "blend":
            held = [np.asarray(values["eta"]) <= self.eta_max_at(**{n: values[n] for n in self.arguments})]
        combine = np.logical_or if self.combiner == "any" else np.logical_and
        inside = combine.reduce(np.broadcast_arrays(*held)) if held else np.True_
        return np.asarray(np.logical_and(inside, _held(self.ceiling, values)) if self.ceiling else inside)

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

        top = self._blended(count, values) if self.combiner == "blend" else self._combined(count, slack, values)
        return np.where(_held(self.ceiling, values, slack), top, 0.0) if self.ceiling else top

    def _combined(self, count: sympy.Symbol, slack: float, values: dict[str, Any]) -> np.ndarray:
        import numpy as np

        with_count = [c for c in self.constraints if c.load.has(count)]
        others = [c for c in self.constraints if not c.load.has(count)]
        limits = [_evaluate(_positive_root(c.load - c.constant, count), values) for c in with_count]
        held = [_held(c, values, slack) for c in others]
        if self.combiner == "all":
            cap = np.minimum.reduce(np.broadcast_arrays(*limits)) if limits else np.float64(np.inf)
            free = np.logical_and.reduce(np.broadcast_arrays(*held)) if held else np.True_
            return np.where(free, cap, 0.0)
        cap = np.maximum.reduce(np.broadcast_arrays(*limits)) if limits else np.float64(0.0)
        free = np.logical_or.reduce(np.broadcast_arrays(*held)) if held else np.False_
        return np.where(free, np.inf, cap)

    def _blended(self, count: sympy.Symbol, values: dict[str, Any]) -> np.ndarray:
        """``n = bound(1) / (eta**(-p) - (the other bound)**(-p))**(-1/p)`` for loads linear in the count n.

        Where that difference is not positive, no count is stable at p > 0 and every one at p < 0.
        """
        import numpy as np

        (mine,) = (c for c in self.constraints if c.load.has(count))
        rest = sum((1 / c.bound) ** p_blend for c in self.constraints if c is not mine)
        room = np.asarray(_evaluate(eta**-p_blend - rest, values))
        power = np.asarray(values[str(p_blend)], dtype=np.float64)
        one = _evaluate(mine.bound.subs(count, 1), values)
        inside = np.where(room > 0, room, 1.0) ** (1 / power) * one
        return np.where(room > 0, inside, np.where(power > 0, 0.0, np.inf))


def _held(constraint: Constraint, values: dict[str, Any], slack: float = 0.0) -> np.ndarray:
    import numpy as np

    limit = np.asarray(values[str(constraint.constant)], dtype=np.float64)
    return np.asarray(_evaluate(constraint.load, values) <= limit * (1 + slack))


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
