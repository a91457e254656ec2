"""The one crossing from symbols to numbers: a SymPy expression becomes a callable, float64 (NumPy) or exact."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import sympy

if TYPE_CHECKING:
    import numpy as np

__all__ = ["exact", "float64"]


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
        expression: closed form over registered symbols; no sums of symbolic length.

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
    compiled = sympy.lambdify(ordered, expression, modules="numpy")

    def function(**values: Any) -> np.ndarray:
        if set(values) != set(names):
            raise TypeError(f"expected exactly the keywords {names}, got {sorted(values)}")
        return np.asarray(compiled(*(np.asarray(values[name], dtype=np.float64) for name in names)), dtype=np.float64)

    function.__doc__ = f"float64 of {expression}"
    return function
