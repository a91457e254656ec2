"""Boundary laws: derived formulas against hand-written ones, inverses against bisection, and laws yet to come."""

import doctest
import importlib
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from stalelaw.theory.laws import CROSSOVER, LAWS, Constraint, Law, law
from stalelaw.theory.symbols import S_sync, T_horizon, a_plan, b_plan, eta

HAND = {
    "min": (sympy.Min(a_plan / S_sync, b_plan / T_horizon), lambda p, q: p and q),
    "max": (sympy.Max(a_plan / S_sync, b_plan / T_horizon), lambda p, q: p or q),
    "staleness": (a_plan / S_sync, lambda p, q: p),
    "horizon": (b_plan / T_horizon, lambda p, q: q),
}
BY_ID = pytest.mark.parametrize("id", list(HAND))
reals = st.floats(1e-6, 1e6)


def pick(entry, values):
    return {name: values[name] for name in entry.arguments}


def test_the_registry_is_complete():
    assert set(LAWS) == set(HAND)
    with pytest.raises(KeyError, match="min, max"):
        law("mean")


@BY_ID
def test_formulas_are_the_hand_written_ones(id):
    assert LAWS[id].eta_max == HAND[id][0]
    assert LAWS[id].source


def test_the_comparison_fails_on_a_wrong_formula():
    assert LAWS["min"].eta_max != HAND["max"][0]
    assert LAWS["staleness"].eta_max != a_plan / (S_sync - 1)


def test_the_crossover():
    assert sympy.simplify(CROSSOVER - T_horizon * a_plan / b_plan) == 0
    assert sympy.simplify((a_plan / S_sync - b_plan / T_horizon).subs(S_sync, CROSSOVER)) == 0


@BY_ID
@settings(deadline=None)
@given(a=reals, b=reals, S=reals, T=reals, rate=reals)
def test_stable_is_eta_at_most_eta_max(id, a, b, S, T, rate):
    entry = LAWS[id]
    values = pick(entry, {"a": a, "b": b, "S": S, "T": T})
    top = float(entry.eta_max_at(**values))
    assert bool(entry.stable(eta=rate, **values)) == HAND[id][1](rate * S <= a, rate * T <= b)
    if not np.isclose(rate, top, rtol=1e-12, atol=0):
        assert bool(entry.stable(eta=rate, **values)) == (rate <= top)


@BY_ID
@pytest.mark.parametrize("count", [S_sync, T_horizon], ids=str)
@settings(deadline=None)
@given(a=reals, b=reals, other=reals, rate=reals)
def test_the_largest_count_against_stability_on_both_sides(id, count, a, b, other, rate):
    entry = LAWS[id]
    if str(count) not in entry.arguments:
        return
    rest = "T" if count is S_sync else "S"
    values = {k: v for k, v in {"a": a, "b": b, rest: other}.items() if k in entry.arguments}
    top = float(entry.largest(count, eta=rate, **values))

    def stable(x):
        return bool(entry.stable(eta=rate, **values, **{str(count): x}))

    if top == 0:
        assert not stable(1e-300)
    elif np.isinf(top):
        assert stable(1e300)
    else:
        assert stable(top * (1 - 1e-12))
        assert not stable(top * (1 + 1e-12))


def test_everything_broadcasts():
    entry = LAWS["min"]
    S, T = np.array([8.0, 16.0, 32.0])[:, None], np.array([320.0, 640.0])
    top = entry.eta_max_at(a=1.6e-6, b=3.2e-5, S=S, T=T)
    np.testing.assert_allclose(top, np.minimum(1.6e-6 / S, 3.2e-5 / T), rtol=1e-15)
    assert entry.stable(eta=1e-7, a=1.6e-6, b=3.2e-5, S=S, T=T).shape == (3, 2)
    assert entry.largest(S_sync, eta=np.array([1e-7, 1e-3]), a=1.6e-6, b=3.2e-5, T=320).tolist() == [16.0, 0.0]


def test_missing_values_are_refused():
    with pytest.raises(TypeError, match="missing"):
        LAWS["min"].stable(eta=1.0, a=1.0, b=1.0, S=1.0)
    with pytest.raises(TypeError, match="expected exactly"):
        LAWS["min"].eta_max_at(a=1.0, b=1.0, S=1.0)


def test_loads_are_exact_on_fractions():
    load = LAWS["min"].constraint("staleness").exact_load(Fraction(1, 10), 3, 7)
    assert load == Fraction(3, 10)
    assert LAWS["horizon"].constraint("staleness") is None


def test_a_power_law_and_a_ceiling_fit_the_same_record():
    alpha = sympy.Symbol("alpha", positive=True)
    top = sympy.Symbol("eta_0", positive=True)
    power = Constraint("staleness", a_plan, eta * S_sync**alpha)
    entry = Law("power", "a/S^alpha below a ceiling", (power, Constraint("ceiling", top, eta)), "all", "test")
    assert sympy.simplify(entry.eta_max - sympy.Min(top, a_plan / S_sync**alpha)) == 0
    values = {"a": 2.0, "S": 16.0, "alpha": 0.5, "eta_0": 1.0}
    assert float(entry.eta_max_at(**values)) == 0.5
    assert float(entry.largest(S_sync, eta=0.5, a=2.0, alpha=0.5, eta_0=1.0)) == pytest.approx(16.0, rel=1e-14)
    assert float(entry.largest(S_sync, eta=1.5, a=2.0, alpha=0.5, eta_0=1.0)) == 0


def test_a_load_that_is_not_linear_in_eta_is_refused():
    with pytest.raises(ValueError, match="linear in eta"):
        _ = Constraint("odd", a_plan, eta**2 * S_sync).bound


def test_docstring_examples():
    result = doctest.testmod(importlib.import_module("stalelaw.theory.laws"))
    assert (result.failed, result.attempted > 0) == (0, True)
