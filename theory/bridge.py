"""The one crossing from symbols to numbers: a SymPy expression becomes a float64 NumPy callable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy

__all__ = ["float64"]


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
    names = sorted(str(symbol) for symbol in expression.free_symbols)
    ordered = sorted(expression.free_symbols, key=str)
    compiled = sympy.lambdify(ordered, expression, modules="numpy")

    def function(**values: Any) -> np.ndarray:
        if set(values) != set(names):
            raise TypeError(f"expected exactly the keywords {names}, got {sorted(values)}")
        return np.asarray(compiled(*(np.asarray(values[name], dtype=np.float64) for name in names)), dtype=np.float64)

    function.__doc__ = f"float64 of {expression}"
    return function
