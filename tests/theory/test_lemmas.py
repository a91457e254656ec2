"""Named lemmas: each is property-tested on random concrete cases, and the property test can fail."""

from __future__ import annotations

from dataclasses import replace

import pytest
import stalelaw.theory.claims as claims
from stalelaw.theory.derive import PROBES, lemma_claims, property_test
from stalelaw.theory.lemmas import LEMMAS

claims.all_claims()  # registers every lemma file


@pytest.mark.parametrize("name", sorted(LEMMAS))
def test_property(name):
    assert property_test(LEMMAS[name]) == 0


@pytest.mark.parametrize("name", sorted(LEMMAS))
def test_a_false_version_fails_its_property_test(name):
    lemma = LEMMAS[name]

    def false(rng):
        left, op, right = lemma.probe(rng)
        return (right, op, left) if op == "<=" else (left, op, right + 1)

    assert property_test(replace(lemma, probe=false)) > PROBES // 4


def test_every_lemma_is_listed_once_as_cited_with_its_source():
    listed = lemma_claims()
    assert len({c.id for c in listed}) == len(listed) == len(LEMMAS)
    assert all(c.kind == "cited" and c.source for c in listed)


def test_every_lemma_is_used():
    used = {s.by for c in claims.all_claims() for s in c.steps if s.kind == "lemma"}
    offered = {"expand-square"}  # to authors, used by examples/theorems
    assert set(LEMMAS) - used == offered
