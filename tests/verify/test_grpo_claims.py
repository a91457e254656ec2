"""The measurements of the group-relative advantages hold, and each fails on a mutant of its formula or its object."""

import importlib

import pytest
import sympy
import torch
from stalelaw.verify import group_laws, groups_enumerated
from stalelaw.verify.claims import graded_counts, kl_estimators, kl_objective

CLAIMS = (
    *("group-variance", "group-advantage", "group-weight", "advantage-range", "advantage-slope", "weight-slope"),
    *("small-groups", "mixed-groups", "weight-limit", "prompt-gradient", "graded-balance", "dynamic-sampling"),
    *("length-covariance", "truncation-mask", "kl-estimators", "kl-objective", "weight-potential-limit"),
    *("graded-advantage", "graded-pairs", "graded-counts"),
)


def measure(claim, seed=0):
    return importlib.import_module(f"stalelaw.verify.claims.{claim.replace('-', '_')}").measure(seed)


def statuses(claim):
    return [verdict.status for verdict in measure(claim)]


@pytest.fixture
def mutate(scaled):
    return lambda claim, factor, name="": scaled(claim, name, factor)


@pytest.mark.parametrize("claim", CLAIMS)
def test_it_holds(claim):
    assert set(statuses(claim)) == {"holds"}
    assert measure(claim, 5) == measure(claim, 5)


@pytest.mark.parametrize(
    ("claim", "name"),
    [
        *(("group-variance", ""), ("group-variance", "sample_std"), ("group-advantage", "A_1"), ("group-weight", "")),
        *(("group-advantage", "A_0"), ("small-groups", ""), ("mixed-groups", ""), ("prompt-gradient", "")),
        *(("dynamic-sampling", ""), ("length-covariance", "Dr. GRPO"), ("length-covariance", "DAPO")),
        *(("truncation-mask", ""), ("advantage-slope", ""), ("weight-slope", ""), ("advantage-range", "population")),
        *(("advantage-range", "sample"), ("weight-limit", "flat"), ("weight-limit", "upper")),
        *(("graded-advantage", "plain"), ("graded-advantage", "RLOO"), ("graded-pairs", "")),
        *(("kl-objective", name) for name in ("k1", "k2", "slope_k1", "slope_k2")),
    ],
)
def test_a_formula_too_small_by_one_in_a_thousand_is_caught(mutate, claim, name):
    mutate(claim, sympy.Rational(999, 1000), name)
    assert "violated" in statuses(claim)


@pytest.mark.parametrize(("name", "factor"), [("k1_most", "1.8"), ("k2_most", "1.7")])
def test_a_penalty_smaller_than_claimed_is_caught(mutate, name, factor):
    mutate("kl-objective", sympy.Rational(factor), name)
    assert "violated" in statuses("kl-objective")


def test_a_potential_further_from_its_limit_than_claimed_is_caught(mutate):
    mutate("weight-potential-limit", sympy.Rational(1, 5), "error")
    assert statuses("weight-potential-limit") == ["holds", "violated"]


def test_a_limit_of_the_potential_two_percent_too_small_is_caught(mutate):
    mutate("weight-potential-limit", sympy.Rational(98, 100), "limit")
    assert statuses("weight-potential-limit")[0] == "violated"


def test_swapped_estimators_are_caught(monkeypatch):
    real = kl_objective.ESTIMATORS
    monkeypatch.setattr(kl_objective, "ESTIMATORS", {**real, "k1": real["k2"], "k2": real["k1"]})
    assert statuses("kl-objective").count("violated") >= 4


@pytest.mark.parametrize(("name", "factor"), [("lower", "1.001"), ("close", "1.03")])
def test_a_lower_bound_too_large_is_caught(mutate, name, factor):
    mutate("weight-limit", sympy.Rational(factor), name)
    assert "violated" in statuses("weight-limit")


def test_advantages_that_are_not_centred_are_caught(monkeypatch):
    real = groups_enumerated.standardised
    monkeypatch.setattr(group_laws, "standardised", lambda rewards, correction=0: real(rewards, correction) + rewards)
    assert "violated" in statuses("graded-balance")


def test_a_swapped_divergence_is_caught(monkeypatch):
    real = kl_estimators._gaps

    def swapped(logits, reference):
        assert set(real(logits, reference)) == {
            "k1 against 0",
            "k2 against KL(policy, ref)",
            "k3 against KL(ref, policy)",
        }
        law, other = torch.softmax(logits, 0), torch.softmax(reference, 0)
        forward, reverse = law - other, law * ((law / other).log() - (law * (law / other).log()).sum())
        return {"k3 against KL(policy, ref)": (float((forward - reverse).norm()), float((forward + reverse).norm()))}

    monkeypatch.setattr(kl_estimators, "_gaps", swapped)
    assert statuses("kl-estimators") == ["violated"]


def test_a_sum_over_counts_off_by_one_in_a_thousand_is_caught(monkeypatch):
    real = graded_counts.by_counts
    monkeypatch.setattr(graded_counts, "by_counts", lambda *given: 0.999 * real(*given))
    assert statuses("graded-counts") == ["violated"] * 3
