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
from stalelaw.theory.symbols import S_sync, T_horizon, a_plan, alpha_S, b_plan, eta, eta_0, p_blend

HAND = {
    "min": (sympy.Min(a_plan / S_sync, b_plan / T_horizon), lambda p, q: p and q),
    "max": (sympy.Max(a_plan / S_sync, b_plan / T_horizon), lambda p, q: p or q),
    "staleness": (a_plan / S_sync, lambda p, q: p),
    "horizon": (b_plan / T_horizon, lambda p, q: q),
    "min-ceiling": (sympy.Min(eta_0, a_plan / S_sync, b_plan / T_horizon), lambda p, q: p and q),
    "max-ceiling": (sympy.Min(eta_0, sympy.Max(a_plan / S_sync, b_plan / T_horizon)), lambda p, q: p or q),
}
CURVED = {
    "power": a_plan / S_sync**alpha_S,
    "const": eta_0,
    "blend": ((a_plan / S_sync) ** -p_blend + (b_plan / T_horizon) ** -p_blend) ** (-1 / p_blend),
}
BY_ID = pytest.mark.parametrize("id", list(HAND))
reals = st.floats(1e-6, 1e6)
powers = st.sampled_from([-4.0, -1.0, -0.5, 0.5, 1.0, 3.0])


def pick(entry, values):
    return {name: values[name] for name in entry.arguments}


def test_the_registry_is_complete():
    assert set(LAWS) == set(HAND) | set(CURVED)
    with pytest.raises(KeyError, match="min, max"):
        law("mean")


@pytest.mark.parametrize("id", list(CURVED))
def test_curved_formulas_are_the_hand_written_ones(id):
    point = {a_plan: 2, b_plan: 3, S_sync: 5, T_horizon: 7, alpha_S: 0.5, eta_0: 0.25}
    for power in (3, -2):
        at = point | {p_blend: power}
        assert float(LAWS[id].eta_max.subs(at)) == pytest.approx(float(CURVED[id].subs(at)), rel=1e-14)
    assert LAWS[id].source


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
@settings(deadline=None, max_examples=50)
@given(a=reals, b=reals, S=reals, T=reals, rate=reals, roof=reals)
def test_stable_is_eta_at_most_eta_max(id, a, b, S, T, rate, roof):
    entry = LAWS[id]
    values = pick(entry, {"a": a, "b": b, "S": S, "T": T, "eta_0": roof})
    top = float(entry.eta_max_at(**values))
    below = "eta_0" not in entry.arguments or rate <= roof
    assert bool(entry.stable(eta=rate, **values)) == (HAND[id][1](rate * S <= a, rate * T <= b) and below)
    if not np.isclose(rate, top, rtol=1e-12, atol=0):
        assert bool(entry.stable(eta=rate, **values)) == (rate <= top)


@BY_ID
@pytest.mark.parametrize("count", [S_sync, T_horizon], ids=str)
@settings(deadline=None, max_examples=50)
@given(a=reals, b=reals, other=reals, rate=reals, roof=reals)
def test_the_largest_count_against_stability_on_both_sides(id, count, a, b, other, rate, roof):
    entry = LAWS[id]
    if str(count) not in entry.arguments:
        return
    rest = "T" if count is S_sync else "S"
    values = {k: v for k, v in {"a": a, "b": b, "eta_0": roof, rest: other}.items() if k in entry.arguments}
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


@pytest.mark.parametrize("count", [S_sync, T_horizon], ids=str)
@settings(deadline=None, max_examples=20)
@given(a=st.floats(0.1, 10), b=st.floats(0.1, 10), other=st.floats(1, 10), rate=st.floats(0.01, 10), power=powers)
def test_the_largest_count_of_a_blend(count, a, b, other, rate, power):
    """The largest count gives back eta_max = eta; without one, the limits of many and few counts say why."""
    rest = "T" if count is S_sync else "S"
    values = {"a": a, "b": b, rest: other, "p_blend": power}
    top = float(LAWS["blend"].largest(count, eta=rate, **values))

    def eta_max(x):
        return float(LAWS["blend"].eta_max_at(**values, **{str(count): x}))

    if 0 < top < np.inf:
        assert eta_max(top) == pytest.approx(rate, rel=1e-6)
        assert eta_max(top * 1.1) < rate * (1 + 1e-6)
    else:
        assert (top == 0) == (power > 0)
        assert eta_max(1e-60) <= rate * (1 + 1e-6) if top == 0 else eta_max(1e60) >= rate * (1 - 1e-6)


def test_a_blend_tends_to_min_and_max():
    at = {"a": 1.6e-6, "b": 3.2e-5, "S": 8.0, "T": 320.0}
    for name, power in (("min", 40.0), ("max", -40.0)):
        near, form = (
            float(LAWS[k].eta_max_at(**at, **more)) for k, more in (("blend", {"p_blend": power}), (name, {}))
        )
        assert near == pytest.approx(form, rel=0.02)
    tie = at | {"S": 16.0}
    assert float(LAWS["blend"].eta_max_at(**tie, p_blend=2.0)) == pytest.approx(1e-7 / 2**0.5, rel=1e-12)


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
    load = LAWS["min"].constraint("staleness").exact_load()(Fraction(1, 10), 3, 7)
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


@pytest.mark.parametrize("module", ["laws", "law_record"])
def test_docstring_examples(module):
    result = doctest.testmod(importlib.import_module(f"stalelaw.theory.{module}"))
    assert (result.failed, result.attempted > 0) == (0, True)
