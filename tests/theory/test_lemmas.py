"""Named lemmas: each is property-tested on random concrete cases, and the property test can fail."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache

import pytest
import stalelaw.theory.claims as claims
import sympy
from stalelaw.theory.api import Rel
from stalelaw.theory.derive import PROBES, lemma_claims, property_test
from stalelaw.theory.lemmas import LEMMAS
from stalelaw.theory.proof.check import check_step

from .interpretation import Interpretation

USES = {}
for claim in claims.all_claims():
    for step in claim.steps:
        if step.kind == "lemma":
            USES.setdefault(step.by, {})[step.statement] = step.args

ANYTHING = (
    *("absorption", "binomial-covariance", "binomial-end", "binomial-positive", "binomial-theorem"),
    *("cauchy-schwarz", "complement", "cosine-above-parabola", "cosine-at-most-one", "cosine-difference"),
    *("cosine-positive", "cosine-product", "equal-norms", "exp-above-tangent", "exp-below-parabola", "half-turn"),
    *("homogeneity", "index-shift", "integer-gap", "log-negative", "norm-square", "power-mean", "power-order"),
    *("pythagoras", "root", "sine-above-cubic", "sine-addition", "sine-below-line", "sine-positive", "split-first"),
    *("split-last", "telescoping", "triangle", "weighted-cauchy-schwarz", "written-out"),
)
"""Lemmas that are true whatever the names in their arguments mean; the others speak of the registered objects."""


@cache
def drawn(name):
    """The cases of the property test."""
    found = []
    recording = replace(LEMMAS[name], probe=lambda rng: found.append(LEMMAS[name].probe(rng)) or found[-1])
    assert property_test(recording) == 0
    return found


def failures(name, change):
    """How many cases fail once each is changed."""
    cases = iter(drawn(name))
    return property_test(replace(LEMMAS[name], probe=lambda rng: change(*next(cases))))


@pytest.mark.parametrize("name", sorted(LEMMAS))
def test_property(name):
    assert len(drawn(name)) == PROBES


@pytest.mark.parametrize("name", sorted(LEMMAS))
def test_a_false_version_fails_its_property_test(name):
    flipped = failures(name, lambda left, op, right: (right, op, left) if op == "<=" else (left, op, right + 1))
    assert flipped > PROBES // 4


@pytest.mark.parametrize("name", sorted(LEMMAS))
def test_a_constant_a_tenth_too_sharp_fails_the_property_test(name):
    """The draws come near to equality: what claims 10 % more, or is 10 % off, is noticed."""
    assert failures(name, lambda left, op, right: (left + (0.1 * abs(right) if left and right else 0.1), op, right)) > 0


def outcomes(name, change, draws):
    """Whether changed instances that claims use hold, in random interpretations in which their side conditions hold."""
    for seed in range(draws):
        for args in list(USES[name].values())[:8]:
            instance, values = LEMMAS[name].instance(*args), Interpretation(random.Random(seed))
            taken = [values.take(need) for need in instance.needs]
            if all(taken):
                yield values.holds(change(instance.statement))


@pytest.mark.parametrize("name", ANYTHING)
def test_the_instances_that_claims_use_hold_in_every_interpretation(name):
    held = list(outcomes(name, lambda rel: rel, draws=60))
    assert held
    assert all(held)


@pytest.mark.parametrize("name", ANYTHING)
def test_perturbed_instances_do_not(name):
    """An inequality turned around, and an equation a tenth off."""

    def perturbed(rel):
        if rel.op != "=":
            return Rel(rel.lhs, rel.op.translate(str.maketrans("<>", "><")), rel.rhs)
        return Rel(rel.lhs, "=", rel.rhs * sympy.Rational(11, 10) if rel.rhs != 0 else sympy.Rational(1, 10))

    assert not all(outcomes(name, perturbed, draws=400))


def test_every_lemma_is_listed_once_as_cited_with_its_source():
    listed = lemma_claims()
    assert len({c.id for c in listed}) == len(listed) == len(LEMMAS)
    assert all(c.kind == "cited" and c.source for c in listed)


def test_every_lemma_is_used():
    assert set(LEMMAS) == set(USES)


def test_steps_by_a_theorem_on_the_place_of_zeros_are_cited():
    uses = [s for c in claims.all_claims() for s in c.steps if s.kind == "lemma" and LEMMAS[s.by].cited]
    assert {s.by for s in uses} == {"delay-zeros", "lag-zeros"}
    claim = claims.get("pure-delay")
    assert {s.by: check_step(claim, s, []).status for s in claim.steps if s in uses} == {"delay-zeros": "cited"}
