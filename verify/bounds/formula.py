"""Formulas of users: arithmetic over named numbers, read by a closed grammar and never evaluated as Python.

::

    sum     = product (("+" | "-") product)*
    product = sign (("*" | "/") sign)*
    sign    = ("-" | "+") sign | power
    power   = atom ["**" sign]
    atom    = number | name | function "(" sum ("," sum)* ")" | "(" sum ")"

Python's own parser splits the text (``ast``, nothing is compiled or run); every node that is not in this grammar is
refused with its place. Numbers are float64 throughout, so that no input can make an integer grow.
"""

from __future__ import annotations

import ast
import math
import re
import unicodedata
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from ...theory.units import Unit

__all__ = ["FUNCTIONS", "LONGEST", "Formula", "FormulaError", "parse"]

LONGEST = 1000
DEEPEST = 50
ALLOWED = re.compile(r"[A-Za-z0-9_.,()+\-*/ ]")
FUNCTIONS: Mapping[str, tuple[Callable[..., Any], int, int, str]] = {
    "sqrt": (np.sqrt, 1, 1, "root"),
    "exp": (np.exp, 1, 1, "pure"),
    "log": (np.log, 1, 1, "pure"),
    "sin": (np.sin, 1, 1, "pure"),
    "cos": (np.cos, 1, 1, "pure"),
    "abs": (np.abs, 1, 1, "same"),
    "min": (lambda *x: np.min(x), 2, 16, "same"),
    "max": (lambda *x: np.max(x), 2, 16, "same"),
}
"""name -> (meaning, fewest and most arguments, what happens to the unit)."""

OPERATORS: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
}


class FormulaError(ValueError):
    """A formula that cannot be read: what was expected, what was got, and where (column 1 is its first character)."""

    def __init__(self, expected: str, got: str, column: int) -> None:
        self.expected, self.got, self.column = expected, got, column
        super().__init__(f"expected {expected}; got {got} at column {column}")


@dataclass(frozen=True)
class Formula:
    """A formula that has passed the grammar, from ``parse``; ``names`` are those it needs, with their first columns."""

    text: str
    names: Mapping[str, int]
    root: ast.expr = field(repr=False)

    def value(self, values: Mapping[str, float]) -> float:
        """Float64 value at a number per name; inf or nan where the arithmetic has no finite answer."""
        with np.errstate(all="ignore"):
            return float(_value(self.root, values))

    def unit(self, units: Mapping[str, Unit]) -> Unit | None:
        """Unit of the value, given one per name; None for a formula that is 0 and fits every unit.

        Raises:
            FormulaError: addends differ in unit, or one stands where a pure number must (an exponent, exp, log, ...).
        """
        return _unit(self.root, units)


def parse(text: str) -> Formula:
    """Read a formula; blanks around it are not part of it.

    Raises:
        FormulaError: not in the grammar, or longer or deeper nested than ``LONGEST`` and ``DEEPEST``.

    Example:
        >>> list(parse("K_phi * G_upd * S_max * eta").names)
        ['K_phi', 'G_upd', 'S_max', 'eta']
    """
    text = text.strip()
    if len(text) > LONGEST:
        raise FormulaError(f"at most {LONGEST} characters", f"{len(text)}", LONGEST + 1)
    for place, character in enumerate(text):
        if ALLOWED.match(character) is None:
            name = unicodedata.name(character, "a control character")
            raise FormulaError(
                "letters, digits, spaces and _ . , ( ) + - * / only", f"{character!r} ({name})", place + 1
            )
    depth = 0
    for place, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth > DEEPEST:
            raise FormulaError(f"at most {DEEPEST} parentheses inside each other", "more", place + 1)
    if not text:
        raise FormulaError("a formula such as K_phi * G_upd * S_max * eta", "nothing", 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            root = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        column = getattr(error, "offset", None) or 1
        got = getattr(error, "msg", None) or type(error).__name__
        raise FormulaError("numbers, names, + - * / **, parentheses and functions", str(got), column) from error
    names: dict[str, int] = {}
    _admit(root, names, 4 * DEEPEST)
    return Formula(text, names, root)


def _column(node: ast.expr) -> int:
    return node.col_offset + 1


def _admit(node: ast.expr, names: dict[str, int], room: int) -> None:
    """Raise FormulaError unless the node and all below it are in the grammar; collect names."""
    place = _column(node)
    if room < 1:
        raise FormulaError(f"operations at most {4 * DEEPEST} deep", "a deeper formula; name parts as constants", place)
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        below: list[ast.expr] = [node.left, node.right]
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        below = [node.operand]
    elif isinstance(node, ast.Name):
        names.setdefault(node.id, place)
        return
    elif isinstance(node, ast.Constant):
        _number(node)
        return
    elif isinstance(node, ast.Call):
        _admit_call(node, place)
        below = list(node.args)
    else:
        what = type(node.op if isinstance(node, ast.BinOp | ast.UnaryOp) else node).__name__
        raise FormulaError("numbers, names, + - * / **, parentheses and functions", f"Python's {what}", place)
    for part in below:
        _admit(part, names, room - 1)


def _admit_call(node: ast.Call, place: int) -> None:
    name = node.func.id if isinstance(node.func, ast.Name) else "something that is no name"
    if name not in FUNCTIONS:
        raise FormulaError(f"a function out of {', '.join(FUNCTIONS)}", name, place)
    _, low, high, _ = FUNCTIONS[name]
    if node.keywords or not low <= len(node.args) <= high:
        count = f"{low}" if low == high else f"{low} to {high}"
        raise FormulaError(f"{count} arguments of {name}", f"{len(node.args) + len(node.keywords)}", place)


def _number(node: ast.Constant) -> float:
    if isinstance(node.value, bool) or not isinstance(node.value, int | float):
        raise FormulaError("a number", f"{type(node.value).__name__}", _column(node))
    try:
        found = float(node.value)
    except OverflowError:
        found = math.inf
    if not math.isfinite(found):
        raise FormulaError("a number below 1.8e308", "a larger one", _column(node))
    return found


def _value(node: ast.expr, values: Mapping[str, float]) -> Any:
    match node:
        case ast.BinOp(left, op, right):
            return OPERATORS[type(op)](_value(left, values), _value(right, values))
        case ast.UnaryOp(op, operand):
            return -_value(operand, values) if isinstance(op, ast.USub) else _value(operand, values)
        case ast.Call(ast.Name(name), args):
            return FUNCTIONS[name][0](*(_value(argument, values) for argument in args))
        case ast.Name(name):
            return np.float64(values[name])
        case ast.Constant():
            return np.float64(_number(node))
        case _:
            raise AssertionError(ast.dump(node))


def _unit(node: ast.expr, units: Mapping[str, Unit]) -> Unit | None:
    match node:
        case ast.Constant():
            return None if _number(node) == 0 else Unit()
        case ast.Name(name):
            return units[name]
        case ast.UnaryOp(_, operand):
            return _unit(operand, units)
        case ast.BinOp(base, ast.Pow(), exponent):
            return _power(base, exponent, units)
        case ast.BinOp(left, ast.Mult() | ast.Div() as op, right):
            one, other = _unit(left, units), _unit(right, units) or Unit()
            return one and one * other ** Fraction(1 if isinstance(op, ast.Mult) else -1)
        case ast.BinOp(left, _, right):
            return _shared([left, right], units)
        case ast.Call(ast.Name(name), args):
            rule = FUNCTIONS[name][3]
            if rule == "same":
                return _shared(args, units)
            inner = _unit(args[0], units)
            if rule == "root":
                return inner and inner ** Fraction(1, 2)
            return _pure(args[0], inner, f"inside {name}")
        case _:
            raise AssertionError(ast.dump(node))


def _power(base: ast.expr, exponent: ast.expr, units: Mapping[str, Unit]) -> Unit | None:
    _pure(exponent, _unit(exponent, units), "in an exponent")
    below = _unit(base, units)
    if below in (None, Unit()):
        return Unit()
    names: dict[str, int] = {}
    _admit(exponent, names, 4 * DEEPEST)
    power = math.nan if names else float(_value(exponent, {}))
    if not abs(power) <= 100:
        got = f"the unit {below} to a power that is none"
        raise FormulaError(
            "a written number of at most 100 as the exponent of a quantity with a unit", got, _column(base)
        )
    return below and below ** Fraction(power).limit_denominator(1000)


def _pure(node: ast.expr, unit: Unit | None, where: str) -> Unit:
    if unit not in (None, Unit()):
        raise FormulaError(f"a pure number {where}", f"the unit {unit}", _column(node))
    return Unit()


def _shared(parts: list[ast.expr], units: Mapping[str, Unit]) -> Unit | None:
    """The one unit of addends or options."""
    common: Unit | None = None
    for part in parts:
        unit = _unit(part, units)
        if unit is not None and common is not None and unit != common:
            raise FormulaError(f"the unit {common} as before it", f"the unit {unit}", _column(part))
        common = common or unit
    return common
