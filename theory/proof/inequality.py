"""Inequalities over the reals by z3 and cvc5, scalar or term by term under sums of symbolic length."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import sympy

from .exact import NotDecided, at, evaluate, holds
from .normal_form import atoms_of, denominators, normal
from .records import Rel, StepKind, StepVerdict
from .smtlib import obligation
from .solvers import SOLVERS, Opinion, ask, ask_one

__all__ = ["check_inequality", "entails", "nonzero", "satisfiable"]


def check_inequality(step_id: str, kind: StepKind, statement: Rel, hypotheses: Sequence[Rel]) -> StepVerdict:
    """Prove ``lhs op rhs`` from the hypotheses, or show rationals at which they hold and it fails.

    Two sums over one range are compared term by term: the hypotheses must then imply the relation between the
    summands at a generic index of that range. The hypotheses are shown satisfiable (the witness is returned), each
    solver sees a fresh instance, and every denominator of the statement must be provably nonzero.
    """
    goal, engine = statement, ""
    if _same_range(statement):
        if statement.op in ("<", ">"):
            return StepVerdict(step_id, kind, "undecided", "termwise", 0.0, "a strict relation fails for empty sums")
        goal, engine = Rel(statement.lhs.function, statement.op, statement.rhs.function), "termwise:"
        ((index, low, high),) = statement.lhs.limits
        hypotheses = [*hypotheses, Rel(index, ">=", low), Rel(index, "<=", high)]
    divisors = [*denominators(goal.lhs), *denominators(goal.rhs), *obligation([], goal).unsigned]
    zeros = [q for q in dict.fromkeys(divisors) if not nonzero(q, hypotheses)]
    script = obligation(hypotheses, goal)
    opinions = ask(script.text, tuple(script.names.values()))
    answers = {o.solver: o.answer for o in opinions}
    said = ", ".join(f"{solver}: {answer}" for solver, answer in answers.items())
    if zeros:
        return StepVerdict(step_id, kind, "undecided", engine + "smt", 0.0, f"denominator may vanish: {zeros}")
    unsat = [s for s, a in answers.items() if a == "unsat"]
    if unsat and "sat" not in answers.values():
        witness = satisfiable(hypotheses)
        if witness is None:
            return StepVerdict(step_id, kind, "undecided", engine + "smt", 0.0, "the hypotheses contradict each other")
        return StepVerdict(step_id, kind, "proved", engine + "+".join(unsat), 0.0, said, witness=witness)
    if "sat" in answers.values() and not unsat:
        who = "+".join(s for s, a in answers.items() if a == "sat")
        counterexample = _counterexample(opinions, script.names, hypotheses, goal)
        message = "" if counterexample else "the model found is irrational; " + said
        return StepVerdict(step_id, kind, "refuted", engine + who, 0.0, message, counterexample=counterexample)
    return StepVerdict(step_id, kind, "undecided", engine + "smt", 0.0, said)


def entails(hypotheses: Sequence[Rel], goal: Rel) -> bool | None:
    """Whether the hypotheses imply the goal: True (a solver says so), False (a solver has a model), None (unknown)."""
    script = obligation(hypotheses, goal)
    answers = {o.answer for o in ask(script.text, tuple(script.names.values()))}
    if "unsat" in answers:
        return None if "sat" in answers else True
    return False if "sat" in answers else None


def nonzero(expression: Any, hypotheses: Sequence[Rel]) -> bool:
    """Whether an expression cannot vanish: by declared signs, else by the solvers."""
    if expression.is_positive or expression.is_negative:
        return True
    outer = atoms_of(expression)
    relevant = {*outer, *(inner for root in outer if isinstance(root, sympy.Pow) for inner in atoms_of(root.base))}
    close = [h for h in hypotheses if relevant & {*atoms_of(normal(h.lhs)), *atoms_of(normal(h.rhs))}]
    return any(entails(close, Rel(expression, op, sympy.S.Zero)) is True for op in (">", "<"))


def satisfiable(hypotheses: Sequence[Rel]) -> dict[str, str] | None:
    """A point at which all hypotheses hold (atoms as text, irrational values left out), or None."""
    script = obligation(hypotheses, None)
    for solver in SOLVERS:  # the second is asked only when the first has no model
        opinion = ask_one(solver, script.text, tuple(script.names.values()))
        if opinion.answer == "sat":
            model = dict(opinion.model)
            return {str(atom): model[name] for atom, name in script.names.items() if name in model}
    return None


def _same_range(statement: Rel) -> bool:
    left, right = statement.lhs, statement.rhs
    return isinstance(left, sympy.Sum) and isinstance(right, sympy.Sum) and left.limits == right.limits


def _counterexample(
    opinions: tuple[Opinion, ...], names: dict[Any, str], hypotheses: Sequence[Rel], goal: Rel
) -> dict[str, str]:
    """The first solver model that exact arithmetic confirms: every hypothesis true, the goal false."""
    for opinion in opinions:
        model = dict(opinion.model)
        values: dict[Any, Any] = {atom: Fraction(model[name]) for atom, name in names.items() if name in model}
        try:
            point = at(values)
            if all(holds(h.map(normal), point) for h in hypotheses) and not holds(goal.map(normal), point):
                left, right = evaluate(normal(goal.lhs), point), evaluate(normal(goal.rhs), point)
                return {str(a): str(v) for a, v in values.items()} | {"lhs": str(left), "rhs": str(right)}
        except (KeyError, NotDecided, ZeroDivisionError):
            continue
    return {}
