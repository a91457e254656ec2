"""The enclosure engine: right against mpmath at 30 digits, and never proving what is false, undefined or unbounded."""

from __future__ import annotations

import random
from fractions import Fraction

import mpmath
import pytest
import sympy
from flint import ctx, fmpq
from stalelaw.theory import symbols as sy
from stalelaw.theory.proof.balls import Tape
from stalelaw.theory.proof.build import assume, enclosure, polynomial
from stalelaw.theory.proof.check import check_claim
from stalelaw.theory.proof.enclosure import check_enclosure
from stalelaw.theory.proof.intervals import Undefined, hull, thin
from stalelaw.theory.proof.mutants import mutants
from stalelaw.theory.proof.records import Assumption, Claim, Rel
from sympy import Abs, Max, Min, Rational, Sum, cos, exp, log, pi, sin, sqrt

X, Y, P, Q = sy.log_rho, sy.mean_r, sy.pi_a, sy.rho  # real, real, nonnegative, positive
HALF = Rational(1, 2)


def box(symbol, low, high, first=">=", last="<="):
    return [Rel(symbol, first, low), Rel(symbol, last, high)]


UNIT = box(X, 0, 1)


def check(lhs, op, rhs, known):
    try:
        return check_enclosure("s", "enclosure", Rel(lhs, op, rhs), known)
    except TypeError as error:  # what check_step turns into "undecided"
        return error


def status(lhs, op, rhs, known):
    verdict = check(lhs, op, rhs, known)
    return "undecided" if isinstance(verdict, TypeError) else verdict.status


EXPRESSIONS = [
    X**3 - 2 * X + 1,
    X**2 * (1 - X) ** 5,
    sqrt(2 + X) / (3 + X**2),
    exp(-X) * sin(3 * X) + cos(X) ** 2,
    log(2 + X),
    Abs(X - Rational(1, 3)) + Max(X, X**2) - Min(1 - X, sin(X)),
    sympy.Add(*(sympy.binomial(20, k) * sqrt(k) * X**k * (1 - X) ** (20 - k) for k in range(21))),
    (2 + X) ** Rational(-2, 3) * pi,
    Sum(X**sy.i_out / sy.i_out, (sy.i_out, 1, 5)),
    Rational(2) ** X,
]


def mp_value(expression, x):
    """The same expression by mpmath, with sums written out."""
    return sympy.lambdify(X, expression.doit(), "mpmath")(x)


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=str)
def test_values_and_slopes_contain_those_of_mpmath(expression):
    rng, tape = random.Random(1), Tape(expression, (X,))
    with mpmath.workdps(30), ctx.workprec(64):
        for _ in range(40):
            low = Fraction(rng.randint(-100, 100), 101)
            side = Fraction(rng.choice([1, 10, 1000]), 1000)
            point = low + side * Fraction(rng.randint(1, 99), 100)
            at = mpmath.mpf(point.numerator) / point.denominator
            ends = [hull(fmpq(low.numerator, low.denominator), fmpq(*(low + side).as_integer_ratio()))]
            true, bounds = mp_value(expression, at), tape.value(ends)
            assert mpmath.mpf(str_of(bounds[0], -1)) <= true <= mpmath.mpf(str_of(bounds[1], 1))
            if not expression.has(Abs, Max, Min):
                slope, bounds = mpmath.diff(lambda x: mp_value(expression, x), at), tape.gradient(ends)[0]
                slack = mpmath.mpf("1e-9")
                assert mpmath.mpf(str_of(bounds[0], -1)) - slack <= slope <= mpmath.mpf(str_of(bounds[1], 1)) + slack


def str_of(end, direction):
    """An exact dyadic number as a decimal just outside of it."""
    exact = Fraction(int(end.fmpq().p), int(end.fmpq().q))
    unit = 10**28
    return f"{exact * unit // 1 + (direction > 0) - (direction < 0)}e-28"


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=str)
def test_a_narrow_box_has_a_narrow_range(expression):
    """The comparison above means little if every bound is wide: around 1/3 both bounds agree to six digits."""
    with ctx.workprec(64):
        third = fmpq(1, 3)
        low, high = Tape(expression, (X,)).value([hull(third, third + fmpq(1, 10**9))])
        assert high - low < fmpq(1, 10**6)
        near = mp_value(expression, mpmath.mpf(1) / 3)
        assert abs(mpmath.mpf(str_of(low, -1)) - near) < 1e-6


TRUE = [
    (X * (1 - X), "<=", Rational(1, 4), UNIT),
    (X * (1 - X), ">=", 0, UNIT),  # touches at both ends
    (X * (1 - X), ">", 0, box(X, 0, 1, ">", "<")),
    (sin(X), "<=", X, UNIT),
    (sin(X), "<", X, box(X, 0, 1, ">")),
    (1 + X, "<=", exp(X), box(X, -1, 1)),
    (log(1 + X), "<=", X, UNIT),
    (1 - X**2 / 2, "<=", cos(X), UNIT),  # touches to fourth order at an end
    (X - X**3 / 6, "<", sin(X), box(X, 0, 1, ">")),
    (sqrt(X * (1 - X)), "<=", HALF, UNIT),
    (1 / X, ">=", 1, box(X, Rational(1, 100), 1)),
    (pi, "<", Rational(22, 7), []),
    (sqrt(2) + sqrt(3), ">=", sqrt(5 + 2 * sqrt(6)) - Rational(1, 10**9), []),
    (Max(X, 1 - X), ">=", HALF, UNIT),
    (X * Y, "<=", (X**2 + Y**2) / 2 + Rational(1, 100), UNIT + box(Y, 0, 1)),
    (Sum(X**sy.i_out, (sy.i_out, 0, 9)), "<=", 10, UNIT),
    (Q, "<=", 1, box(Q, -1, 1)),  # the box is cut at zero by the declared sign
    (X ** (10**9), "<=", 1, UNIT),
]


@pytest.mark.parametrize(("lhs", "op", "rhs", "known"), TRUE, ids=str)
def test_proved_and_true_at_random_points(lhs, op, rhs, known):
    assert status(lhs, op, rhs, known) == "proved"
    rng = random.Random(2)
    free = sorted((sympy.sympify(lhs) - rhs).free_symbols, key=str)
    with mpmath.workdps(30):
        for _ in range(20):
            point = {s: mpmath.mpf(rng.randint(1, 999)) / 1000 for s in free}
            values = [sympy.lambdify(free, sympy.sympify(e).doit(), "mpmath")(*point.values()) for e in (lhs, rhs)]
            assert (values[0] <= values[1]) if op in ("<=", "<") else (values[0] >= values[1])


TINY = Rational(1, 10**13)
FALSE = [
    (X * (1 - X), "<=", Rational(249, 1000), UNIT),
    (X, "<", 1, UNIT),  # at one end only
    (X, ">", 0, UNIT),
    (X * (1 - X), ">", 0, box(X, 0, 1, ">")),
    (sin(X), "<", X, UNIT),
    ((X - Rational(1, 3)) ** 2, ">", TINY, UNIT),  # on an interval of width 6e-7 inside
    ((X - Rational(1, 3)) ** 2 + sin(X) ** 2, ">", sin(X) ** 2 + TINY, UNIT),
    ((X - Y) ** 2 + (X - Rational(3, 7)) ** 2, ">", Rational(1, 10**7), UNIT + box(Y, 0, 1)),
    (exp(X), "<=", 1 + X + X**2 / 2, UNIT),
    (X, "=", X**2, UNIT),
    (pi, "<=", Rational(314, 100), []),
    (X, ">=", Rational(1, 1000), box(X, 0, 1, ">")),  # the end itself is outside
]


@pytest.mark.parametrize(("lhs", "op", "rhs", "known"), FALSE, ids=str)
def test_refuted_at_a_rational_point_of_the_box(lhs, op, rhs, known):
    verdict = check(lhs, op, rhs, known)
    assert verdict.status == "refuted"
    point = {s: Rational(verdict.counterexample[str(s)]) for s in (X, Y) if str(s) in verdict.counterexample}
    compare = {"<=": "__le__", "<": "__lt__", ">=": "__ge__", ">": "__gt__"}
    for rel in known:
        assert getattr(rel.lhs.subs(point), compare[rel.op])(rel.rhs)
    gap = (sympy.sympify(lhs) - rhs).subs(point)
    assert gap != 0 if op == "=" else not getattr(gap.evalf(60), compare[op])(0)


UNDECIDED = [
    (X, "=", X, UNIT),  # no enclosure shows equality
    (X**2 - 2 * X / 3 + Rational(1, 9), ">=", 0, UNIT),  # touches zero inside: a polynomial, not an enclosure
    (1 / (X - Rational(1, 3)), ">=", -100, UNIT),  # a pole inside
    ((X**2 - 1) / (X - 1), ">=", 0, UNIT),  # a removable singularity is a singularity
    (sin(X) / X, "<=", 2, UNIT),
    (log(X), "<=", X, UNIT),
    (log(X), "<=", X, box(X, 0, 1, ">")),  # unbounded towards an open end
    (sqrt(X - HALF), "<=", 1, UNIT),
    (1 / sin(X), ">=", -10, box(X, 1, 4)),
    (X, "<=", 5, box(X, 2, 1)),  # an empty box proves nothing
    (X, "<=", 5, box(X, 1, 1, ">")),
    (P, "<=", 5, box(P, -2, -1)),
    (X, "<=", 1, [Rel(X, "<=", 1)]),  # an end is missing
    (P, "<=", 1, [Rel(P, "<=", 1)]),  # a declared sign is no step
    (X, "<=", 1, [Rel(X, ">=", 0), Rel(X, "<=", Y)]),
    (X, "<=", 1, [Rel(X, ">=", 0), Rel(X, "<=", sympy.oo)]),
    (X + Y, "<=", 2, UNIT),
    (sy.i_out, "<=", 2, box(sy.i_out, 0, 2)),
    (sy.n_out, "<=", 2, box(sy.n_out, 1, 2)),
    (sy.theta, "<=", 1, box(sy.theta, 0, 1)),
    (sympy.zoo * X, ">=", 0, UNIT),
    (X - sympy.oo, "<=", 0, UNIT),
    (sympy.nan, "<=", 0, UNIT),
    (sympy.tan(X), "<=", 2, UNIT),
    (sy.reward(1) + X, "<=", 2, UNIT),
    (Sum(X, (sy.i_out, 1, sy.n_out)), ">=", 0, UNIT),
    (Sum(X, (sy.i_out, 1, 10**9)), ">=", 0, UNIT),
    (exp(exp(exp(exp(X + 10)))), ">=", 1, UNIT),
    (X, "<=", 2, [*UNIT, Rel(X, "<=", X - 1)]),  # the other steps contradict each other
    (X, "<=", HALF, [*UNIT, Rel(X**2, "<=", Rational(1, 4))]),  # true, but not from the box alone
]


@pytest.mark.parametrize(("lhs", "op", "rhs", "known"), UNDECIDED, ids=str)
def test_undecided(lhs, op, rhs, known):
    assert status(lhs, op, rhs, known) == "undecided"


@pytest.mark.parametrize("number", [0.5, "1/2", float("inf"), float("nan")])
def test_floats_and_strings_do_not_get_in(number):
    with pytest.raises(TypeError):
        Rel(X, "<=", number)
    with pytest.raises(TypeError):
        Rel(X + sympy.Float("0.5"), "<=", 1)
    with pytest.raises(TypeError):
        Tape(X + sympy.Float("0.5"), (X,))


def test_names_of_expressions_are_unfolded():
    known = [*UNIT, Rel(Y, "=", X * (1 - X))]
    assert status(Y, "<=", Rational(1, 4), known) == "proved"
    assert check(Y, "<=", Rational(1, 5), known).counterexample[str(X)] == "1/2"


def test_a_point_at_which_another_step_fails_refutes_nothing():
    assert status(X, "<=", HALF, [*UNIT, Rel(X + Y, "<=", 0)]) == "undecided"


def test_undefined_is_raised_not_guessed():
    for expression in (1 / X, log(X), X ** Rational(-1, 2), 1 / (X - X)):
        with pytest.raises((Undefined, TypeError)):
            Tape(expression, (X,)).value([hull(fmpq(-1), fmpq(1))])
    with pytest.raises(Undefined):
        Tape(sqrt(X), (X,)).value([thin(fmpq(-1))])


def claim(step):
    low = Assumption("LOW", "x from below", "$0\\le x$", lambda: Rel(X, ">=", 0))
    high = Assumption("HIGH", "x from above", "$x\\le 1$", lambda: Rel(X, "<=", 1))
    return Claim("boxed", "Boxed", "upper", "", "", (assume("low", low), assume("high", high), step), (step.id,))


STEPS = [
    enclosure("end", X * exp(X), "<=", Rational(11, 4), uses="low high"),
    polynomial("end", X**2 * (1 - X), "<=", Rational(4, 27), uses="low high"),
]


@pytest.mark.parametrize("step", STEPS, ids=lambda s: s.kind)
def test_mutants_that_say_too_much_are_refuted_by_the_engine(step):
    whole = claim(step)
    assert check_claim(whole, models=False).status == "proved"
    found = [m for m in mutants(whole, []) if m.step == "end"]
    said = {m.mutation: (m.direction, m.caught_by) for m in found}
    assert said["constant halved"] == ("strengthening", step.kind)
    assert said["sign of a term flipped"] == ("strengthening", step.kind)
    assert said["relation flipped"] == ("neither", step.kind)
    assert said["constant doubled"][0] == "weakening"  # true; for a test of tightness to catch


def test_a_statement_scaled_on_both_sides_is_no_mutant():
    step = polynomial("end", X * (1 - X), ">=", 0, uses="low high")
    made = {m.mutation for m in mutants(claim(step), []) if m.step == "end"}
    assert made
    assert not {"constant doubled", "constant halved"} & made
