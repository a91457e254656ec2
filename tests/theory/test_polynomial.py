"""The polynomial engine: both opinions agree with a count of roots by factorisation, and nothing false is proved."""

from __future__ import annotations

import itertools
import random

import mpmath
import pytest
import sympy
from flint import fmpq, fmpq_poly
from stalelaw.theory import symbols as sy
from stalelaw.theory.proof.boxes import Side
from stalelaw.theory.proof.polynomial import check_polynomial
from stalelaw.theory.proof.records import Rel
from stalelaw.theory.proof.signs import bernstein, sturm
from sympy import Rational, binomial, exp, sqrt

X, Y = sy.log_rho, sy.mean_r
HALF, THIRD = Rational(1, 2), Rational(1, 3)


def box(low, high, first=">=", last="<="):
    return [Rel(X, first, low), Rel(X, last, high)]


UNIT = box(0, 1)
TAIL = sympy.Add(*(binomial(64, k) * X**k * (1 - X) ** (64 - k) for k in range(32)))


def status(lhs, op, rhs, known):
    try:
        return check_polynomial("s", "polynomial", Rel(lhs, op, rhs), known).status
    except TypeError:
        return "undecided"


CASES = [
    ("proved", X * (1 - X), "<=", Rational(1, 4), UNIT),  # touches inside
    ("refuted", X * (1 - X), "<", Rational(1, 4), UNIT),
    ("proved", X * (1 - X), "<", Rational(1, 4), box(0, HALF, last="<")),
    ("proved", (X**2 - HALF) ** 2, ">=", 0, UNIT),  # touches at an irrational point
    ("refuted", (X**2 - HALF) ** 2, ">", 0, UNIT),
    ("refuted", (X**2 - HALF) ** 2, ">", Rational(1, 10**30), UNIT),  # on a tiny interval
    ("refuted", (X - THIRD) ** 2 * (X - Rational(1, 5)) ** 3, ">=", 0, UNIT),
    ("proved", (X - THIRD) ** 2 * (X - Rational(1, 5)) ** 3, ">=", 0, box(Rational(1, 5), 1)),
    ("proved", (X - THIRD) ** 2 * (X - Rational(1, 5)) ** 3, ">", 0, box(Rational(1, 5), THIRD, ">", "<")),
    ("refuted", (X - THIRD) ** 2 * (X - Rational(1, 5)) ** 3, ">", 0, box(Rational(1, 5), THIRD, ">")),
    ("refuted", X, "<", 1, UNIT),
    ("proved", X, "<", 1, box(0, 1, last="<")),
    ("proved", 1 / X, ">=", 1, box(0, 1, ">")),
    ("undecided", 1 / (X - THIRD), ">=", -100, UNIT),  # a pole inside
    ("undecided", (X**2 - 1) / (X - 1), ">=", 0, UNIT),  # a removable singularity is a singularity
    ("proved", (X**2 - 1) / (X - 1), ">=", 0, box(0, 1, last="<")),
    ("proved", (X**2 - 1) / (X + 1), "<=", 0, UNIT),
    ("proved", TAIL, "<=", 1, UNIT),
    ("refuted", TAIL, "<", 1, UNIT),
    ("undecided", X ** (10**9), "<=", X, UNIT),
    ("undecided", (1 + X) ** 100000, ">=", 1, UNIT),
    ("undecided", sqrt(X), "<=", 1, UNIT),
    ("undecided", exp(X), "<=", 3, UNIT),
    ("undecided", X + Y, "<=", 2, UNIT),
    ("undecided", X * sympy.oo, ">=", 0, UNIT),
    ("undecided", X * sympy.pi, ">=", 0, UNIT),
    ("undecided", X, ">=", 0, box(2, 1)),
    ("undecided", X, ">=", 0, box(1, 1, ">")),
    ("undecided", X, ">=", 0, [Rel(X, ">=", 0)]),
    ("undecided", X, "=", X, UNIT),
    ("refuted", X, "=", X**2, UNIT),
    ("undecided", sy.n_out, ">=", 0, [Rel(sy.n_out, ">=", 0), Rel(sy.n_out, "<=", 1)]),
    ("undecided", X, "<=", HALF, [*UNIT, Rel(X + Y, "<=", 0)]),  # refuting points must fit the other steps
    ("undecided", X, "<=", 2, [*UNIT, Rel(X, "<=", X - 1)]),
]


@pytest.mark.parametrize(("wanted", "lhs", "op", "rhs", "known"), CASES, ids=str)
def test_status(wanted, lhs, op, rhs, known):
    assert status(lhs, op, rhs, known) == wanted


def test_names_of_expressions_are_unfolded_and_denominators_listed():
    known = [*UNIT, Rel(Y, "=", X / (1 + X))]
    verdict = check_polynomial("s", "polynomial", Rel(Y, "<=", HALF), known)
    assert verdict.status == "proved"
    assert verdict.obligations == (f"{X + 1} != 0",)
    assert check_polynomial("s", "polynomial", Rel(Y, "<", HALF), known).counterexample[str(X)] == "1"


def drawn(rng):
    """A product of random linear and quadratic factors with multiplicities, as fmpq_poly and as SymPy polynomial."""
    x = sympy.Symbol("x")
    poly, same = fmpq_poly([1]), sympy.Poly(1, x)
    for _ in range(rng.randint(0, 4)):
        coefficients = [sympy.Rational(rng.randint(-3, 3), rng.randint(1, 3)) for _ in range(rng.randint(1, 2))]
        coefficients.append(sympy.Integer(rng.choice([-2, -1, 1, 2])))
        power = rng.randint(1, 3)
        poly *= fmpq_poly([fmpq(int(c.p), int(c.q)) for c in coefficients]) ** power
        same *= sympy.Poly(coefficients[::-1], x) ** power
    return poly, same


def by_roots(same, low, high, open_low, open_high, strict):
    """The answer from isolated roots (SymPy): the sign between neighbours, and the roots themselves."""
    inside = list(same.real_roots(multiple=False)) if same.degree() > 0 else []
    inside = sorted((r for r, _ in inside if low <= r <= high), key=lambda r: r.evalf(50))
    if strict and any((r != low or not open_low) and (r != high or not open_high) for r in inside):
        return "no"
    if low == high:
        return "yes" if same.eval(low) >= 0 else "no"
    marks = [low, *inside, high]
    with mpmath.workdps(40):
        middles = [(a.evalf(50) + b.evalf(50)) / 2 for a, b in itertools.pairwise(marks) if a != b]
    return "yes" if all(same.eval(m) > 0 for m in middles) else "no"


@pytest.mark.parametrize("seed", range(60))
def test_both_opinions_agree_with_isolated_roots(seed):
    rng = random.Random(seed)
    poly, same = drawn(rng)
    low = sympy.Rational(rng.randint(-3, 3), rng.randint(1, 3))
    high = low + sympy.Rational(rng.randint(1, 4), rng.randint(1, 3))
    open_low, open_high = rng.random() < 0.5, rng.random() < 0.5
    side = Side(fmpq(int(low.p), int(low.q)), fmpq(int(high.p), int(high.q)), open_low, open_high)
    for strict in (False, True):
        wanted = by_roots(same, low, high, open_low, open_high, strict)
        assert bernstein(poly, side, strict) == wanted
        assert sturm(poly, side, strict)[0] == wanted


def test_the_comparison_notices_a_wrong_answer():
    x = sympy.Symbol("x")
    same = sympy.Poly((x - HALF) ** 2, x)
    assert by_roots(same, sympy.Integer(0), sympy.Integer(1), False, False, False) == "yes"
    assert by_roots(same, sympy.Integer(0), sympy.Integer(1), False, False, True) == "no"
    assert by_roots(-same, sympy.Integer(0), sympy.Integer(1), False, False, False) == "no"
