"""What a statement must be before an engine looks at it: well typed, defined where it is used, no index captured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import sympy
from sympy.core.function import AppliedUndef, UndefinedFunction

from ..symbols import INDICES, H_map, is_vector, z_char
from .inequality import entails
from .normal_form import Unsupported
from .radius import Radius
from .records import Rel
from .vectors import Inner, Norm

__all__ = ["index_ranges", "names", "outside_of_radii", "shape", "undefined", "well_typed"]


def names(expression: Any) -> set[Any]:
    """Symbols of an expression, and its functions whatever their arguments."""
    return set(expression.atoms(sympy.Symbol)) | {f.func for f in expression.atoms(AppliedUndef)}


def well_typed(rel: Rel) -> None:
    """Both sides are scalars, or both vectors under ``=``.

    Raises:
        Unsupported: they are not, or a side is no expression of this language.
    """
    left, right = shape(rel.lhs), shape(rel.rhs)
    if "zero" not in (left, right) and left != right:
        raise Unsupported(f"a {left} is compared with a {right}: {rel}")
    if "vector" in (left, right) and rel.op != "=":
        raise Unsupported(f"vectors have no order: {rel}")


def outside_of_radii(rel: Rel) -> set[Any]:
    """Symbols of a relation that occur outside of every radius."""
    without = [side.xreplace(dict.fromkeys(side.atoms(Radius), sympy.S.Zero)) for side in (rel.lhs, rel.rhs)]
    return {s for side in without for s in side.free_symbols}


def _polynomial(radius: Any) -> None:
    """The argument of a radius is a polynomial in its variable, with scalar coefficients.

    Raises:
        Unsupported: it is none, or an exponent is no integer.
    """
    for term in sympy.Add.make_args(sympy.expand(radius.args[0], power_exp=False)):
        coefficient, power = term.as_independent(z_char, as_Add=False)
        for factor in sympy.Mul.make_args(power):
            base, exponent = factor.as_base_exp()
            if factor != 1 and not (base == z_char and exponent.is_integer and not exponent.has(z_char)):
                raise Unsupported(f"expected a polynomial in {z_char}, got {radius.args[0]}")
        _all((coefficient,), ("scalar", "zero"), radius)


def shape(e: Any) -> str:
    """``scalar``, ``vector`` or ``zero``; sums are over indices and do not nest.

    Raises:
        Unsupported: a product of vectors, a root of a vector, an unknown function, ...
    """
    if not _of_this_language(type(e)):  # pyright: ignore[reportUnknownArgumentType]
        raise Unsupported(f"{type(e).__name__} is not part of the language: {e}")
    if e == 0:
        return "zero"
    if isinstance(e, Norm | Inner):
        _all(e.args, ("vector", "zero"), e)
        return "scalar"
    if isinstance(e, sympy.Symbol | AppliedUndef):
        for arg in e.args:
            shape(arg)
        return "vector" if is_vector(e) else "scalar"
    if isinstance(e, sympy.Rational):
        return "scalar"
    if isinstance(e, sympy.Sum):
        ((index, low, high),) = e.limits
        if index not in INDICES and not str(index).startswith("_"):
            raise Unsupported(f"expected a sum over a registered index, got {index}")
        if low.has(index) or high.has(index):
            raise Unsupported(f"the ends of a sum contain its index: {e}")
        if any(index in inner.free_symbols for inner in e.function.atoms(sympy.Sum)):
            raise Unsupported(f"nested sums that depend on each other: {e}")
        _all((low, high), ("scalar", "zero"), e)
        if not (low.is_integer and high.is_integer):
            raise Unsupported(f"expected integers at the ends of a sum, got {e}")
        return shape(e.function)
    if isinstance(e, sympy.Add):
        found = {shape(a) for a in e.args} - {"zero"}
        if len(found) > 1:
            raise Unsupported(f"a scalar is added to a vector: {e}")
        return found.pop() if found else "zero"
    if isinstance(e, sympy.Mul):
        found_list = [shape(a) for a in e.args]
        if found_list.count("vector") > 1:
            raise Unsupported(f"a product of vectors: {e}")
        return "vector" if "vector" in found_list else "scalar"
    if isinstance(e, sympy.Pow):
        _all(e.args[:1], ("scalar",), e)
        if e.exp.is_integer and not e.exp.is_number:  # 0**0 and 0**(-1) stay out
            _all(e.args[1:], ("scalar",), e)
            if not e.base.is_positive:
                raise Unsupported(f"expected a positive base under a symbolic exponent, got {e}")
            return "scalar"
        if not (e.exp.is_Rational and (2 * e.exp).is_Integer):
            raise Unsupported(f"expected integer or half-integer powers, got {e}")
        return "scalar"
    if isinstance(e, sympy.binomial):
        _all(e.args, ("scalar", "zero"), e)
        if not all(arg.is_integer for arg in e.args):
            raise Unsupported(f"expected integers in a binomial coefficient, got {e}")
        return "scalar"
    if isinstance(e, Radius):
        _polynomial(e)
        return "scalar"
    if isinstance(e, sympy.NumberSymbol):
        return "scalar"
    if isinstance(e, sympy.sin | sympy.cos | sympy.acos):
        _all(e.args, ("scalar", "zero"), e)
        return "scalar"
    if isinstance(e, sympy.Abs | sympy.Min | sympy.Max | sympy.log | sympy.exp):
        _all(e.args, ("scalar", "zero"), e)
        return "scalar"
    raise Unsupported(f"{type(e).__name__} is not part of the language: {e}")


@cache
def _of_this_language(kind: Any) -> bool:
    """Whether a class is SymPy's or ours, not one derived from them elsewhere, which may differentiate as it likes."""
    if isinstance(kind, UndefinedFunction):
        return type(kind) in (UndefinedFunction, type(H_map)) and AppliedUndef in kind.__bases__
    ours = __name__.rpartition(".")[0].rpartition(".")[0]
    return kind.__module__.startswith(("sympy.", f"{ours}."))


def _all(args: Iterable[Any], allowed: tuple[str, ...], where: Any) -> None:
    for arg in args:
        if shape(arg) not in allowed:
            raise Unsupported(f"expected a {allowed[0]} in {where}, got the {shape(arg)} {arg}")


def undefined(rel: Rel, known: Sequence[Rel]) -> list[str]:
    """Denominators not known to be nonzero, bases of roots not known to be >= 0, arguments of logarithms not > 0.

    Upper entries of binomial coefficients must be >= 0. Inside a sum its index is known to lie in its range.
    """
    return list(dict.fromkeys([*_undefined(rel.lhs, known), *_undefined(rel.rhs, known)]))


def _undefined(node: Any, known: Sequence[Rel]) -> list[str]:
    if isinstance(node, Radius):  # a polynomial is defined wherever its coefficients are
        return _undefined(node.args[0].subs(z_char, 1), known)
    needs: list[tuple[Any, str]] = []
    if isinstance(node, sympy.Pow) and node.exp.is_negative:
        needs.append((node.base, "!="))
    if isinstance(node, sympy.Pow) and not node.exp.is_integer:
        needs.append((node.base, ">="))
    if isinstance(node, sympy.acos):
        needs += [(1 - node.args[0], ">="), (1 + node.args[0], ">=")]
    if isinstance(node, sympy.log):
        needs.append((node.args[0], ">"))
    if isinstance(node, sympy.binomial):
        needs.append((node.args[0], ">="))
    elsewhere = [h for h in known if not (h.lhs.has(node) or h.rhs.has(node))] if needs else []
    wrong = [f"{value} {op} 0" for value, op in needs if not _known(value, op, elsewhere)]
    if isinstance(node, sympy.Sum):
        ((index, low, high),) = node.limits
        if node.function.has(sympy.Pow, sympy.log, sympy.binomial):
            wrong += _undefined(node.function, [*known, Rel(index, ">=", low), Rel(index, "<=", high)])
        return wrong + _undefined(low, known) + _undefined(high, known)
    return wrong + [defect for arg in node.args for defect in _undefined(arg, known)]


def _known(value: Any, op: str, known: Sequence[Rel]) -> bool:
    if value.is_positive or (op == ">=" and value.is_nonnegative) or (op == "!=" and value.is_negative):
        return True
    if op == "!=":
        return any(entails(known, Rel(value, sign, 0)) is True for sign in (">", "<"))
    return entails(known, Rel(value, ">" if op == ">" else ">=", 0)) is True


def index_ranges(statements: Iterable[Rel]) -> Mapping[Any, set[tuple[Any, Any]]]:
    """The ranges over which each index is summed; a generic statement is only meaningful when there is one."""
    found: dict[Any, set[tuple[Any, Any]]] = {}
    for rel in statements:
        for index, low, high in _limits(rel):
            found.setdefault(index, set()).add((low, high))
    return found


@cache
def _limits(rel: Rel) -> tuple[tuple[Any, Any, Any], ...]:
    """Index and ends of every sum of a statement."""
    return tuple(total.limits[0] for side in (rel.lhs, rel.rhs) for total in side.atoms(sympy.Sum))
