"""The measurements of the bounds by responses fail on a wrong constant; the factor says how sharp each of them is."""

import dataclasses
import importlib

import pytest
import sympy
import torch
from stalelaw.verify import representations
from stalelaw.verify.constants import behaviour_norm
from stalelaw.verify.hybrid import hybrid, weight_slope
from stalelaw.verify.problems import random_problem
from stalelaw.verify.spectra.ascent import ascend


def measure(claim):
    return importlib.import_module(f"stalelaw.verify.claims.{claim.replace('-', '_')}").measure(0)


CASES = [
    ("weight-ceiling", "", "0.999"),
    ("weight-slope-enclosures", "b_8", "0.999"),
    ("weight-slope-enclosures", "b_reached_16", "1.001"),
    ("weight-slope-enclosures", "c_64", "0.999"),
    ("weight-slope-enclosures", "c_8", "0.99987"),  # the supremum lies 0.012 % below this bound
    ("weight-slope-enclosures", "c_reached_8", "1.00002"),  # and 0.0018 % above the value that is reached
    ("row-energy", "this", "0.999"),
    ("row-energy", "others", "0.999"),
    ("row-energy", "response", "0.999"),
    ("success-slope", "", "0.999"),
    ("response-prompt", "", "0.8"),
    ("response-constants", "K_phi", "0.4"),
    ("response-diagonal", "K_diagonal", "0.35"),
    ("slope-spread", "", "0.49"),
    ("response-beats-group", "", "-1"),
    ("response-length", "most", "0.99"),
    ("response-length", "least", "1.01"),
    ("response-length", "", "0.99"),
]


@pytest.mark.parametrize(("claim", "name", "factor"), CASES)
def test_a_wrong_constant_is_caught(scaled, claim, name, factor):
    scaled(claim, name, sympy.Rational(factor))
    assert "violated" in [v.status for v in measure(claim)]


@pytest.mark.parametrize("claim", sorted({claim for claim, *_ in CASES} | {"response-derivative"}))
def test_every_measurement_holds(claim):
    assert [v.message for v in measure(claim) if v.status != "holds"] == []


def test_a_wrong_slope_of_the_weight_is_caught(monkeypatch):
    module = importlib.import_module("stalelaw.verify.hybrid")
    monkeypatch.setattr(module, "weight_slope", lambda p, size: (weight_slope(p, size)[0], torch.zeros_like(p)))
    assert [v.status for v in measure("response-derivative")] == ["violated"]


def test_the_table_takes_every_number_from_the_claims():
    rows = representations.constants_table([1, 4, 16], [2, 3, 8, 64], 0.2)
    assert len(rows) == 12
    for row in rows:
        assert row.diagonal <= row.response_level < row.group_level
    by_length = [row.response_level for row in rows if row.group_size == 8]
    assert by_length[1] > by_length[2]
    with pytest.raises(ValueError, match="expected a group size of"):
        representations.slope_bounds(7)


def test_ascent_climbs_and_never_leaves_the_bound():
    problem = random_problem(0, 4, False)
    objective = dataclasses.replace(problem.objective, clip=None)
    start = behaviour_norm(objective, problem.theta, problem.theta).value
    assert start <= ascend(objective, problem.theta, None, 3) * (1 + 1e-12)
    with pytest.raises(ValueError, match="at least one step"):
        ascend(objective, problem.theta, None, 0)


def test_hybrid_weights_are_one_law_per_token():
    problem = random_problem(0, 3, False)
    laws = hybrid(problem.objective, problem.theta, problem.theta, problem.theta, problem.theta)
    assert torch.allclose(laws.h.sum(1), torch.ones_like(laws.h.sum(1)))
    assert torch.allclose(laws.law.sum(1), torch.ones_like(laws.p))
