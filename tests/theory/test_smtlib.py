"""The translator to SMT-LIB: every obligation of the theory says the same on both sides at random rationals."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
import sympy
import z3
from stalelaw.theory.claims import all_claims
from stalelaw.theory.proof.exact import NotDecided, at, evaluate, holds
from stalelaw.theory.proof.normal_form import ATOMS, atoms_of, normal
from stalelaw.theory.proof.records import Rel
from stalelaw.theory.proof.smtlib import obligation
from stalelaw.theory.proof.solvers import ask
from stalelaw.theory.symbols import G_upd, R_batch, R_crit, S_max, T_horizon, eta

DERIVED = (sympy.Abs, sympy.Min, sympy.Max)
DRAWS = 8
TRIES = 5 * DRAWS


def _obligations():
    for claim in all_claims():
        for step in claim.steps:
            if step.kind == "inequality":
                given = [claim.step(u).statement for u in step.uses]
                statement = step.statement
                if isinstance(statement.lhs, sympy.Sum) and isinstance(statement.rhs, sympy.Sum):
                    statement = Rel(statement.lhs.function, statement.op, statement.rhs.function)
                yield pytest.param(given, statement, id=f"{claim.id}:{step.id}")


def _is_root(atom):
    return isinstance(atom, sympy.Pow) and atom.exp == sympy.S.Half


def _free(script):
    """Atoms to draw: all but those defined by others, and what stands in powers with a symbolic exponent."""
    powers = [a for a in script.names if isinstance(a, sympy.Pow) and not _is_root(a)]
    inside = [inner for power in powers for arg in power.args for inner in atoms_of(arg)]
    found = dict.fromkeys([*script.names, *inside])
    return [a for a in found if isinstance(a, ATOMS) and not isinstance(a, DERIVED)]


def _draw(script, rng):
    """Random rationals for the free atoms; Abs, Min, Max, powers and roots of perfect squares follow from them."""
    values = {}
    squared = {a.base for a in script.names if _is_root(a)}
    for atom in _free(script):
        value = Fraction(rng.randint(0, 12), rng.randint(1, 5)) + (1 if atom.is_positive else 0)
        if atom.is_integer:
            value = Fraction(rng.randint(1, 9))
        if atom in squared:
            value = Fraction(rng.randint(1, 6)) ** 2
        free = not atom.is_nonnegative and not (isinstance(atom, sympy.Sum) and atom.function.is_nonnegative)
        values[atom] = -value if free and atom not in squared and rng.random() < 0.5 else value
    point = at(values)
    for atom in script.names:
        if atom not in values:
            values[atom] = evaluate(atom, point)
    return values


def _truth(script, values):
    """Truth of each assertion in z3 at the point; the last one is the negated goal."""
    substitution = []
    for atom, name in script.names.items():
        if not isinstance(values[atom], Fraction):
            return None  # an irrational root such as sqrt(2): z3 cannot be given it as a rational
        substitution.append((z3.Real(name), z3.Q(values[atom].numerator, values[atom].denominator)))
    solver = z3.Solver()
    solver.from_string(script.text)
    return [z3.is_true(z3.simplify(z3.substitute(a, *substitution))) for a in solver.assertions()]


@pytest.mark.parametrize(("given", "statement"), list(_obligations()))
def test_both_sides_agree_at_random_rationals(given, statement):
    script, rng = obligation(given, statement), random.Random(0)
    compared = 0
    for _ in range(TRIES):
        try:
            values = _draw(script, rng)
            point = at(values)
            expected = [holds(h.map(normal), point) for h in given] + [not holds(statement.map(normal), point)]
        except (NotDecided, ZeroDivisionError):
            continue  # outside the domain: a root of a negative number, a denominator of zero
        truth = _truth(script, values)
        if truth is None:
            continue
        assert all(truth[: -len(expected)]), "a sign or a definition of the script is false at a point of the domain"
        assert truth[-len(expected) :] == expected
        compared += 1
        if compared == DRAWS:
            break
    assert compared == DRAWS or any(_is_root(a) and not isinstance(a.base, ATOMS) for a in script.names)


def test_the_comparison_fails_on_a_mistranslated_relation():
    statement = Rel(eta * S_max * G_upd, "<", R_batch)
    script = obligation([], statement)
    values = dict.fromkeys(script.names, Fraction(1))
    values[R_batch] = Fraction(1)
    assert _truth(script, values)[-1] == (not holds(statement, at(values)))
    mistranslated = type(script)(script.text.replace("(>=", "(>"), script.names, script.unsigned)
    assert _truth(mistranslated, values)[-1] != (not holds(statement, at(values)))


def test_min_becomes_a_defined_variable_and_denominators_are_cleared():
    script = obligation([], Rel(eta, "<=", sympy.Min(R_batch / (S_max * G_upd), R_crit / (T_horizon * G_upd))))
    assert "/" not in "".join(line for line in script.text.splitlines() if not line.startswith(";"))
    assert "(or " in script.text
    assert script.unsigned == ()


def test_nested_roots_are_declared_before_they_are_used():
    script = obligation([Rel(sympy.sqrt(T_horizon) * T_horizon, "<=", eta)], Rel(sympy.sqrt(2 / T_horizon), "<=", eta))
    assert all(o.answer in ("sat", "unsat", "unknown") for o in ask(script.text, tuple(script.names.values())))


def test_unknown_operations_are_refused():
    with pytest.raises(TypeError, match="half-integer"):
        obligation([], Rel(eta ** sympy.Rational(1, 3), "<=", 1))
