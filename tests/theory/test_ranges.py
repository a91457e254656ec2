"""Rigorous ranges and suprema: they contain what mpmath finds at 30 digits, and are narrow where they say so."""

from __future__ import annotations

import random
from fractions import Fraction
from math import comb

import mpmath
import pytest
import sympy
from stalelaw.theory import symbols as sy
from stalelaw.theory.proof.ranges import enclose, enclosed_sup
from sympy import Abs, Rational, cos, diff, exp, log, sin, sqrt

X, Y = sy.log_rho, sy.mean_r


def mixture(size):
    """``sum_k C(n,k) sqrt(k(n-k)) x^(k-1) (1-x)^(n-k-1) / n``, the weight of a group of n binary rewards."""
    terms = (comb(size, k) * sqrt(k * (size - k)) * X ** (k - 1) * (1 - X) ** (size - k - 1) for k in range(1, size))
    return sympy.Add(*terms) / size


def slope_at(size, x):
    """|derivative of the mixture| * sqrt(x(1-x)) in mpmath, term by term."""
    total = mpmath.mpf(0)
    for k in range(1, size):
        a, b = k - 1, size - k - 1
        weight = comb(size, k) * mpmath.sqrt(k * (size - k)) / size
        total += weight * (a * x ** max(a - 1, 0) * (1 - x) ** b - b * x**a * (1 - x) ** max(b - 1, 0))
    return abs(total) * mpmath.sqrt(x * (1 - x))


@pytest.mark.parametrize("size", [2, 3, 4, 9, 64])
def test_the_supremum_of_a_mixture_is_bracketed(size):
    lower, upper = enclosed_sup(Abs(diff(mixture(size), X)) * sqrt(X * (1 - X)), X, 0, 1)
    with mpmath.workdps(30):
        grid = [mpmath.mpf(j) / 400 for j in range(1, 400)]
        best = max(slope_at(size, x) for x in grid)
        near = max(grid, key=lambda x: slope_at(size, x))
        best = max([best, *(slope_at(size, near + mpmath.mpf(j) / 10**5) for j in range(-150, 151))])
        assert best <= mpmath.mpf(upper.numerator) / upper.denominator
        assert abs(best - mpmath.mpf(lower.numerator) / lower.denominator) <= 1e-5 * max(best, 1)
    assert upper - lower <= Fraction(1, 10**6) * upper


@pytest.mark.parametrize(
    ("expression", "low", "high", "value"),
    [
        (X * (1 - X), 0, 1, Fraction(1, 4)),
        (-(X**2), 0, 1, Fraction(0)),
        (X - 2, 0, 1, Fraction(-1)),
        (sin(X), 0, 3, Fraction(1)),
        (Abs(X - Rational(1, 3)), 0, 1, Fraction(2, 3)),
    ],
)
def test_known_suprema(expression, low, high, value):
    lower, upper = enclosed_sup(expression, X, low, high)
    assert lower <= value <= upper
    assert upper - lower <= Fraction(1, 10**5)


def test_a_range_holds_the_values_and_gets_narrower():
    expression, box = exp(X) * cos(Y) - X * Y, {X: (0, 1), Y: (-1, Rational(1, 2))}
    few, many = enclose(expression, box, parts=4), enclose(expression, box, parts=400)
    with mpmath.workdps(30):
        values = [
            mpmath.exp(mpmath.mpf(i) / 20) * mpmath.cos(y) - mpmath.mpf(i) / 20 * y
            for i in range(21)
            for y in [mpmath.mpf(-1) + mpmath.mpf(j) * 3 / 40 for j in range(21)]
        ]
        for low, high in (few, many):
            assert mpmath.mpf(low.numerator) / low.denominator <= min(values)
            assert max(values) <= mpmath.mpf(high.numerator) / high.denominator
    assert few[0] <= many[0] <= many[1] <= few[1]
    assert many[1] - many[0] < (few[1] - few[0]) * Fraction(99, 100)


def drawn(rng, depth, symbols):
    """A random function that is defined everywhere: kinks, waves, bumps and poles off the axis."""
    if not depth:
        return rng.choice([*symbols, Rational(rng.randint(-9, 9), rng.randint(1, 7))])
    one, other = drawn(rng, depth - 1, symbols), drawn(rng, depth - 1, symbols)
    kinds = (one + other, one * other, sympy.sin(one), cos(one), exp(-(one**2)), Abs(one), sympy.Max(one, other))
    return rng.choice([*kinds, 1 / (1 + one**2), sqrt(1 + one**2), one**3 - other])


def outside(draw, low, high):
    """How many values of a function, at corners and inside, lie outside of a claimed range."""
    expression, box, rng = draw
    value = sympy.lambdify(list(box), expression, "math")
    found = 0
    for _ in range(200):
        shares = [rng.choice([0.0, 1.0, rng.random()]) for _ in box]
        at = [float(a) + (float(b) - float(a)) * share for share, (a, b) in zip(shares, box.values(), strict=True)]
        found += not low - 1e-9 * (1 + abs(low)) <= value(*at) <= high + 1e-9 * (1 + abs(high))
    return found


@pytest.mark.parametrize("symbols", [(X,), (X, Y)])
def test_no_value_of_a_random_function_lies_outside_its_range(symbols):
    """Functions of one and of two symbols with several humps; a range cut by a fifth at both ends loses values."""
    rng, lost = random.Random(0), 0
    for _ in range(15):
        expression = drawn(rng, 3, symbols) + sum(symbols)
        ends = {symbol: Fraction(rng.randint(-6, 6), 3) for symbol in symbols}
        box = {symbol: (low, low + Fraction(rng.randint(1, 12), 4)) for symbol, low in ends.items()}
        low, high = map(float, enclose(expression, box, parts=64))
        assert outside((expression, box, rng), low, high) == 0
        lost += outside((expression, box, rng), low + (high - low) / 5, high - (high - low) / 5) > 0
        if len(symbols) == 1:
            least, most = map(float, enclosed_sup(expression, X, *box[X]))
            assert least <= most <= high + 1e-5 * (1 + abs(high))
            assert outside((expression, box, rng), low, most) == 0
    assert lost > 7


@pytest.mark.parametrize("expression", [1 / X, log(X), sqrt(X - 2), 1 / (X - Rational(1, 3))])
def test_what_is_not_defined_on_the_box_has_no_range(expression):
    with pytest.raises(ArithmeticError, match="defined"):
        enclose(expression, {X: (0, 1)})


def test_bad_boxes_and_floats_are_refused():
    with pytest.raises(ArithmeticError, match="empty"):
        enclose(X, {X: (1, 0)})
    for low in (0.5, "0", sympy.Float("0.5"), sympy.oo):
        with pytest.raises(TypeError):
            enclose(X, {X: (low, 1)})
    with pytest.raises(TypeError):
        enclose(X + Y, {X: (0, 1)})
    with pytest.raises(TypeError):
        enclosed_sup(X + sympy.Float("0.5"), X, 0, 1)
