"""Rigorous evaluation of elementary expressions on boxes: exact rationals in, outward-rounded bounds out.

An expression is written as a list of operations on intervals, sums of concrete length expanded, each common part once.
Derivatives are enclosed by forward differentiation of the same operations; long sums that are polynomials in one
symbol (mixtures of binomial weights) are shifted to the middle of their interval first.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sympy
from flint import arb, ctx, fmpq

from .dense import Dense, degree, dense
from .intervals import (
    Interval,
    absolute,
    add,
    cos,
    exp,
    greatest,
    inverse,
    least,
    log,
    mul,
    power,
    rational,
    root,
    sin,
    thin,
)
from .normal_form import Unsupported

__all__ = ["MAX_TERMS", "Tape", "expand_sums", "obligations"]

MAX_TERMS = 4096  # of a sum of concrete length
_POLY_TERMS = 8  # a sum of at least so many terms that is a polynomial in one symbol becomes a dense one
_ZERO, _ONE = arb(0), arb(1)


def expand_sums(expression: Any) -> Any:
    """Write out every sum whose ends are numbers.

    Raises:
        Unsupported: an end is symbolic or there are more than ``MAX_TERMS`` terms.
    """

    def expand(total: Any) -> Any:
        if len(total.limits) != 1 or len(total.limits[0]) != 3:
            raise Unsupported(f"expected a sum over one index, got {total}")
        index, low, high = total.limits[0]
        if not (low.is_Integer and high.is_Integer) or high - low >= MAX_TERMS:
            raise Unsupported(f"expected a sum of at most {MAX_TERMS} terms with concrete ends, got {total}")
        return sympy.Add(*(total.function.subs(index, k) for k in range(int(low), int(high) + 1)))

    def is_sum(e: Any) -> bool:
        return isinstance(e, sympy.Sum)

    return expression.replace(is_sum, expand)


def obligations(expression: Any) -> list[tuple[Any, str]]:
    """What must hold for an expression to be defined, inner parts first: ``(base, "!=" or ">=" or ">")`` to 0."""
    found: dict[tuple[Any, str], None] = {}
    for node in sympy.postorder_traversal(expression):
        if isinstance(node, sympy.Pow):
            if not node.exp.is_Rational:
                found[node.base, ">"] = None
            elif not node.exp.is_Integer:
                found[node.base, ">" if node.exp.is_negative else ">="] = None
            elif node.exp.is_negative:
                found[node.base, "!="] = None
        elif isinstance(node, sympy.log):
            found[node.args[0], ">"] = None
    return list(found)


_NIL: Interval = (_ZERO, _ZERO)
_UNIT: Interval = (_ONE, _ONE)
_SIGN: Interval = (-_ONE, _ONE)
_UNARY: Mapping[Any, str] = {
    sympy.exp: "exp",
    sympy.log: "log",
    sympy.sin: "sin",
    sympy.cos: "cos",
    sympy.Abs: "abs",
}
_VALUE: Mapping[str, Callable[[Interval], Interval]] = {"exp": exp, "log": log, "sin": sin, "cos": cos, "abs": absolute}


@dataclass(frozen=True)
class _Node:
    """One operation; ``args`` are numbers of earlier nodes, ``data`` a rational, an exponent or a polynomial."""

    op: str
    args: tuple[int, ...] = ()
    data: Any = None


class Tape:
    """An expression as a list of operations, each common part once.

    Args:
        expression: over ``symbols``; sums must have concrete ends.
        symbols: the coordinates of a box, in order.

    Raises:
        Unsupported: a float, an infinity, a symbol without a place, or an operation that has no enclosure here.
    """

    def __init__(self, expression: Any, symbols: Sequence[Any]) -> None:
        self.symbols = tuple(symbols)
        self._nodes: list[_Node] = []
        self._known: dict[Any, int] = {}
        self._constants: dict[tuple[int, int], Interval] = {}
        self._root = self._compile(expand_sums(expression))

    def value(self, box: Sequence[Interval]) -> Interval:
        """Range over a box.

        Raises:
            Undefined: an operation is undefined or unbounded somewhere on the box, as far as the bounds can tell.
        """
        return self._run(box)[self._root]

    def gradient(self, box: Sequence[Interval]) -> list[Interval]:
        """Ranges of the partial derivatives over a box (of the generalized ones at the kinks of Abs, Min and Max).

        Raises:
            Undefined: as ``value``; also at the end points of roots.
        """
        values = self._run(box)
        slopes: list[list[Interval]] = []
        for number, node in enumerate(self._nodes):
            slopes.append(self._slope(node, values, slopes, number))
        return slopes[self._root]

    def _put(self, op: str, *args: int, data: Any = None) -> int:
        key = (op, args, data if isinstance(data, int | str | tuple) else str(data))
        if key not in self._known:
            self._known[key] = len(self._nodes)
            self._nodes.append(_Node(op, args, data))
        return self._known[key]

    def _compile(self, e: Any) -> int:
        if e not in self._known:
            self._known[e] = self._node(e)
        return self._known[e]

    def _node(self, e: Any) -> int:
        if isinstance(e, sympy.Rational):
            return self._put("rational", data=rational(e))
        if e is sympy.S.Pi or e is sympy.S.Exp1:
            return self._put("pi" if e is sympy.S.Pi else "e")
        if e in self.symbols:
            return self._put("box", data=self.symbols.index(e))
        if isinstance(e, sympy.Add) and len(e.args) >= _POLY_TERMS and (place := self._polynomial(e)) is not None:
            return place
        if isinstance(e, sympy.Add | sympy.Mul):
            total, *rest = [self._compile(arg) for arg in e.args]
            for part in rest:
                total = self._put("add" if isinstance(e, sympy.Add) else "mul", total, part)
            return total
        if isinstance(e, sympy.Pow):
            return self._power(e.base, e.exp)
        if type(e) in _UNARY:
            return self._put(_UNARY[type(e)], self._compile(e.args[0]))
        if isinstance(e, sympy.Min | sympy.Max):
            best, *rest = [self._compile(arg) for arg in e.args]
            for part in rest:
                best = self._put("min" if isinstance(e, sympy.Min) else "max", best, part)
            return best
        raise Unsupported(f"no enclosure is known for {type(e).__name__}: {e}")

    def _power(self, base: Any, exponent: Any) -> int:
        inner = self._compile(base)
        if isinstance(exponent, sympy.Integer):
            return self._put("power", inner, data=int(exponent))
        if isinstance(exponent, sympy.Rational):
            part = self._put("root", inner, data=int(exponent.q))
            return self._put("power", part, data=int(exponent.p))
        if not isinstance(base, sympy.Rational):
            raise Unsupported(f"expected a rational exponent, got {exponent}")
        return self._put("exp", self._put("mul", self._compile(exponent), self._put("log", inner)))

    def _polynomial(self, e: Any) -> int | None:
        """A node for a long sum that is a polynomial in one symbol; its coefficients are any constants."""
        free = e.free_symbols & set(self.symbols)
        if len(free) != 1 or e.free_symbols - free:
            return None
        (symbol,) = free
        try:
            size = degree(e, symbol)
        except ValueError:
            return None
        with ctx.workprec(128 + 4 * size):
            polynomial = Dense(dense(e, symbol, lambda c: Tape(c, ()).value(())))
        return self._put("poly", self._compile(symbol), data=polynomial)

    def _run(self, box: Sequence[Interval]) -> list[Interval]:
        values: list[Interval] = []
        for number, node in enumerate(self._nodes):
            values.append(self._evaluate(node, values, box, number))
        return values

    def _evaluate(self, node: _Node, values: list[Interval], box: Sequence[Interval], number: int) -> Interval:
        op = node.op
        if op == "add":
            return add(values[node.args[0]], values[node.args[1]])
        if op == "mul":
            a, b = node.args
            return power(values[a], 2) if a == b else mul(values[a], values[b])
        if op == "box":
            return box[node.data]
        if op in ("rational", "pi", "e"):
            key = (number, ctx.prec)
            if key not in self._constants:
                ball = arb(node.data) if op == "rational" else arb.pi() if op == "pi" else arb.const_e()
                self._constants[key] = ball.lower(), ball.upper()
            return self._constants[key]
        x = values[node.args[0]]
        if op == "power":
            return power(x, node.data)
        if op == "root":
            return root(x, node.data)
        if op == "poly":
            return node.data.value(x)
        if op in ("min", "max"):
            y, best = values[node.args[1]], least if op == "min" else greatest
            return best([x[0], y[0]]), best([x[1], y[1]])
        return _VALUE[op](x)

    def _slope(self, node: _Node, values: list[Interval], slopes: list[list[Interval]], number: int) -> list[Interval]:
        if node.op in ("rational", "pi", "e"):
            return [_NIL] * len(self.symbols)
        if node.op == "box":
            return [_UNIT if i == node.data else _NIL for i in range(len(self.symbols))]
        first = slopes[node.args[0]]
        if node.op == "add":
            return [add(a, b) for a, b in zip(first, slopes[node.args[1]], strict=True)]
        x = values[node.args[0]]
        if node.op == "mul":
            y, second = values[node.args[1]], slopes[node.args[1]]
            return [add(_scaled(y, a), _scaled(x, b)) for a, b in zip(first, second, strict=True)]
        if node.op in ("min", "max"):
            return _choice(node.op, x, values[node.args[1]], first, slopes[node.args[1]])
        if all(a is _NIL for a in first):
            return first
        factor = _factor(node, x, values[number])
        return [_scaled(factor, a) for a in first]


def _scaled(factor: Interval, slope: Interval) -> Interval:
    return _NIL if slope is _NIL else mul(factor, slope)


def _factor(node: _Node, x: Interval, value: Interval) -> Interval:
    """Range of the derivative of an operation of one argument."""
    if node.op == "power":
        n = node.data
        return mul((arb(n), arb(n)), power(x, n - 1)) if n else _NIL
    if node.op == "root":  # (x^(1/n))' = (x^(1/n))^(1-n) / n
        n = node.data
        return mul(thin(fmpq(1, n)), inverse(power(value, n - 1)))
    if node.op == "poly":
        return node.data.slope(x)
    if node.op == "exp":
        return value
    if node.op == "log":
        return inverse(x)
    if node.op == "sin":
        return cos(x)
    if node.op == "cos":
        low, high = sin(x)
        return -high, -low
    return _UNIT if x[0] >= _ZERO else (-_ONE, -_ONE) if x[1] <= _ZERO else _SIGN  # abs


def _choice(op: str, x: Interval, y: Interval, first: list[Interval], second: list[Interval]) -> list[Interval]:
    """Generalized derivatives of ``min(x, y)`` or ``max(x, y)``: those of the branch taken, or the hull of both."""
    below, above = (first, second) if op == "min" else (second, first)
    if x[1] <= y[0]:
        return below
    if y[1] <= x[0]:
        return above
    return [(least([a[0], b[0]]), greatest([a[1], b[1]])) for a, b in zip(first, second, strict=True)]
