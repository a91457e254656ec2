"""The one crossing from symbols to numbers: a SymPy expression becomes a callable, float64 (NumPy) or exact."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import sympy
from sympy.printing.numpy import NumPyPrinter  # pyright: ignore[reportMissingTypeStubs]

if TYPE_CHECKING:
    import numpy as np

__all__ = ["exact", "float64", "generic"]


def exact(arguments: Sequence[sympy.Symbol], expression: sympy.Expr) -> Callable[..., Any]:
    """Compile an expression to plain Python arithmetic: a Fraction in gives a Fraction out.

    Args:
        arguments: the symbols, in the order of the callable's arguments.
        expression: polynomial or rational in them; float constants make floats.

    Example:
        >>> from fractions import Fraction
        >>> from stalelaw.theory.symbols import S_sync, eta
        >>> exact((eta, S_sync), eta * S_sync)(Fraction(1, 3), 2)
        Fraction(2, 3)
    """
    return sympy.lambdify(arguments, expression, modules="math")


def float64(expression: sympy.Expr) -> Callable[..., np.ndarray]:
    """Compile an expression to a float64 function of its free symbols, passed by keyword.

    Args:
        expression: closed form over registered symbols; the ends of a sum must come out as one pair of integers.

    Returns:
        ``f(**values)`` that broadcasts over arrays; every free symbol's name is a required keyword, others are refused.

    Raises:
        TypeError: from the callable, when keywords are missing or unknown (expected, got).

    Example:
        >>> from stalelaw.theory import symbols
        >>> float(float64(symbols.a_plan / symbols.S_sync)(a=1.6e-6, S=16))
        1e-07
    """
    import numpy as np

    names = sorted(str(symbol) for symbol in expression.free_symbols)
    ordered = sorted(expression.free_symbols, key=str)
    compiled = _compiled(ordered, expression)

    def function(**values: Any) -> np.ndarray:
        if set(values) != set(names):
            raise TypeError(f"expected exactly the keywords {names}, got {sorted(values)}")
        return np.asarray(compiled(*(np.asarray(values[name], dtype=np.float64) for name in names)), dtype=np.float64)

    function.__doc__ = f"float64 of {expression}"
    return function


def generic(expression: sympy.Expr, functions: Mapping[str, Callable[..., Any]]) -> Callable[..., Any]:
    """Compile an expression to a callable over any numbers with arithmetic, such as tensors that carry gradients.

    Args:
        expression: closed form over registered symbols.
        functions: meaning of each function in it by name, ``Min`` and ``Max`` included (any number of arguments).

    Returns:
        ``f(**values)``; every free symbol's name is a required keyword, others are ignored.

    Raises:
        KeyError: from the callable, when a value is missing.

    Example:
        >>> from stalelaw.theory import symbols
        >>> generic(symbols.rho**2, {})(rho=3)
        9
    """
    ordered = sorted(expression.free_symbols, key=str)
    compiled = sympy.lambdify(ordered, expression, modules=[dict(functions), "math"])

    def function(**values: Any) -> Any:
        return compiled(*(values[str(symbol)] for symbol in ordered))

    return function


def _compiled(arguments: Sequence[Any], expression: Any) -> Callable[..., Any]:
    from scipy.special import binom  # pyright: ignore[reportMissingTypeStubs]

    printer = _Arrays(
        {"fully_qualified_modules": False, "inline": True, "allow_unknown_functions": True}
        | {"user_functions": {"binomial": "binomial"}}
    )
    modules = [{"binomial": binom, "total": _total}, "numpy"]
    return sympy.lambdify(arguments, expression, modules=modules, printer=printer)


class _Arrays(NumPyPrinter):
    """NumPy code in which a sum over an index is a call of ``total``."""

    def _print_Sum(self, expr: Any) -> str:
        ((index, low, high),) = expr.limits
        show = cast(Any, self)._print
        bound, first, last, term = (show(part) for part in (index, low, high, expr.function))
        return f"total({first}, {last}, lambda {bound}: {term})"


def _total(low: Any, high: Any, term: Callable[[float], Any]) -> Any:
    """Sum of ``term(k)`` over k = low, ..., high; the ends may come as arrays of one repeated integer.

    Raises:
        ValueError: an end is no integer, or not the same in the whole array.
    """
    import numpy as np

    ends = [np.unique(end) for end in (low, high)]
    if any(end.size != 1 or end[0] != int(end[0]) for end in ends):
        raise ValueError(f"expected one pair of integers as the ends of a sum, got {ends}")
    return sum((term(float(k)) for k in range(int(ends[0][0]), int(ends[1][0]) + 1)), 0.0)
