"""The bias claims' measurements fail on a mutant of their formula; the factor says how sharp each one is."""

import importlib

import pytest
import sympy
from stalelaw.verify.runs import lag


def measure(claim, seed=0):
    return importlib.import_module(f"stalelaw.verify.claims.{claim.replace('-', '_')}").measure(seed)


@pytest.fixture
def mutate(scaled):
    return lambda claim, name, factor: scaled(claim, name or "", factor)


CASES = [
    ("diameter-bound", "diameter", "0.5"),
    ("diameter-bound", "centre", "0.9"),
    ("diameter-bound", "largest", "0.4"),
    ("diameter-strict", None, "1.01"),
    ("diameter-lipschitz", None, "0.01"),
    ("lag-models", "constant", "0.98"),
    ("lag-models", "sync-largest", "0.98"),
    ("lag-models", "sync-mean", "0.98"),
    ("lag-models", "ahead-largest", "0.98"),
    ("lag-models", "ahead-mean", "0.98"),
    ("lag-models", "uniform-largest", "0.98"),
    ("lag-models", "uniform-mean", "0.98"),
    ("lag-queue", None, "0.98"),
    ("lag-queue", "lag", "0.98"),
    ("lag-partial", "largest", "0.98"),
    ("lag-partial", "mean", "0.98"),
    ("mean-lag", None, "0.9"),
    ("scheduled-rate", None, "0.9"),
    ("scheduled-rate", "distance", "0.98"),
    ("order-necessary", None, "1.001"),
    ("order-necessary", None, "0.999"),
    ("domain", "near", "0.9"),
    ("domain", "close", "0.9"),
    ("domain-segment", None, "0.75"),
    ("bias-on-domain", None, "0.003"),
    ("lipschitz-on-domain", None, "0.01"),
    ("first-order-on-domain", None, "0.5"),
    ("bias-ladder", None, "0.9"),
    ("objective-not-determined", None, "1.001"),
    ("potential", None, "1.001"),
    ("curl-levels", None, "1.001"),
    ("curl-lengths", None, "1.001"),
    ("curl-token-mean", None, "1.001"),
]


@pytest.mark.parametrize("claim", list(dict.fromkeys(c for c, _, _ in CASES)))
def test_the_measurement_holds(claim):
    assert {v.status for v in measure(claim)} == {"holds"}


@pytest.mark.parametrize(("claim", "name", "factor"), CASES)
def test_a_wrong_constant_is_caught(mutate, claim, name, factor):
    mutate(claim, name, sympy.Rational(factor))
    assert "violated" in {v.status for v in measure(claim)}


def test_an_uncentred_advantage_is_caught(monkeypatch):
    module = importlib.import_module("stalelaw.verify.claims.objective_forms")
    assert {v.status for v in module.measure(0)} == {"holds"}
    real = module.pair_advantage
    monkeypatch.setattr(module, "pair_advantage", lambda p, r: real(p, r) + p)
    assert "violated" in {v.status for v in module.measure(0)}


def test_bad_lag_models_are_refused():
    for make in (lag.one_cycle_ahead, lambda s: lag.bounded_queue(s, 0, 5, 0, True)):
        with pytest.raises(ValueError, match="got 0"):
            make(0)
    with pytest.raises(ValueError, match="got -1"):
        lag.sawtooth(-1)
    assert max(lag.bounded_queue(2, 3, 40, 0, True).lag(t) for t in range(40)) == 5
