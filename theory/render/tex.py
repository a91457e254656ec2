"""TeX of expressions and relations, from the registry: every symbol prints as ``symbols.TABLE`` says, products and sums
in a fixed readable order (SymPy's own order depends on names and hashes of the internals).
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import sympy
from sympy.core.function import AppliedUndef
from sympy.printing.latex import LatexPrinter

from ..proof.records import Rel
from ..proof.vectors import Norm
from ..symbols import TABLE
from .lines import RELATIONS, depths
from .order import ABS, SUM_OF_TERMS, ReadingOrder, negative, pulled

__all__ = ["named", "tex", "tex_rel"]


_PREFIX = re.compile(r"\\(partial|nabla|log|mathrm\{d\})")


def tex(expression: Any) -> str:
    r"""TeX of an expression over registered symbols.

    Example:
        >>> from stalelaw.theory.symbols import C_bias, S_max, eta
        >>> print(tex(eta * S_max * C_bias))
        C\,S_{\max}\,\eta
    """
    return _printed(sympy.sympify(expression), len(TABLE))


@cache
def _printed(expression: Any, registered: int) -> str:
    """Printed once while no symbol joins the registry, which only grows."""
    return TheoryPrinter().doprint(expression)


def tex_rel(rel: Rel) -> str:
    r"""TeX of a relation as typed: the sides are never exchanged, ``1 > rho`` stays ``1 > \rho``."""
    return f"{tex(rel.lhs)} {RELATIONS[rel.op]} {tex(rel.rhs)}"


class TheoryPrinter(LatexPrinter):
    """SymPy's LaTeX printer with the registry's symbols and a fixed order of factors and terms."""

    def __init__(self) -> None:
        super().__init__()
        self.reading = ReadingOrder()

    # --- atoms ----------------------------------------------------------------------------------------------------
    def _print(self, expr: Any, **kwargs: Any) -> str:
        if isinstance(expr, AppliedUndef):  # by class, so that no function name can select another printer method
            return self._applied(expr)
        return str(super()._print(expr, **kwargs))

    def _print_Symbol(self, expr: Any, style: str = "plain") -> str:
        return named(expr.name)

    def _applied(self, expr: Any) -> str:
        name = expr.func.__name__
        args = [self._print(arg) for arg in expr.args]
        if name not in TABLE:
            return f"{named(name)}({','.join(args)})"
        filled = re.sub(r"#(\d)", lambda place: args[int(place[1]) - 1] + "\0", TABLE[name].tex)
        return re.sub(r"(\\[A-Za-z]+)\0(?=[A-Za-z])", r"\1 ", filled).replace("\0", "")  # \tau before i

    # --- norms, sums, functions -----------------------------------------------------------------------------------
    def _print_Norm(self, expr: Any) -> str:
        return _enclosed(r"\lVert", self._even(expr.args[0]), r"\rVert")

    def _print_Abs(self, expr: Any, exp: Any = None) -> str:
        return _enclosed(r"\lvert", self._even(expr.args[0]), r"\rvert")

    def _print_Inner(self, expr: Any) -> str:
        return _enclosed(r"\langle", ",".join(self._print(arg) for arg in expr.args), r"\rangle")

    def _print_Min(self, expr: Any, exp: Any = None) -> str:
        args = sorted(expr.args, key=self.reading.term)
        return "\\" + expr.func.__name__.lower() + _enclosed(r"\{", ",".join(map(self._print, args)), r"\}")

    _print_Max = _print_Min

    def _print_log(self, expr: Any, exp: Any = None) -> str:
        argument = expr.args[0]
        shown = self._print(argument)
        return rf"\log {shown}" if argument.is_Symbol or argument.is_Integer else rf"\log{_enclosed('(', shown, ')')}"

    def _named(self, name: str, expr: Any) -> str:
        return name + _enclosed("(", self._print(expr.args[0]), ")")

    def _print_sin(self, expr: Any, exp: Any = None) -> str:
        return self._named(r"\sin", expr)

    def _print_cos(self, expr: Any, exp: Any = None) -> str:
        return self._named(r"\cos", expr)

    def _print_acos(self, expr: Any, exp: Any = None) -> str:
        return self._named(r"\arccos", expr)

    def _print_Radius(self, expr: Any) -> str:
        return self._named(r"\operatorname{rad}", expr)

    def _print_Sum(self, expr: Any) -> str:
        if negative(expr.function):
            return f"-{self._print(sympy.Sum(-expr.function, *expr.limits))}"
        signs = [rf"\sum_{{{self._print(i)}={self._print(a)}}}^{{{self._print(b)}}}" for i, a, b in expr.limits]
        return "".join(signs) + " " + self._factor(expr.function)

    def _even(self, argument: Any) -> str:
        """Inside a norm or an absolute value the sign is free: the first term in reading order gets the plus."""
        terms = sorted(map(pulled, sympy.Add.make_args(argument)), key=self.reading.term)
        return self._print(-argument if negative(terms[0]) else argument)

    # --- sums, products, powers -----------------------------------------------------------------------------------
    def _print_Add(self, expr: Any, order: Any = None) -> str:
        terms = sorted(map(pulled, expr.args), key=self.reading.term)
        if all(term.is_integer for term in terms):  # k + 1, but 1 + epsilon
            terms.sort(key=lambda term: term.is_number)
        terms.sort(key=negative)
        shown = ""
        for term in terms:
            text = self._print(term)
            shown += text if not shown or text.startswith("-") else "+" + text
        return shown

    def _print_Mul(self, expr: Any) -> str:
        expr = pulled(expr)
        sign = "-" if negative(expr) else ""
        number, factors = (-expr if sign else expr).as_coeff_mul(rational=True)
        above, below, p, q = list[Any](), list[Any](), int(number.p), int(number.q)
        roots = sum(factor.as_base_exp()[1] == sympy.S.Half for factor in factors)
        for factor in sorted(factors, key=self.reading.factor):
            base, exponent = factor.as_base_exp()
            if (
                base.is_Integer and exponent == sympy.S.Half and roots == 1 and q % int(base) == 0
            ):  # sqrt(2)/2 = 1/sqrt(2)
                q //= int(base)
                below.append(factor)
            elif exponent.is_Rational and exponent < 0:
                below.append(base**-exponent)
            else:
                above.append(factor)
        if not below:
            head = "" if p == q == 1 else rf"\tfrac{{{p}}}{{{q}}}" if q > 1 else str(p)
            return sign + self._joined(head, above)
        inside = [f for f in above if self.reading.factor(f)[0] < SUM_OF_TERMS]
        after = [f for f in above if f not in inside]
        if p == 1 and not inside and len(after) == 1 and self.reading.factor(after[0])[0] < ABS:
            inside, after = after, []
        over = self._alone(p, inside)
        return sign + self._joined(rf"\frac{{{over}}}{{{self._alone(q, below)}}}", after)

    def _print_Pow(self, expr: Any) -> str:
        base, exponent = expr.as_base_exp()
        if exponent == sympy.S.Half:
            return rf"\sqrt{{{self._print(base)}}}"
        if exponent.is_Rational and exponent < 0:
            return rf"\frac{{1}}{{{self._print(base**-exponent)}}}"
        shown = self._print(base)
        atomic = base.is_Integer or base.is_Symbol or isinstance(base, AppliedUndef | Norm | sympy.Abs)
        at_top = [token for token, depth in depths(shown) if depth == 0]
        plain = atomic and not {"+", "-", "^", "'"} & set(at_top) and not _PREFIX.match(shown)
        return f"{shown if plain else _enclosed('(', shown, ')')}^{{{self._print(exponent)}}}"

    def _print_Rational(self, expr: Any) -> str:
        sign = "-" if expr.p < 0 else ""
        return f"{sign}{abs(expr.p)}" if expr.q == 1 else rf"{sign}\tfrac{{{abs(expr.p)}}}{{{expr.q}}}"

    def _alone(self, number: int, factors: list[Any]) -> str:
        """Numerator or denominator: a single sum of terms needs no brackets there."""
        if number == 1 and len(factors) == 1:
            return self._print(factors[0])
        return self._joined("" if number == 1 and factors else str(number), factors)

    def _joined(self, head: str, factors: list[Any]) -> str:
        """``2``, ``C``, ``eta`` -> ``2C``, thin space, ``eta``; equal exponents are shared: ``(S eta)^2``."""
        texts: list[str] = []
        for exponent, group in self._grouped(factors):
            bases = r"\,".join(map(self._factor, group))
            root = exponent == sympy.S.Half
            texts.append(bases if exponent == 1 else rf"\sqrt{{{bases}}}" if root else f"({bases})^{{{exponent}}}")
        product = r"\,".join(texts).replace(r"\,\sum", r" \sum")
        return head + (" " if head.endswith("}") and texts else "") + product

    def _grouped(self, factors: list[Any]) -> Iterator[tuple[Any, list[Any]]]:
        powers = [f.as_base_exp() for f in factors]
        exponents = [e for _, e in powers if (e.is_Integer and e > 1) or e == sympy.S.Half]
        shared = {e for e in exponents if exponents.count(e) > 1}
        done: set[Any] = set()
        for factor, (_, exponent) in zip(factors, powers, strict=True):
            if exponent not in shared:
                yield 1, [factor]
            elif exponent not in done:
                done.add(exponent)
                yield exponent, [base for base, e in powers if e == exponent]

    def _factor(self, factor: Any) -> str:
        shown = self._print(factor)
        signs = any(token in "+-" for token, depth in depths(shown) if depth == 0)
        return _enclosed("(", shown, ")") if signs and not isinstance(factor, sympy.Sum) else shown


def _enclosed(left: str, content: str, right: str) -> str:
    gap = " " if left[-1].isalpha() and content[:1].isalpha() else ""
    big = re.search(r"\\sum|\\frac", content)
    return rf"\Bigl{left}{gap}{content}\Bigr{right}" if big else f"{left}{gap}{content}{right}"


def named(name: str) -> str:
    """TeX of a symbol by name, of a function without arguments; what nobody registered prints as its letters."""
    if name in TABLE:
        plain = re.sub(r"[_^]\{[^{}]*#\d[^{}]*\}|\([^()]*#\d[^()]*\)|\[[^][]*#\d[^][]*\]", "", TABLE[name].tex)
        if "#" not in plain:
            return plain
    letters = "".join(c if c.isascii() and c.isalnum() else r"\_" for c in name)
    return rf"\mathit{{{letters}}}"
