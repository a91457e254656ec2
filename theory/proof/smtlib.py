"""The one translator from relations over SymPy atoms to SMT-LIB 2 (QF_NRA): denominators cleared, no floats.

``Abs``, ``Min``, ``Max`` and square roots become fresh variables with their defining polynomial constraints; every
other atom (sum of symbolic length, norm, inner product, applied function, logarithm, binomial coefficient, power with
a symbolic exponent) is an opaque real with the sign that its declaration gives it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

import sympy

from .normal_form import flatten, normal, sign_of
from .records import Rel

__all__ = ["Obligation", "obligation"]

_NEGATION = {"=": "distinct", "<=": ">", "<": ">=", ">=": "<", ">": "<="}


@dataclass(frozen=True)
class Obligation:
    """A question to the solvers: are these hypotheses and the negated goal together unsatisfiable?

    ``names`` maps each atom to its SMT variable; ``unsigned`` are denominators whose sign is not evident.
    """

    text: str
    names: dict[Any, str]
    unsigned: tuple[Any, ...]


@dataclass
class _Script:
    atoms: dict[Any, Any] = field(default_factory=dict[Any, Any])
    variables: dict[Any, str] = field(default_factory=dict[Any, str])
    lines: list[str] = field(default_factory=list[str])
    unsigned: list[Any] = field(default_factory=list[Any])

    def flat(self, expression: Any) -> Any:
        """Expression over symbols; new atoms are declared with their sign and, for Abs/Min/Max/roots, defined."""
        flat, stand_ins = _flat(expression)
        for atom in stand_ins:
            self.atoms.setdefault(atom, _slot(len(self.atoms), sign_of(atom)))
        flat = flat.xreplace({symbol: self.atoms[atom] for atom, symbol in stand_ins.items()})
        for atom, symbol in list(self.atoms.items()):
            if symbol not in self.variables:
                self._declare(atom, symbol)
        return flat

    def _declare(self, atom: Any, symbol: Any) -> None:
        self.variables[symbol] = name = f"x{len(self.variables)}"
        self.lines += [f"; {name} is {_shown(atom)}", f"(declare-const {name} Real)"]
        if atom.is_integer and atom.is_positive:
            self.lines.append(f"(assert (>= {name} 1))")
        elif atom.is_positive:
            self.lines.append(f"(assert (> {name} 0))")
        elif atom.is_nonnegative or (isinstance(atom, sympy.Sum) and atom.function.is_nonnegative):
            self.lines.append(f"(assert (>= {name} 0))")
        if isinstance(atom, sympy.Pow) and atom.exp == sympy.S.Half:
            if not atom.is_nonnegative:  # the principal root; that its base is >= 0 is an obligation of the statement
                self.lines.append(f"(assert (>= {name} 0))")
            self.lines.append(f"(assert {self.compare(symbol**2 - self.flat(atom.base), '=')})")
        options = [atom.args[0], -atom.args[0]] if isinstance(atom, sympy.Abs) else list(atom.args)
        if isinstance(atom, sympy.Abs | sympy.Max | sympy.Min):
            side = "<=" if isinstance(atom, sympy.Min) else ">="
            gaps = [symbol - self.flat(option) for option in options]
            self.lines += [f"(assert {self.compare(gap, side)})" for gap in gaps]
            self.lines.append(f"(assert (or {' '.join(self.compare(gap, '=') for gap in gaps)}))")

    def relation(self, lhs: Any, op: str, rhs: Any) -> str:
        """SMT text of ``lhs op rhs``."""
        return self.compare(self.flat(lhs) - self.flat(rhs), op)

    def compare(self, difference: Any, op: str) -> str:
        """``P/Q op 0`` with Q > 0 becomes ``P op 0``; with Q of unknown sign ``Q != 0`` and ``P*Q op 0``."""
        numerator, unsigned = _cleared(difference)
        text = f"({op} {self._term(numerator)} 0.0)"
        if unsigned is None:
            return text
        self.unsigned.append(unsigned)
        return f"(and (distinct {self._term(unsigned)} 0.0) {text})"

    def _term(self, e: Any) -> str:
        if isinstance(e, sympy.Rational):
            p, q = abs(int(e.p)), int(e.q)
            body = f"{p}.0" if q == 1 else f"(/ {p}.0 {q}.0)"
            return body if e >= 0 else f"(- {body})"
        if isinstance(e, sympy.Dummy):
            return self.variables[e]
        if isinstance(e, sympy.Add):
            return f"(+ {' '.join(self._term(a) for a in e.args)})"
        if isinstance(e, sympy.Mul):
            return f"(* {' '.join(self._term(a) for a in e.args)})"
        if isinstance(e, sympy.Pow) and e.exp.is_Integer and e.exp > 0:
            return f"(* {' '.join([self._term(e.base)] * int(e.exp))})"
        raise TypeError(f"cannot translate {e.func.__name__} to SMT-LIB")


@cache
def _slot(place: int, sign: str) -> Any:
    """The symbol at a place of every script: what was worked out for one script serves the next."""
    return sympy.Dummy("x", dummy_index=place, **{sign: True})


@lru_cache(maxsize=4096)
def _flat(expression: Any) -> tuple[Any, dict[Any, Any]]:
    atoms: dict[Any, Any] = {}
    return flatten(expression, atoms), atoms


@lru_cache(maxsize=4096)
def _shown(atom: Any) -> str:
    return str(atom).replace("\n", " ")


@lru_cache(maxsize=4096)
def _cleared(difference: Any) -> tuple[Any, Any | None]:
    """``P`` of ``P/Q`` where Q > 0, ``-P`` where Q < 0, and None; else ``P*Q`` and Q."""
    numerator, denominator = difference, sympy.S.One
    if any(not power.exp.is_positive for power in difference.atoms(sympy.Pow)):
        numerator, denominator = sympy.fraction(sympy.together(difference))
    if denominator.is_negative:
        return sympy.expand(-numerator), None
    if denominator.is_positive:
        return sympy.expand(numerator), None
    return sympy.expand(numerator * denominator), denominator


def obligation(hypotheses: Sequence[Rel], goal: Rel | None) -> Obligation:
    """Build the SMT-LIB script of ``hypotheses and not goal`` (or of the hypotheses alone, for satisfiability)."""
    return _obligation(tuple(hypotheses), goal)


@lru_cache(maxsize=1024)  # a mutant asks most questions twice
def _obligation(hypotheses: tuple[Rel, ...], goal: Rel | None) -> Obligation:
    script = _Script()
    body = [f"(assert {script.relation(normal(h.lhs), h.op, normal(h.rhs))})" for h in hypotheses]
    if goal is not None:
        body.append(f"(assert {script.relation(normal(goal.lhs), _NEGATION[goal.op], normal(goal.rhs))})")
    text = "\n".join(["(set-logic QF_NRA)", *script.lines, *body, "(check-sat)"])
    back = {symbol: atom for atom, symbol in script.atoms.items()}
    names = {back[symbol]: name for symbol, name in script.variables.items()}
    return Obligation(text, names, tuple(q.xreplace(back) for q in script.unsigned))
