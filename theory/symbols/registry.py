"""Every scalar symbol of the theory: SymPy assumptions, unit, TeX and meaning. The only place a symbol is made.

Units are products of ``param`` (parameter norm), ``lr`` (learning rate) and ``step`` (learner = optimizer steps); ``1``
is dimensionless. A learner step moves the parameters by ``eta * u``, so ``u`` carries ``param/(lr*step)``. ``#2`` is
the unit of the second argument, for derivatives along a direction. ``theory.units`` audits every claim with them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import sympy
from sympy.core.function import AppliedUndef, UndefinedFunction

from ..plain_math import is_plain_math

__all__ = ["INDICES", "TABLE", "SymbolRecord", "Vec", "function", "index", "is_vector", "record", "scalar", "vector"]


class Vec(sympy.Symbol):
    """A symbol that stands for a vector of the parameter space (or its dual)."""


class _Name(UndefinedFunction):
    """An undefined function; its hash and its place in the order, asked for all the time, are worked out once."""

    def __init__(self: Any, *args: Any, **assumptions: Any) -> None:
        super().__init__(*args, **assumptions)  # pyright: ignore[reportUnknownMemberType]
        key, self.hash = self.class_key(), UndefinedFunction.__hash__(self)
        self.class_key = staticmethod(lambda: key)  # pyright: ignore[reportUnknownLambdaType]

    def __hash__(self: Any) -> int:
        return self.hash

    def __eq__(self: Any, other: Any) -> bool:
        if self is other or not isinstance(other, UndefinedFunction):
            return self is other
        return self.class_key() == other.class_key() and self._kwargs == other._kwargs  # pyright: ignore

    def __ne__(self, other: object) -> bool:
        return not self == other


@dataclass(frozen=True)
class SymbolRecord:
    """One symbol and what it means; ``symbol.name`` is its key in ``TABLE`` and its keyword in float64 callables.

    ``tex`` of a function contains ``#1``, ``#2``, ... where its arguments go; ``tex_norm`` style overrides live in
    ``theory.render``.
    """

    symbol: Any
    tex: str
    unit: str
    meaning: str
    is_vector: bool = False


TABLE: dict[str, SymbolRecord] = {}
INDICES: set[sympy.Symbol] = set()


def scalar(name: str, tex: str, unit: str, meaning: str, **assumptions: bool) -> sympy.Symbol:
    """Register a scalar symbol and return it.

    Args:
        name: key and keyword, unique in the whole theory.
        tex: how it is typeset.
        unit: product of ``param``, ``lr``, ``step`` with ``*``, ``/`` and ``**``; ``1`` for pure numbers.
        meaning: one phrase for the notation table.
        assumptions: ``positive``, ``nonnegative`` or ``integer`` set to True; real is always added.

    Raises:
        ValueError: the name is taken with another meaning (one symbol, one meaning), or the engines do not know the
            assumption.
    """
    unknown = set(assumptions) - {"positive", "nonnegative", "integer"}
    if unknown or not all(assumptions.values()):
        raise ValueError(f"expected positive, nonnegative or integer set to True, got {assumptions}")
    return _register(SymbolRecord(sympy.Symbol(name, **({"real": True} | assumptions)), tex, unit, meaning))


def vector(name: str, tex: str, unit: str, meaning: str) -> Vec:
    """Register a vector of the parameter space; same arguments and errors as ``scalar``."""
    return _register(SymbolRecord(Vec(name), tex, unit, meaning, is_vector=True))


def function(
    name: str,
    tex: str,
    unit: str,
    meaning: str,
    *,
    is_vector: bool = False,
    nonnegative: bool = False,
    integer: bool = False,
    positive: bool = False,
) -> Any:
    """Register a function of outcomes, steps or parameter points; ``tex`` places its arguments at ``#1``, ``#2``, ...

    Scalar functions are real, on request nonnegative, positive or integer; vector functions take values in the
    parameter space.
    """
    wanted = {"nonnegative": nonnegative, "integer": integer, "positive": positive}
    assumptions = {} if is_vector else {"real": True} | {key: True for key, value in wanted.items() if value}
    return _register(SymbolRecord(_Name(name, **assumptions), tex, unit, meaning, is_vector=is_vector))


def index(name: str, tex: str, meaning: str) -> sympy.Symbol:
    """Register a bound index; a statement with a free index holds for every value in the range of the sums over it."""
    symbol = scalar(name, tex, "1", meaning, integer=True)
    INDICES.add(symbol)
    return symbol


def record(symbol: Any) -> SymbolRecord:
    """Return the record of a registered symbol, function or applied function.

    Raises:
        KeyError: it was not registered here.
    """
    return TABLE[symbol.func.__name__ if isinstance(symbol, AppliedUndef) else str(symbol)]


def is_vector(expression: Any) -> bool:
    """Whether an atom (symbol or applied function) is vector valued."""
    if isinstance(expression, AppliedUndef):
        return TABLE[expression.func.__name__].is_vector
    return isinstance(expression, Vec)


def _register(new: SymbolRecord) -> Any:
    name = str(new.symbol)
    if re.fullmatch(r"[A-Za-z]\w*", name) is None:
        raise ValueError(f"expected a name of letters, digits and _, got {name!r}")
    if not new.tex.strip() or not is_plain_math(re.sub(r"#\d", "{x}", new.tex)):
        raise ValueError(f"symbol {name!r}: expected TeX that only typesets mathematics, got {new.tex!r}")
    if TABLE.setdefault(name, new) != new:
        raise ValueError(f"symbol {name!r} is already registered as {TABLE[name].meaning!r}; choose another name")
    return TABLE[name].symbol
