"""Certified location of zeros: it proves what NumPy and mpmath see, refutes what is false, and never guesses."""

from __future__ import annotations

import random
from contextlib import suppress
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy
from flint import fmpq, fmpz_poly
from stalelaw.theory.lemmas.dynamics import delay_edge, delay_polynomial, lag_polynomial
from stalelaw.theory.proof.closed import cyclotomic_order, in_cyclotomic, to_ball
from stalelaw.theory.proof.crossings import zeros_outside
from stalelaw.theory.proof.normal_form import Unsupported
from stalelaw.theory.proof.radius import Radius, radius_value
from stalelaw.theory.proof.records import Rel
from stalelaw.theory.proof.roots import check_roots
from stalelaw.theory.symbols import delay_small as s
from stalelaw.theory.symbols import tau_in as tau
from stalelaw.theory.symbols import z_char as z

HALF = sympy.Rational(1, 2)


def ask(polynomial, op, circle, *hypotheses):
    return check_roots("x", "roots", Rel(Radius(polynomial), op, circle), hypotheses)


def between(low, high):
    return Rel(s, ">=", low), Rel(s, "<=", high)


def delay(lag):
    return delay_polynomial(lag, tau * delay_edge(lag))


def polynomials(count):
    rng = random.Random(5)
    while count:
        c = [rng.randint(-6, 6) for _ in range(rng.randint(1, 12))] + [rng.randint(1, 6)]
        moduli = np.abs(np.roots(c[::-1]))
        if abs(moduli - 1).min() > 1e-6:
            count -= 1
            yield c, int((moduli > 1).sum())


def test_zeros_are_counted_as_numpy_sees_them():
    decided = 0
    for c, outside in polynomials(300):
        with suppress(ArithmeticError):  # a Schur transform vanished: no answer rather than a wrong one
            assert zeros_outside(fmpz_poly(c)) == outside
            decided += 1
    assert decided > 200


def test_a_count_that_ignores_signs_would_be_wrong():
    counts = {zeros_outside(fmpz_poly(c)) for c in ([1, 2], [2, 1], [6, 5, 1], [1, 5, 6])}
    assert counts == {0, 1, 2}


@pytest.mark.parametrize("lag", [0, 1, 2, 5, 32])
def test_the_edge_of_pure_delay_is_exact(lag):
    at = between(lag, lag)
    below, beyond = Rel(tau, "<", 1), Rel(tau, ">", 1)
    assert ask(delay(s), "<", 1, below, *at).status == "proved"
    assert ask(delay(s), ">", 1, beyond, *at).status == "proved"
    assert ask(delay(s), "<", 1, Rel(tau, "<", sympy.Rational(1001, 1000)), *at).status == "refuted"
    assert ask(delay(s), ">", 1, Rel(tau, ">", sympy.Rational(999, 1000)), *at).status == "refuted"


def test_all_delays_at_once_and_one_false_among_them():
    assert "33 values" in ask(delay(s), "<", 1, Rel(tau, "<", 1), *between(0, 32)).message
    wide = delay_polynomial(s, tau / (s + 1))  # true for s <= 1 only: the edge falls like pi/(2s)
    assert ask(wide, "<", 1, Rel(tau, "<", sympy.Rational(19, 10)), *between(0, 1)).status == "proved"
    assert ask(wide, "<", 1, Rel(tau, "<", sympy.Rational(19, 10)), *between(0, 32)).status == "refuted"


def test_an_end_that_equals_a_crossing_by_accident_is_undecided():
    verdict = ask(delay_polynomial(s, tau), "<", 1, Rel(tau, "<", 1), *between(1, 1))  # the edge 1, without its angle
    assert verdict.status == "undecided"


def test_an_edge_that_is_only_nearly_right_is_not_proved():
    near = sympy.Rational(mpmath.nstr(2 * mpmath.sin(mpmath.pi / 10), 15))  # 15 digits of the edge at delay 2
    verdict = ask(delay_polynomial(s, tau), "<", 1, Rel(tau, "<", near + sympy.Rational(1, 10**13)), *between(2, 2))
    assert verdict.status == "refuted"
    low = Rel(tau, "<", near - sympy.Rational(1, 10**13))
    assert ask(delay_polynomial(s, tau), "<", 1, low, *between(2, 2)).status == "proved"


def test_counterexamples_are_real():
    verdict = ask(delay(s), "<", 1, Rel(tau, "<", 2), *between(4, 4))
    point = {tau: Fraction(verdict.counterexample["tau_in"]), s: Fraction(4)}
    assert radius_value(Radius(delay(s)), point.get) > 1


def test_without_a_parameter_and_with_another_circle():
    p = lag_polynomial(32, sympy.Rational(19, 1000), sympy.Rational(19, 200))
    coefficients = [1, -0.981, *([0] * 31), 0.095]
    size = float(np.abs(np.roots(coefficients)).max())
    assert ask(p, ">", sympy.Rational(int(1e4 * size), 10**4)).status == "proved"
    assert ask(p, "<", sympy.Rational(int(1e4 * size), 10**4)).status == "refuted"
    assert ask(p, "<", sympy.Rational(int(1e4 * size) + 1, 10**4)).status == "proved"
    assert ask(p, ">", -1).status == "proved"
    assert ask(p, "<", -1).status == "refuted"


@pytest.mark.parametrize(
    ("polynomial", "hypotheses"),
    [
        (z**s - tau, ()),  # no range of s
        (z**2 - tau**2 * z, (Rel(tau, "<", 1),)),  # not linear
        (z**2 * tau - 1, (Rel(tau, "<", 1),)),  # the leading coefficient moves
        (z**2 - sympy.sqrt(2) * z + tau, (Rel(tau, "<", 1),)),  # an irrational fixed coefficient
        (z**2 - tau * z + 1, (Rel(tau, "<", 1),)),  # both zeros on the circle for every tau
    ],
)
def test_what_is_outside_the_method_is_refused(polynomial, hypotheses):
    with pytest.raises(Unsupported):
        ask(polynomial, "<", 1, *hypotheses)


def test_an_empty_interval_proves_nothing():
    verdict = ask(z - tau, "<", 1, Rel(tau, ">", HALF), Rel(tau, "<", HALF))
    assert verdict.status == "undecided"


def test_closed_expressions_are_enclosed_and_compared_exactly():
    e = delay_edge(s)
    for n in (0, 1, 7, 32):
        ball = to_ball(e, {s: n})
        assert abs(float(ball.mid()) - float(2 * mpmath.sin(mpmath.pi / (2 * (2 * n + 1))))) < 1e-12
        order = cyclotomic_order(e, {s: n})
        found = in_cyclotomic(e, {s: n}, order)
        value = sum(float(found[k].p) / float(found[k].q) * np.exp(2j * np.pi * k / order) for k in range(len(found)))
        assert abs(value - float(ball.mid())) < 1e-9
    assert in_cyclotomic(sympy.Rational(2, 3), {}, 4)[0] == fmpq(2, 3)
    with pytest.raises(Unsupported):
        to_ball(sympy.Float(0.5), {})


def test_the_value_of_a_radius_agrees_with_mpmath():
    for lag, t in ((1, Fraction(1, 3)), (6, Fraction(5, 4)), (20, Fraction(99, 100))):
        edge = 2 * mpmath.sin(mpmath.pi / (2 * (2 * lag + 1)))
        roots = mpmath.polyroots([1, -1, *([0] * (lag - 1)), edge * t.numerator / t.denominator], maxsteps=400)
        found = radius_value(Radius(delay(s)), {s: Fraction(lag), tau: t}.get)
        assert float(found) == pytest.approx(float(max(abs(r) for r in roots)), rel=1e-12)
