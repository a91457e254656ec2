"""Norms and inner products over symbolic vectors, linear by construction."""

from __future__ import annotations

from typing import Any

import sympy

from ..symbols import is_vector

__all__ = ["Inner", "Norm", "linear_terms"]


def linear_terms(x: Any) -> list[tuple[Any, Any]]:
    """Split a vector expression into ``[(scalar coefficient, vector atom or Sum of vectors), ...]``.

    Raises:
        ValueError: a term is not linear in exactly one vector.
    """
    terms: list[tuple[Any, Any]] = []
    for term in sympy.Add.make_args(sympy.expand(x)):
        if term == 0:
            continue
        factors = sympy.Mul.make_args(term)
        vectors = [f for f in factors if is_vector(f) or isinstance(f, sympy.Sum)]
        if len(vectors) != 1:
            raise ValueError(f"expected a term linear in one vector, got {term}")
        terms.append((sympy.Mul(*(f for f in factors if f is not vectors[0])), vectors[0]))
    return terms


class Inner(sympy.Function):
    """Inner product of a vector atom with a vector expression; linear in the second slot, sums pulled out."""

    nargs = (2,)
    is_real = True
    is_commutative = True

    @classmethod
    def eval(cls, v: Any, x: Any) -> Any:
        """Expand by linearity; a single atom stays as it is."""
        terms = linear_terms(x)
        if len(terms) == 1 and terms[0][0] == 1 and not isinstance(terms[0][1], sympy.Sum):
            return None
        total: Any = sympy.S.Zero
        for coefficient, atom in terms:
            if isinstance(atom, sympy.Sum):
                clash = {limit[0]: sympy.Dummy("_i", integer=True) for limit in atom.limits if v.has(limit[0])}
                inner = atom.xreplace(clash)  # an index of v is not the index of the sum
                total += coefficient * sympy.Sum(cls(v, inner.function), *inner.limits)
            else:
                total += coefficient * cls(v, atom)
        return total


class Norm(sympy.Function):
    """Euclidean norm; ``Norm(-x)`` and ``Norm(x)`` are one object, nothing else is simplified."""

    nargs = (1,)
    is_real = True
    is_nonnegative = True
    is_commutative = True

    @classmethod
    def eval(cls, x: Any) -> Any:
        """Fix the sign of the argument."""
        expanded = sympy.expand(x)
        if expanded == 0:
            return sympy.S.Zero
        if expanded.could_extract_minus_sign():
            return cls(-expanded)
        return cls(expanded, evaluate=False) if expanded != x else None
