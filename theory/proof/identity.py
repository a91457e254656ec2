"""Identities: exact zero of a rational normal form, and independently equality at random rational points."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy
from sympy.core.function import AppliedUndef

from ..symbols import INDICES, is_vector, t_step
from .exact import Value, evaluate, holds, is_tuple
from .inequality import nonzero
from .normal_form import Equations, denominators, instance_of
from .records import Rel, StepKind, StepVerdict

__all__ = ["N_POINTS", "check_identity"]

N_POINTS = 5
_NAMED = (sympy.Symbol, AppliedUndef)
_FIRST_STEP = -9  # where a recursion in the learner step starts, before any window that is drawn


def check_identity(step_id: str, kind: StepKind, statement: Rel, hypotheses: Sequence[Rel]) -> StepVerdict:
    """Prove or refute ``lhs = rhs`` given equalities.

    Equalities with one atom on the left are rewrite rules, the others generate an ideal.
    Denominators that occur are obligations: each factor must be nonzero by sign or by SMT. The second check evaluates
    both sides, with sums of concrete length expanded, at ``N_POINTS`` random rational points satisfying the equalities.
    """
    equations = Equations.of(hypotheses)
    factors = {f for side in (statement.lhs, statement.rhs) for f in denominators(side) if not f.is_number}
    obligations = [f"{f} != 0" for f in sorted(factors, key=str)]
    undecided = [f"{f} != 0" for f in sorted(factors, key=str) if not nonzero(f, hypotheses)]
    try:
        points = _samples(equations, _ranges(hypotheses))
        zero = equations.imply_zero(statement.lhs - statement.rhs)
        unequal = [p for p in points if not holds(statement, p)]
    except RecursionError:
        return StepVerdict(step_id, kind, "undecided", "normal-form", 0.0, "the equalities used are circular")
    if not zero and unequal:
        return StepVerdict(
            step_id,
            kind,
            "refuted",
            "normal-form",
            0.0,
            "the two sides differ",
            counterexample=unequal[0].shown(statement),
        )
    if zero and not unequal and not undecided:
        message = f"rational normal form is zero; equal at {N_POINTS} random rational points"
        return StepVerdict(step_id, kind, "proved", "normal-form", 0.0, message, obligations=tuple(obligations))
    reason = (
        f"unproved obligations: {undecided}"
        if undecided
        else f"normal form zero: {zero}, points differing: {len(unequal)}"
    )
    return StepVerdict(step_id, kind, "undecided", "normal-form", 0.0, reason, obligations=tuple(obligations))


def _ranges(hypotheses: Sequence[Rel]) -> list[Rel]:
    """The inequalities that speak of integers alone, such as the range of an index."""
    bounds = [h for h in hypotheses if h.op != "=" and h.lhs.free_symbols | h.rhs.free_symbols]
    return [h for h in bounds if all(_polynomial_in_integers(side) for side in (h.lhs, h.rhs))]


def _polynomial_in_integers(side: Any) -> bool:
    return all(s.is_integer for s in side.free_symbols) and bool(side.is_polynomial(*side.free_symbols))


def _samples(equations: Equations, ranges: Sequence[Rel]) -> list[_Sample]:
    """The first ``N_POINTS`` random points at which the integers lie in their ranges.

    Raises:
        ArithmeticError: there are not so many among the points tried.
    """
    found: list[_Sample] = []
    for seed in range(N_POINTS if not ranges else 60 * N_POINTS):
        point = _Sample(equations, seed, frozenset(s for r in ranges for s in r.lhs.free_symbols | r.rhs.free_symbols))
        if len(found) < N_POINTS and all(holds(r, point) for r in ranges):
            found.append(point)
    if len(found) < N_POINTS:
        raise ArithmeticError(f"no {N_POINTS} random points in the range {[str(r) for r in ranges]}")
    return found


@dataclass(frozen=True)
class _Constraint:
    """``Sum(f(i), (i, 1, n)) = total``: values of f are drawn and rescaled so that it holds; other indices are free."""

    function: Any
    index: Any
    high: Any
    total: Any


class _Sample:
    """A random rational point of the declared domain on which the given equalities hold by construction."""

    def __init__(self, equations: Equations, seed: int, bounded: frozenset[Any] = frozenset()) -> None:
        self.random = random.Random(seed)
        self.bounded = bounded
        self.values: dict[Any, Value] = {}
        self.drawn: dict[Any, Value] = {}
        self.met: dict[Any, Value] = {}
        self.rules = equations.rules
        self.sums: list[_Constraint] = []
        for relation in equations.relations:
            total = next(iter(relation.atoms(sympy.Sum)), None)
            if total is not None and isinstance(total.function, AppliedUndef):
                index, _, high = total.limits[0]
                self.sums.append(_Constraint(total.function, index, high, total - relation))
            elif total is None:
                self._share(relation)

    def _share(self, relation: Any) -> None:
        """Positive symbols known to sum to a positive number, ``p + q = 1``, are drawn as shares of it."""
        rest, members = relation.as_coeff_Add()
        shares = sympy.Add.make_args(members)
        if rest < 0 and all(isinstance(s, sympy.Symbol) and s.is_positive and s not in self.values for s in shares):
            raw = [Fraction(self.random.randint(1, 9)) for _ in shares]
            self.values |= {s: Fraction(-rest) * w / sum(raw) for s, w in zip(shares, raw, strict=True)}

    def __call__(self, atom: Any) -> Value | None:
        if not isinstance(atom, _NAMED):
            return None
        if atom not in self.met:
            self.met[atom] = self._known(atom)
        return self.met[atom]

    def _known(self, atom: Any) -> Value:
        key = atom
        if isinstance(atom, AppliedUndef):
            steps = {x: sympy.Integer(int(self._at(x))) for x in atom.free_symbols if x.is_integer}
            atom = atom.xreplace(steps)
            key = (atom.func, *(evaluate(a, self) for a in atom.args))  # equal arguments, equal values
        if key not in self.values:
            self.values[key] = self._value(atom)
            self.drawn[atom] = self.values[key]
        return self.values[key]

    def _at(self, symbol: Any) -> Value:
        return self(symbol)

    def _value(self, atom: Any) -> Value:
        for lhs, rhs in self.rules:
            if lhs != atom and (not lhs.args or lhs.func != atom.func):
                continue
            fixed = {s: sympy.Integer(int(self._at(s))) for s in _places(lhs)}
            lhs, rhs = lhs.xreplace(fixed), rhs.xreplace(fixed)  # the atom speaks of numbers by now
            rule = instance_of(lhs, rhs, atom, _patterns(lhs))
            if rule is not None and rule.has(sympy.zoo, sympy.nan):  # the equation is not defined here
                continue
            if rule is not None and (not atom.args or not atom.args[-1].is_Integer or atom.args[-1] > _FIRST_STEP):
                return evaluate(rule, self)
        drawn = self._constrained(atom) if isinstance(atom, AppliedUndef) else None
        return self._draw(atom) if drawn is None else drawn

    def _constrained(self, atom: Any) -> Value | None:
        for constraint in self.sums:
            places = dict(zip(constraint.function.args, atom.args, strict=False))
            here = {i: v for i, v in places.items() if i in INDICES and i != constraint.index}
            high = evaluate(constraint.high, self)
            function = constraint.function.xreplace(here)
            members = [function.subs(constraint.index, j) for j in range(1, int(high) + 1)]
            if atom in members:
                total = evaluate(constraint.total.xreplace(here), self)
                raw = [Fraction(self.random.randint(1, 9)) for _ in members]
                if total == 0 and not atom.is_nonnegative:
                    raw = [w - sum(raw) / len(raw) for w in raw]
                else:
                    raw = [total * w / sum(raw) for w in raw]
                shares = dict(zip(members, raw, strict=True))
                for member, share in shares.items():
                    self.values[member.func, *(evaluate(a, self) for a in member.args)] = share
                return shares[atom]
        return None

    def _draw(self, atom: Any) -> Value:
        if is_vector(atom):
            return tuple(Fraction(self.random.randint(-9, 9), self.random.randint(1, 5)) for _ in range(2))
        if atom.is_integer:
            if atom in self.bounded:  # an index, or a size that bounds one
                return Fraction(self.random.randint(1 if atom.is_positive else 0, 6))
            return Fraction(self.random.randint(1, 4))
        value = Fraction(self.random.randint(1, 30), self.random.randint(1, 9))
        return value if atom.is_nonnegative else value * self.random.choice((-1, 1))

    def shown(self, statement: Rel) -> dict[str, str]:
        """The values drawn, and both sides, as text."""
        shown = {str(atom): _text(value) for atom, value in self.drawn.items()}
        return shown | {"lhs": _text(evaluate(statement.lhs, self)), "rhs": _text(evaluate(statement.rhs, self))}


def _patterns(lhs: Any) -> set[Any]:
    """Symbols of a rule that stand for any value: its indices, and the learner step, which is a number by now."""
    return lhs.free_symbols & (INDICES | {t_step})


def _places(lhs: Any) -> set[Any]:
    """Integers among the arguments of a rule that are no pattern, such as the number of terms of a sum."""
    return {s for arg in lhs.args for s in arg.free_symbols if s.is_integer} - _patterns(lhs)


def _text(value: Value) -> str:
    return f"({', '.join(map(str, value))})" if is_tuple(value) else str(value)
