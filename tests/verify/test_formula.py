"""The grammar of users' formulas: right values and units, and an error with its place for everything else."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stalelaw.theory.units import Unit
from stalelaw.verify.bounds.formula import LONGEST, FormulaError, parse

UNITS = {"eta": Unit.of("lr"), "u": Unit.of("param/(lr*step)"), "n": Unit()}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3 ** 2", 19.0),
        ("-2 ** 2", -4.0),  # as in Python and in mathematics
        ("2 ** -1", 0.5),
        ("2 ** 3 ** 2", 512.0),
        ("8 / 4 / 2", 1.0),
        ("1 - 2 - 3", -4.0),
        ("sqrt(n) + abs(-n) + max(1, n, 2) - min(n, 9)", 6.0),
        ("exp(log(n)) * cos(0) + sin(0)", 4.0),
        ("  ( n )  ", 4.0),
        ("1.5e-3", 0.0015),
    ],
)
def test_values(text, value):
    assert parse(text).value({"n": 4.0}) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "column", "word"),
    [
        ("", 1, "nothing"),
        ("1 +", 1, "syntax"),
        ("a.b", 1, "Attribute"),
        ("__import__(1)", 1, "__import__"),
        ("1 + f(2)", 5, "f"),
        ("sqrt(1, 2)", 1, "2"),
        ("min(n)", 1, "1"),
        ("max(1, *n)", 8, "Starred"),
        ("n if n else n", 1, "IfExp"),
        ("n and n", 1, "BoolOp"),
        ("1, 2", 1, "Tuple"),
        ("not n", 1, "Not"),
        ("n // 2", 1, "FloorDiv"),
        ("1j", 1, "complex"),
        ("True", 1, "bool"),
        ("1e999", 1, "larger"),
        ("9" * 900, 1, "larger"),
        ("n" * (LONGEST + 1), LONGEST + 1, "1001"),
        ("(" * 60 + "1" + ")" * 60, 51, "more"),
        ("-" * 900 + "1", 201, "deeper"),
        ("1" + "+1" * 400, 1, "deeper"),
        ("n ^ 2", 3, "CIRCUMFLEX"),
        ("\u0435ta", 1, "CYRILLIC SMALL LETTER IE"),
        ("\U0001d702", 1, "ITALIC SMALL ETA"),
        ("n\n+ 1", 2, "control"),
        ("n == 1", 3, "EQUALS"),
        ("n['x']", 2, "BRACKET"),
        ("lambda", 1, "syntax"),
    ],
)
def test_what_is_no_formula_is_refused_with_its_place(text, column, word):
    with pytest.raises(FormulaError, match=r"expected .* got ") as caught:
        parse(text).value({"n": 1.0})
    assert caught.value.column == column
    assert word in caught.value.got


@pytest.mark.parametrize("text", ["10 ** 10 ** 10 ** 10", "1 / (n - n)", "log(0)", "sqrt(-n)", "exp(exp(exp(n)))"])
def test_numbers_that_are_not_finite_come_back_as_such(text):
    assert not math.isfinite(parse(text).value({"n": 4.0}))


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("eta * u", "param"),
        ("u / eta", "param/(lr**2)"),
        ("sqrt(eta ** 2)", "lr"),
        ("eta ** (4/2) / eta", "lr"),
        ("max(eta, 0) + 0", "lr"),
        ("-abs(eta)", "lr"),
        ("2 ** n * exp(eta / eta)", "1"),
    ],
)
def test_units(text, unit):
    assert parse(text).unit(UNITS) == Unit.of(unit)


@pytest.mark.parametrize(
    ("text", "column"),
    [("eta + 1", 7), ("min(eta, u)", 10), ("exp(eta)", 5), ("n ** eta", 6), ("eta ** n", 1), ("eta ** 1e300", 1)],
)
def test_units_that_do_not_agree_are_refused_with_their_place(text, column):
    with pytest.raises(FormulaError) as caught:
        parse(text).unit(UNITS)
    assert caught.value.column == column


@given(st.text(alphabet="n1.e*+-/(), _sqrt", max_size=60))
def test_any_text_is_a_formula_or_a_formula_error(text):
    try:
        formula = parse(text)
    except FormulaError:
        return
    assert isinstance(formula.value(dict.fromkeys(formula.names, 1.0)), float)
