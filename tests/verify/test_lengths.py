"""Responses of several lengths: the measurement holds, and fails on a wrong formula or a wrong source."""

import pytest
import sympy
from stalelaw.theory.claims import get
from stalelaw.verify.claims import first_order_lengths

CLAIM = "first-order-lengths"


@pytest.fixture
def mutate(altered):
    return lambda formula, own: altered(CLAIM, main=formula(get(CLAIM).formula), own=own)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_measurement_holds(seed):
    rows = first_order_lengths.measure(seed)
    assert [(row.status, row.message) for row in rows if row.status != "holds"] == []


@pytest.mark.parametrize(
    ("formula", "own"),
    [
        (lambda f: f - sorted(f.args, key=str)[0], 0),  # without the mates' lengths
        (lambda f: sympy.Rational(1001, 1000) * f, 0),
        (lambda f: f, sympy.Rational(1, 10**6)),
    ],
)
def test_a_wrong_formula_is_caught(mutate, formula, own):
    mutate(formula, sympy.sympify(own))
    assert "violated" in [row.status for row in first_order_lengths.measure(0)]


@pytest.mark.parametrize("name", ["prefix", "token", "suffix", "rewards", "lengths"])
def test_a_wrong_source_is_caught(monkeypatch, name):
    real = first_order_lengths.first_order

    def wrong(*args):
        parts = real(*args)
        return {**parts, name: parts[name] + 1e-3 * sum(parts.values())}

    monkeypatch.setattr(first_order_lengths, "first_order", wrong)
    assert "violated" in [row.status for row in first_order_lengths.measure(0)]
