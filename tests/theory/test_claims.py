"""Every claim of the theory stands, is needed, and is sharp or says why not.

Ladder of trust: exact evaluation (test_exact) -> identities and inequalities (test_engines) -> lemmas (test_lemmas) ->
claims (here) -> mutants (test_mutants).
"""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

from stalelaw.theory.api import Rel
from stalelaw.theory.claims import ORDER, all_claims, get, written
from stalelaw.theory.derive import counts, document
from stalelaw.theory.proof.check import check_claim
from stalelaw.theory.proof.models import model_problems
from stalelaw.theory.symbols import TABLE, G_upd, eta


def test_the_whole_theory_stands(verdicts):
    assert {v.claim.id: v.status for v in verdicts if v.status not in ("proved", "cited")} == {}
    assert {v.claim.id: v.problems for v in verdicts if v.problems} == {}


def test_every_theorem_has_necessity_for_each_assumption_and_tightness_or_a_reason(verdicts):
    assert {v.claim.id: v.missing for v in verdicts if v.missing} == {}


def test_there_are_enough_claims_and_most_steps_are_proved_by_an_engine(verdicts):
    total = counts(verdicts)
    assert total["claims"] - total["claims_by_status"]["cited"] >= 8
    assert total["proved_share"] >= 0.8
    assert set(total["steps_by_status"]) <= {"proved", "assumed", "defined", "cited"}
    assert len(total["cited"]) <= 0.01 * total["steps"]


def test_ids_are_the_file_names_and_come_after_what_they_use():
    assert [c.id.replace("-", "_") for c in written()] == list(ORDER)
    seen: set[str] = set()
    for claim in all_claims():
        assert {s.by for s in claim.steps if s.kind == "claim"} <= seen
        seen.add(claim.id)


def test_an_earlier_claim_that_does_not_stand_cannot_be_used():
    verdict = check_claim(get("staleness-bias"), proved=[get("drift")])
    assert verdict.status == "undecided"
    assert any("not among the proved" in s.message for s in verdict.steps)


def test_inherited_assumptions_are_not_hidden():
    assert {a.id for a in get("staleness-bias").assumptions} == {"A1", "A2", "A3", "A1-upd", "LAG"}


def test_the_document_is_json_without_nan_and_follows_the_contract(verdicts):
    body = json.loads(json.dumps(document(verdicts), allow_nan=False))
    assert {"claims", "counts"} <= set(body)
    for claim in body["claims"]:
        assert {"id", "title", "kind", "status", "source", "steps", "assumptions", "necessity"} <= set(claim)
        if claim["kind"] not in ("cited", "definition"):
            assert set(claim["necessity"]) == set(claim["assumptions"])
        for entry in claim["necessity"].values():
            assert set(entry) == {"kind", "values", "violates"}
            assert entry["kind"] in ("instance", "scalar-model")
            assert entry["violates"]
            for value in entry["values"].values():
                Fraction(value)  # "p/q", nothing else
        for step in claim["steps"]:
            assert step["status"] in ("proved", "cited", "assumed", "defined")


def test_a_wrong_necessity_instance_is_noticed():
    claim = get("drift")
    harmless = claim.attained[0]  # every assumption holds here, so it shows nothing about A1-upd
    problems = model_problems(replace(claim, necessity={"A1-upd": harmless}))
    assert any("the dropped assumption holds here" in p for p in problems)
    assert any("every conclusion holds here" in p for p in problems)


def test_a_wrong_attaining_instance_is_noticed():
    claim = get("drift")
    slack = replace(claim.attained[0], values={**claim.attained[0].values, G_upd: Fraction(5, 4)})
    assert any("no conclusion is reached" in p for p in model_problems(replace(claim, attained=(slack,))))
    broken = replace(claim.attained[0], values={**claim.attained[0].values, eta: Fraction(-1)})
    assert any("is not as it is declared" in p for p in model_problems(replace(claim, attained=(broken,))))


def test_a_dead_step_and_a_missing_conclusion_are_structural_problems():
    claim = get("crossover")
    extra = replace(claim.steps[-1], id="dead")
    assert any("used by nothing" in p for p in check_claim(replace(claim, steps=(*claim.steps, extra))).problems)
    assert any("no step proves" in p for p in check_claim(replace(claim, conclusions=("absent",))).problems)


def test_a_definition_must_be_fresh_and_an_assumption_must_match_its_record():
    claim = get("crossover")
    circular = replace(
        claim.steps[0], statement=Rel(claim.steps[0].statement.lhs, "=", 2 * claim.steps[0].statement.lhs)
    )
    assert check_claim(replace(claim, steps=(circular, *claim.steps[1:]))).status == "refuted"
    lag = get("lag-drift")
    steps = tuple(
        replace(s, statement=Rel(s.statement.lhs, "<=", 2 * s.statement.rhs)) if s.id == "lag" else s for s in lag.steps
    )
    verdict = check_claim(replace(lag, steps=steps), proved=[get("drift")])
    assert next(s for s in verdict.steps if s.id == "lag").status == "refuted"


def test_every_symbol_of_a_claim_is_registered_with_unit_and_meaning():
    for claim in all_claims():
        for step in claim.steps:
            for side in (step.statement.lhs, step.statement.rhs):
                for symbol in side.free_symbols:
                    assert TABLE[str(symbol)].meaning
                    assert TABLE[str(symbol)].unit
