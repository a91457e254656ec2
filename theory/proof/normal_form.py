"""Rational normal form over atoms, with linear sums of symbolic length split, pulled apart and renamed."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import sympy
from sympy.core.function import AppliedUndef

from ..symbols import INDICES
from .radius import Radius
from .records import Rel
from .vectors import Inner, Norm


class Unsupported(TypeError):
    """An expression outside the language of the engines; the step is undecided."""


__all__ = [
    "ATOMS",
    "Equations",
    "atoms_of",
    "denominators",
    "dummy_for",
    "flatten",
    "instance_of",
    "is_zero",
    "normal",
    "sign_of",
]

ATOMS = (
    *(sympy.Symbol, AppliedUndef, sympy.Sum, Inner, Norm, sympy.Abs, sympy.Min, sympy.Max, sympy.log, sympy.exp),
    *(sympy.binomial, sympy.sin, sympy.cos, sympy.acos, sympy.NumberSymbol, Radius),
)
_DUMMY = sympy.Symbol("_i", integer=True)
_HALF = sympy.Rational(1, 2)
_SHORT = 4  # sums of at most so many terms between given integers are written out


@lru_cache(maxsize=4096)
def normal(expression: Any) -> Any:
    """Expand, split every sum over its addends, pull constants out and give all bound indices one name.

    ``Sum(c*f(i) + g(i))`` becomes ``c*Sum(f) + Sum(g)``; ``Sum(1, (i, a, b))`` becomes ``b - a + 1``. Two equal linear
    combinations of sums over one range have one normal form. Norms keep their (expanded) argument.
    """
    expression = sympy.expand(expression)
    return sympy.expand(expression.replace(_is_sum, _split_sum))


def _is_sum(expression: Any) -> bool:
    return isinstance(expression, sympy.Sum)


def _is_atom(expression: Any) -> bool:
    return isinstance(expression, sympy.Symbol | AppliedUndef)


def _split_sum(total: Any) -> Any:
    ((bound, low, high),) = total.limits
    result: Any = sympy.S.Zero
    if low.is_Integer and high.is_Integer and high - low < _SHORT:
        return sum((total.function.subs(bound, k) for k in range(int(low), int(high) + 1)), result)
    for term in sympy.Add.make_args(sympy.expand(total.function)):
        parts: tuple[Any, Any] = term.as_independent(bound, as_Add=False)
        outside, inside = parts
        if any(bound in inner.free_symbols for inner in inside.atoms(sympy.Sum)):
            raise Unsupported(f"nested sums that depend on each other: {total}")
        count = high - low + 1
        if inside == sympy.S.One and count.is_integer and count.is_nonnegative:
            result += outside * count
        elif inside != sympy.S.Zero:
            result += outside * sympy.Sum(inside.subs(bound, _DUMMY), (_DUMMY, low, high))
    return result


@dataclass(frozen=True)
class Equations:
    """Equalities sorted by use: ``rules`` rewrite an atom, ``relations`` are expressions known to be zero."""

    rules: tuple[tuple[Any, Any], ...]
    relations: tuple[Any, ...]

    @classmethod
    def of(cls, hypotheses: Sequence[Rel]) -> Equations:
        """Equalities with a symbol or an applied function on the left are rules, all others relations."""
        equal = [h for h in hypotheses if h.op == "="]
        rules = [(h.lhs, h.rhs) for h in equal if isinstance(h.lhs, sympy.Symbol | AppliedUndef)]
        relations = [h.lhs - h.rhs for h in equal if not isinstance(h.lhs, sympy.Symbol | AppliedUndef)]
        return cls(tuple(rules), tuple(relations))

    def rewrite(self, expression: Any) -> Any:
        """Normal form after applying the rules until nothing changes.

        Raises:
            RecursionError: the rules do not come to rest (a circular definition).
        """
        expression = normal(expression)
        for _ in range(12):
            after = normal(expression.replace(_is_atom, self._apply))
            if after == expression:
                return after
            expression = after
        raise RecursionError("the equalities used as rewrite rules are circular")

    def _apply(self, atom: Any) -> Any:
        for lhs, rhs in self.rules:
            if lhs == atom:
                return rhs
            if not lhs.args or lhs.func != atom.func:
                continue
            recursion = any(isinstance(a, sympy.Add) for a in lhs.args)  # f(k+1) = ... only where k is an index
            if not recursion or any((b - a).is_zero for a in _renamed(lhs) for b in atom.args):
                found = instance_of(lhs, rhs, atom, INDICES)
                if found is not None:
                    return found
        return atom

    def imply_zero(self, expression: Any) -> bool:
        """Whether an expression is zero: rewritten, then reduced modulo the relations, in exact rational arithmetic."""
        return is_zero(self.rewrite(expression), [self.rewrite(r) for r in self.relations])


def _renamed(lhs: Any) -> list[Any]:
    """Arguments of ``f(k + 1)`` with the index under the name that ``normal`` gives it."""
    return [a.subs(dict.fromkeys(a.free_symbols & INDICES, _DUMMY)) for a in lhs.args if isinstance(a, sympy.Add)]


def instance_of(lhs: Any, rhs: Any, atom: Any, free: Collection[Any]) -> Any | None:
    """Right side of the schema ``lhs = rhs`` where its free symbols make ``lhs`` equal to an atom, or None.

    ``f(k+1) = g(k)`` at ``f(5)`` gives ``g(4)`` when k is free; ``f(x, y)`` at ``f(1, 2)`` solves for both.
    """
    if lhs == atom:
        return rhs
    if not (isinstance(lhs, AppliedUndef) and isinstance(atom, AppliedUndef) and lhs.func == atom.func):
        return None  # most rules are for another function
    return _solved(lhs, rhs, atom, frozenset(s for s in lhs.free_symbols if s in free))


@lru_cache(maxsize=4096)
def _solved(lhs: Any, rhs: Any, atom: Any, free: frozenset[Any]) -> Any | None:
    solved: dict[Any, Any] = {}
    for place, value in zip(lhs.args, atom.args, strict=True):
        symbols = [s for s in place.free_symbols if s in free]
        if place == value and not symbols:
            continue
        if len(symbols) != 1 or (place - symbols[0]).has(symbols[0]):
            return None
        found = value - (place - symbols[0])
        if solved.setdefault(symbols[0], found) != found:
            return None
    bound = {limit[0] for total in rhs.atoms(sympy.Sum) for limit in total.limits}
    moved = {symbol: value for symbol, value in solved.items() if symbol != value}
    captured = bound & {s for value in moved.values() for s in value.free_symbols}
    if captured:
        return None
    return rhs.subs(moved, simultaneous=True) if bound & set(moved) else rhs.xreplace(moved)


@lru_cache(maxsize=4096)
def atoms_of(expression: Any) -> tuple[Any, ...]:
    """Outermost atoms of an expression, in a fixed order."""
    found: dict[Any, None] = {}

    def visit(e: Any) -> None:
        if isinstance(e, ATOMS) or (isinstance(e, sympy.Pow) and not e.exp.is_Integer):
            found[e] = None
        else:
            for arg in e.args:
                visit(arg)

    visit(expression)
    return tuple(sorted(found, key=sympy.default_sort_key))


@cache  # one for good: what was flattened before may meet what is flattened now
def dummy_for(atom: Any) -> Any:
    """The symbol that stands for an atom; it has the sign of the atom."""
    return sympy.Dummy("x", **{sign_of(atom): True})  # the atom as a name would be printed each time


@lru_cache(maxsize=4096)
def sign_of(atom: Any) -> str:
    """What SymPy is to know of the sign of an atom."""
    return "positive" if atom.is_positive else "nonnegative" if atom.is_nonnegative else "real"


def flatten(expression: Any, names: dict[Any, Any]) -> Any:
    """Replace outermost atoms by symbols; extends ``names`` in place.

    Half-integer powers become powers of one root, powers with a symbolic exponent those of its addends:
    ``q**(n - 2*k)`` is ``(q**n) * (q**k)**-2``.
    """
    replacement: dict[Any, Any] = {}
    for atom in atoms_of(expression):
        if isinstance(atom, sympy.Pow) and atom.exp.is_integer:
            replacement[atom] = _power(atom, names)
            continue
        root, power = (atom.base**_HALF, 2 * atom.exp) if isinstance(atom, sympy.Pow) else (atom, sympy.S.One)
        if not power.is_Integer:
            raise TypeError(f"expected integer or half-integer powers, got {atom}")
        replacement[atom] = names.setdefault(root, dummy_for(root)) ** power
    return expression.xreplace(replacement)


def _power(power: Any, names: dict[Any, Any]) -> Any:
    """``base**(c*t + d)`` with integers c, d as ``(base**t)**c * base**d`` over symbols."""
    product: Any = sympy.S.One
    for addend in sympy.Add.make_args(sympy.expand(power.exp)):
        coefficient, rest = addend.as_coeff_Mul()
        if not coefficient.is_Integer:
            raise Unsupported(f"expected integer coefficients in an exponent, got {power}")
        atom = power.base**rest
        if rest == 1:
            product *= flatten(power.base, names) ** coefficient
        else:
            product *= names.setdefault(atom, dummy_for(atom)) ** coefficient
    return product


def is_zero(expression: Any, relations: Sequence[Any] = ()) -> bool:
    """Whether the numerator of an expression lies in the ideal of the relations and of the squares of its roots."""
    names: dict[Any, Any] = {}
    numerator, _ = sympy.fraction(sympy.together(flatten(expression, names)))
    known = [sympy.fraction(sympy.together(flatten(r, names)))[0] for r in relations]
    if any(side.has(sympy.zoo, sympy.nan) for side in (numerator, *known)):
        raise ZeroDivisionError("a denominator vanishes")
    roots = {atom: name for atom, name in names.items() if isinstance(atom, sympy.Pow) and atom.exp == _HALF}
    gaps = [name**2 - flatten(atom.base, names) for atom, name in roots.items()]
    squares = [sympy.fraction(sympy.together(gap))[0] for gap in gaps]
    ideal = [g for g in (*known, *squares) if sympy.expand(g) != 0]
    if not names or not ideal:
        return bool(sympy.expand(numerator) == 0)
    return bool(sympy.groebner(ideal, *names.values(), order="grevlex").contains(sympy.expand(numerator)))


@lru_cache(maxsize=4096)
def denominators(expression: Any) -> tuple[Any, ...]:
    """Irreducible non-constant factors of the denominators of an expression."""
    names: dict[Any, Any] = {}
    _, denominator = sympy.fraction(sympy.together(flatten(expression, names)))
    back = {v: k for k, v in names.items()}
    return tuple(factor.xreplace(back) for factor, _ in sympy.factor_list(denominator)[1])
