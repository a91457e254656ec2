"""The order in which factors and terms are read: one rule, so that one expression always prints the same way."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from typing import Any

import sympy
from sympy.core.function import AppliedUndef

from ..proof.vectors import Inner, Norm
from ..symbols import TABLE, Vec, is_vector

__all__ = ["ABS", "SUM_OF_TERMS", "ReadingOrder", "negative", "pulled"]

# Rank of a factor in a product: constants, learner steps, planning constants, learning rate, update bound, the rest.
_BY_UNIT = {"step": 2, "lr*step": 3, "lr": 4, "param/(lr*step)": 5}
_NUMBER, _CONSTANT, _FUNCTION, SUM_OF_TERMS, ABS, _NORM, _INNER, _VECTOR, _SUM = 0, 1, 6, 7, 8, 9, 10, 11, 12
_BY_CLASS: dict[Any, int] = {
    **{sympy.Sum: _SUM, sympy.Abs: ABS, Norm: _NORM, Inner: _INNER, sympy.Add: SUM_OF_TERMS},
    **dict.fromkeys((sympy.log, sympy.Min, sympy.Max), SUM_OF_TERMS),
}


class ReadingOrder:
    """Sort keys of factors and terms; equal ranks follow the registry as it stands when this is made."""

    def __init__(self) -> None:
        self.place = {name: number for number, name in enumerate(TABLE)}

    def factor(self, expression: Any) -> tuple[Any, ...]:
        """Rank, for norms and the like size, place in the registry, and then arguments.

        Equal functions sort by argument: repeated arguments and numbers last, short before long, so that
        ``H(theta_t, phi_t)`` comes before ``H(theta_t, theta_t)`` and ``theta_t`` before ``theta_0``.
        """
        base = expression.as_base_exp()[0] if expression.is_Pow else expression
        head = base.func.__name__ if isinstance(base, AppliedUndef) else str(base)
        inside = [self.place.get(str(a), len(TABLE)) for a in base.atoms(sympy.Symbol)]
        place = self.place.get(head, min(inside, default=len(TABLE)))
        args = base.args if isinstance(base, AppliedUndef) else ()
        last = len(args) - len(set(args)) + sum(arg.is_number for arg in args)
        rank, size = _rank(base), int(base.count_ops())
        return rank, size if ABS <= rank <= _INNER else 0, place, last, size, str(expression)

    def term(self, term: Any) -> list[tuple[Any, ...]]:
        """Compare the last factors first, so that vectors sort by vector and not by coefficient."""
        factors = [f for f in sympy.Mul.make_args(term) if not f.is_Rational]
        return sorted(map(self.factor, factors), reverse=True)


def _rank(base: Any) -> int:
    if base.is_number:
        return _NUMBER
    if isinstance(base, Vec) or (isinstance(base, AppliedUndef) and str(base.func) in TABLE and is_vector(base)):
        return _VECTOR
    if base.is_Symbol:
        return _BY_UNIT.get(TABLE[base.name].unit, _CONSTANT) if base.name in TABLE else _CONSTANT
    return _BY_CLASS.get(base.func, _FUNCTION)


def negative(term: Any) -> bool:
    """Whether a term prints with a minus sign."""
    return bool(term.as_coeff_Mul()[0] < 0)


def pulled(term: Any) -> Any:
    """The sign of a summand before its sum: ``Sum(-x)`` is ``-Sum(x)``."""
    factors = sympy.Mul.make_args(term)
    signs = [f for f in factors if isinstance(f, sympy.Sum) and negative(f.function)]
    return term.xreplace({f: -sympy.Sum(-f.function, *f.limits) for f in signs}) if signs else term
