"""Mutants: the machinery notices every perturbation, and the mutation test itself can fail."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from stalelaw.theory.api import Rel
from stalelaw.theory.cache import user_cache
from stalelaw.theory.claims import all_claims, get
from stalelaw.theory.derive import perturb
from stalelaw.theory.objects import CHANCES
from stalelaw.theory.proof.build import define, identity
from stalelaw.theory.proof.mutants import mutants
from stalelaw.theory.proof.records import Claim, ClaimVerdict
from stalelaw.theory.symbols import p_suc

PROVED = all_claims()
THEOREMS = sorted((c for c in PROVED if c.kind not in ("definition", "cited")), key=lambda c: -len(c.steps))


def perturbed(*claims):
    """Mutants of claims, kept for the session: every worker finds those that another has made."""
    return perturb([ClaimVerdict(claim, "proved", ()) for claim in claims], cache=user_cache())


@pytest.fixture(scope="module")
def found():
    return perturbed(*THEOREMS)


def theorem(claim):
    return pytest.param(claim, id=claim.id, marks=pytest.mark.xdist_group(f"mutants-{claim.id}"))


@pytest.mark.late(1)
@pytest.mark.parametrize("claim", [theorem(claim) for claim in THEOREMS])
def test_no_mutant_is_missed(claim):
    found = perturbed(claim)
    assert [m for m in found if m.caught_by is None and not m.equivalent] == []
    strengthening = [m for m in found if m.direction == "strengthening"]
    assert [m for m in strengthening if m.caught_by in (None, "chain", "attaining-instance")] == []
    for mutant in found:
        assert not mutant.equivalent or claim.not_tight or claim.step(mutant.step).kind == "definition"


@pytest.mark.late(2)
def test_there_are_enough_mutants_and_few_are_equivalent(found):
    assert {m.claim for m in found} == {claim.id for claim in THEOREMS}
    assert sum(m.direction == "strengthening" for m in found) > 100
    assert sum(m.equivalent for m in found) <= len(found) / 4


@pytest.mark.late(2)
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
