"""Drift and stability measured: everything holds, and each measurement fails on a wrong formula or a wrong walk.

Formulas that are known answers are mutated in ``test_dynamics``.
"""

import importlib

import pytest
import sympy
import torch
from stalelaw.theory.claims import CHAPTERS
from stalelaw.verify import boundaries, walks

NAMES = [name for name in (*CHAPTERS["Drift"], *CHAPTERS["Stability"]) if name not in ("two_constraints", "crossover")]


def measure(name, seed=1):
    return importlib.import_module(f"stalelaw.verify.claims.{name.replace('-', '_')}").measure(seed)


@pytest.mark.parametrize("name", NAMES)
def test_everything_holds(name):
    assert [(v.message, v.predicted, v.measured) for v in measure(name) if v.status != "holds"] == []


@pytest.mark.parametrize(
    ("claim", "name", "factor"),
    [
        ("rms-drift", "", "0.999"),
        ("rms-drift", "worst", "0.999"),
        ("drift-ratio", "", "1.6"),
        ("pair-cosine", "", "0.999"),
        ("short-horizon", "", "2"),
        ("collapse-time-bound", "", "2"),
        ("collapse-time-bound", "cycles", "2"),
        ("collapse-time", "", "1.2"),
        ("collapse-exponent", "", "1.01"),
        ("boundary-sufficient", "", "1.08"),
        ("boundary-sufficient", "min", "1.08"),
        ("boundary-sufficient", "horizon", "1.08"),
        ("boundary-sufficient", "staleness", "1.08"),
        ("boundary-necessary", "", "0.99"),
        ("boundary-order", "", "1.001"),
        ("boundary-order", "min", "1.001"),
        ("boundary-order", "max", "0.999"),
        ("boundary-order", "max-ceiling", "1.001"),
        ("blend-order", "", "1.00001"),
        ("min-as-boundary", "", "0.95"),
        ("boundary-escapes", "", "1.00001"),
        ("boundary-escapes", "ballistic", "1.00001"),
        ("boundary-escapes", "off", "0.99"),
    ],
)
def test_a_wrong_formula_is_caught(scaled, claim, name, factor):
    scaled(claim, name, sympy.Rational(factor))
    assert "violated" in [v.status for v in measure(claim)]


def test_the_max_form_is_not_sufficient_without_the_switch(monkeypatch):
    """With a hazard that does not switch off, runs below the max form collapse."""
    module = importlib.import_module("stalelaw.verify.claims.boundary_sufficient")
    monkeypatch.setattr(module, "collapsed", lambda run, off: boundaries.collapsed(run, False))
    found = {v.message.split("law ")[1].split(",")[0]: v.status for v in measure("boundary-sufficient")}
    assert found == {"horizon": "holds", "min": "holds", "staleness": "violated", "max": "violated"}


def test_walks_take_the_updates_as_given():
    updates = torch.tensor([[1.0, 2.0], [-3.0, 0.5]], dtype=torch.float64)
    assert walks.walk(updates, 0.5).tolist() == [[0.0, 0.0], [0.5, 1.0], [-1.0, 1.25]]
    assert walks.first_step(walks.drift(updates, 0.5), lambda d: d > 1.5) == 2
    assert walks.first_step(walks.drift(updates, 0.5), lambda d: d > 9) is None
    gram = walks.ar_gram(4, 0.3)
    made = walks.with_gram(gram, torch.Generator().manual_seed(0))
    torch.testing.assert_close(made @ made.T, gram)
    assert walks.signs(3).shape == (8, 3)
    assert walks.signs(3).sum() == 0
    assert len({tuple(row) for row in walks.signs(3).tolist()}) == 8
