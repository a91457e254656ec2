"""Tables whose defined symbols are computed: an instance gives primitive values, the definitions give the others."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any

import sympy
from sympy.core.function import AppliedUndef

from .exact import at, evaluate
from .models import Table
from .records import Step

__all__ = ["filled"]


def filled(values: Mapping[Any, Any], steps: Iterable[Step], indices: Mapping[Any, range]) -> Table:
    """The table in which every definition among the steps holds, in exact arithmetic.

    Args:
        values: primitive values by atom, such as ``c(1, theta)``; vectors are tuples.
        steps: steps of the claim; definitions are evaluated at every value of their free indices. A value
            that is given is left alone: the model check then says whether it satisfies the definition.
        indices: range of each free index.

    Raises:
        KeyError: a primitive value is missing.
    """
    known, waiting = dict(values), [(s.statement.lhs, s.statement.rhs) for s in steps if s.kind == "definition"]
    while waiting:
        later = [pair for pair in waiting if not _fill(known, *pair, indices)]
        if len(later) == len(waiting):
            raise KeyError(f"a primitive value is missing for {[str(lhs) for lhs, _ in later]}")
        waiting = later
    return Table(known, indices=indices)


def _fill(known: dict[Any, Any], lhs: Any, rhs: Any, indices: Mapping[Any, range]) -> bool:
    """Add the values of one definition; False when it needs a value that is not known yet."""
    if not isinstance(lhs, sympy.Symbol | AppliedUndef):
        return True  # a shared definition that states a relation, such as a sum of probabilities
    free = [i for i in indices if lhs.has(i)]
    for point in product(*(indices[i] for i in free)):
        here = dict(zip(free, map(sympy.Integer, point), strict=True))
        atom = _put(lhs, here)
        if atom not in known:
            try:
                known[atom] = evaluate(_put(rhs, here), at(known))
            except KeyError:
                return False
    return True


def _put(expression: Any, here: Mapping[Any, Any]) -> Any:
    """An expression at values of its free indices; an inner sum may have an index of the same name."""
    bound = {limit[0] for total in expression.atoms(sympy.Sum) for limit in total.limits}
    return expression.subs(here) if bound & set(here) else expression.xreplace(here)
