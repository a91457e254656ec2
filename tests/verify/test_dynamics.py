"""Known answers against simulation: they hold, and each measurement fails on a formula that is slightly wrong."""

import importlib

import pytest
import sympy
import torch
from stalelaw.theory.claims import CHAPTERS, get
from stalelaw.theory.known_answers import KNOWN_ANSWERS
from stalelaw.verify import dynamics

CHAPTER = CHAPTERS["Solvable dynamics"]
NOT_EXACT = {("drift-ratio", "")}  # the floor of the squared ratio
LOOSE = {  # default 1 + 1e-5
    "sync-constant": "1.001",
    "lag-constant": "1.001",
    "fresh-lag-bound": "1.00001",
    "sync-longest": "1.01",
    "location-sensitivity": "0.99999",  # an upper bound
    "collapse-product": "1.2",  # known within one step
}


def measure(name, seed=0):
    return importlib.import_module(f"stalelaw.verify.claims.{name.replace('-', '_')}").measure(seed)


@pytest.fixture
def mutate(altered):
    return lambda entry, factor: altered(entry.claim, **{entry.formula or "main": factor * entry.expression})


@pytest.mark.parametrize("name", CHAPTER)
def test_simulations_agree(name):
    assert [(v.message, v.predicted, v.measured) for v in measure(name) if v.status != "holds"] == []


@pytest.mark.parametrize("name", sorted(KNOWN_ANSWERS))
def test_a_slightly_wrong_known_answer_is_caught(mutate, name):
    entry = KNOWN_ANSWERS[name]
    mutate(entry, sympy.Rational(LOOSE.get(name, "1.00001")))
    assert "violated" in [v.status for v in measure(entry.claim)]


@pytest.mark.parametrize("chapter", ["Drift", "Solvable dynamics"])
def test_every_exact_formula_is_exported_and_so_simulated(chapter):
    """The mutants above show that each exported formula is compared with its simulation."""
    names = {(entry.claim, entry.formula) for entry in KNOWN_ANSWERS.values()}
    for claim in (get(name.replace("_", "-")) for name in CHAPTERS[chapter]):
        exported = {claim.formulas[f] if f else claim.formula for c, f in names if c == claim.id}
        wanted = {"": claim.formula, **claim.formulas} if claim.kind == "exact" else {}
        assert [f for f, e in wanted.items() if e not in exported and (claim.id, f) not in NOT_EXACT] == []


def test_a_lag_that_is_one_too_long_is_caught(monkeypatch):
    module = importlib.import_module("stalelaw.verify.claims.pure_delay")
    real = dynamics.lag_radius
    monkeypatch.setattr(
        module, "lag_radius", lambda fresh, stale, lag, device="cpu": real(fresh, stale, lag + 1, device)
    )
    assert "violated" in [v.status for v in measure("pure-delay")]


def test_the_companion_matrix_runs_the_recursion():
    start = torch.tensor([0.5, -1.0, 2.0], dtype=torch.float64)  # x_0, x_1, x_2
    run = dynamics.run_lag(0.25, 0.5, start, 4)
    matrix, state = dynamics.companion(torch.tensor([0.75, 0.0, -0.5], dtype=torch.float64)), start.flip(0)
    for x in run[3:]:
        state = matrix @ state
        assert state[0] == pytest.approx(float(x), rel=1e-14)
    assert dynamics.spectral_radius(matrix) == pytest.approx(dynamics.lag_radius(0.25, 0.5, 2), rel=1e-12)


def test_the_stationary_cosine_agrees_with_a_long_run():
    g = torch.Generator().manual_seed(0)
    gain, lag, steps = 0.2, 2, 200_000
    noise = torch.randn(steps, generator=g, dtype=torch.float64).tolist()
    x, u = [0.0] * (lag + 1), []
    for xi in noise:
        u.append(x[-1 - lag] + xi)
        x.append(x[-1] - gain * u[-1])
    series = torch.tensor(u, dtype=torch.float64)
    found = float((series[1:] * series[:-1]).mean() / (series * series).mean())
    assert found == pytest.approx(dynamics.successive_cosine(gain, lag), abs=5 / steps**0.5)
