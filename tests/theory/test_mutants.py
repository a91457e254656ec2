"""Mutants: the machinery notices every perturbation, and the mutation test itself can fail."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from stalelaw.theory.api import Rel
from stalelaw.theory.claims import all_claims, get
from stalelaw.theory.objects import CHANCES
from stalelaw.theory.proof.build import define, identity
from stalelaw.theory.proof.mutants import mutants
from stalelaw.theory.proof.records import Claim
from stalelaw.theory.symbols import p_suc

PROVED = all_claims()
THEOREMS = [c.id for c in all_claims() if c.kind not in ("definition", "cited")]


@pytest.fixture(scope="module")
def found():
    return [m for name in THEOREMS for m in mutants(get(name), PROVED)]


def test_at_least_forty_and_none_is_missed(found):
    assert len(found) >= 40
    assert [m for m in found if m.caught_by is None and not m.equivalent] == []


def test_equivalent_mutants_are_few_and_of_the_two_declared_kinds(found):
    equivalent = [m for m in found if m.equivalent]
    assert len(equivalent) <= len(found) / 4
    for mutant in equivalent:
        claim = get(mutant.claim)
        assert claim.not_tight or claim.step(mutant.step).kind == "definition"


def test_strengthening_mutants_are_refuted_by_an_engine(found):
    strengthening = [m for m in found if m.direction == "strengthening"]
    assert len(strengthening) > 100
    assert [m for m in strengthening if m.caught_by in (None, "chain", "attaining-instance")] == []


def test_every_way_of_noticing_occurs(found):
    ways = Counter(m.caught_by for m in found)
    assert {"chain", "attaining-instance", "normal-form", "z3+cvc5"} <= set(ways)


def test_without_attaining_instances_weakenings_are_missed():
    """The mutation test can fail: a tight claim robbed of its attaining instances misses its weakened bound."""
    robbed = replace(get("drift"), attained=())
    missed = [m for m in mutants(robbed, PROVED) if m.caught_by is None and not m.equivalent]
    assert any(m.step == "conclusion" and m.direction == "weakening" for m in missed)


def test_a_premise_that_cannot_hold_is_a_contradiction_and_no_equivalent_mutant():
    """p + q = -1 has no chances p and q; p + q = 2 has, and nothing here depends on the sum."""
    steps = (define("chances", CHANCES), identity("twice", p_suc + p_suc, 2 * p_suc, "chances"))
    claim = Claim("chances-only", "Chances", "exact", "", "", steps, ("twice",))
    fates = {m.mutation: (m.caught_by, m.equivalent) for m in mutants(claim, PROVED) if m.step == "chances"}
    assert fates.pop("sign of a term flipped") == ("contradiction", False)
    assert set(fates.values()) == {(None, True)}


def test_a_loose_bound_is_not_called_tight():
    claim = get("drift")
    last = claim.steps[-1]
    loose = replace(last, statement=Rel(last.statement.lhs, "<=", 2 * last.statement.rhs))
    missed = [m for m in mutants(replace(claim, steps=(*claim.steps[:-1], loose)), PROVED) if m.caught_by is None]
    assert missed


def test_a_mutant_that_nobody_noticed_in_time_is_marked_and_not_kept(monkeypatch, tmp_path):
    """Where solvers never answer, what is left unnoticed says so, and the next run asks again."""
    from stalelaw.theory import derive
    from stalelaw.theory.cache import Cache
    from stalelaw.theory.proof import solvers

    drift = get("drift")
    monkeypatch.setattr(solvers, "_ask", lambda *_: tuple(solvers.Opinion(s, "timeout") for s in solvers.SOLVERS))
    found = mutants(drift, PROVED)
    assert any(m.cut_short for m in found)
    assert all(m.caught_by is None for m in found if m.cut_short)
    cache = Cache(tmp_path)
    (verdict,) = derive.derive([get("crossover")])
    derive.perturb([verdict], cache=cache)
    assert not list(tmp_path.rglob("mutants-*"))
