"""The chapter "where the bias comes from": what its instances show, and what its lemma and its helper refuse."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from stalelaw.theory import symbols as sy
from stalelaw.theory.api import Rel
from stalelaw.theory.claims import (
    baseline_source,
    behaviour_symmetry,
    clip_trap,
    differentiable_weight_trap,
    hybrid_measures,
    null_test,
    source_orders,
    source_switches,
)
from stalelaw.theory.lemmas import LEMMAS
from stalelaw.theory.proof.build import define, lemma
from stalelaw.theory.proof.check import check_claim
from stalelaw.theory.proof.exact import evaluate
from stalelaw.theory.proof.fill import filled
from stalelaw.theory.proof.models import true_in
from stalelaw.theory.symbols import phi, tau, theta, w_dir, w_other

FIRST = (hybrid_measures, source_orders, baseline_source, null_test)
CHAPTER = [m.CLAIM for m in (*FIRST, differentiable_weight_trap, clip_trap, behaviour_symmetry)]


def bias(model):
    return evaluate(sy.H_map(theta, phi) - sy.H_map(theta, theta), model)


@pytest.mark.parametrize("claim", CHAPTER, ids=lambda c: c.id)
def test_each_claim_stands_alone(claim):
    verdict = check_claim(claim)
    assert [(s.id, s.message) for s in verdict.steps if s.status in ("refuted", "undecided")] == []
    assert (verdict.status, verdict.problems, verdict.missing) == ("proved", (), ())


def test_the_switches_stand_on_the_hybrid_measures():
    assert check_claim(source_switches.CLAIM, [hybrid_measures.CLAIM]).status == "proved"
    assert check_claim(source_switches.CLAIM).status == "undecided"


@pytest.mark.parametrize("name", ["SEQ-RATIO", "MATES-BASELINE", "INDEP", "CONST-LEN"])
def test_every_broken_premise_of_the_null_test_leaves_a_bias(name):
    assert any(bias(null_test.CLAIM.necessity[name]))
    assert not any(bias(null_test.CLAIM.attained[0]))


def test_the_trap_hides_a_gradient_that_is_there():
    model = differentiable_weight_trap.CLAIM.attained[0]
    assert any(evaluate(sy.H_stop, model))
    assert not any(evaluate(sy.H_full, model))


@pytest.mark.parametrize("number", [0, 1])
def test_the_clip_trap_has_a_gap_on_either_side(number):
    model = clip_trap.CLAIM.attained[number]
    assert evaluate(sy.ppo_trap - sy.ppo_mean, model) > 0


@pytest.mark.parametrize("name", ["ONE-WEIGHT", "BINARY"])
def test_weights_and_graded_rewards_break_the_symmetry_but_not_the_transposition(name):
    claim = behaviour_symmetry.CLAIM
    model = claim.necessity[name]
    assert true_in(model, claim.step("transpose").statement)
    assert not true_in(model, claim.step("symmetric").statement)


def test_three_levels_in_pairs_make_the_matrix_antisymmetric():
    model = behaviour_symmetry.CLAIM.necessity["BINARY"]
    one, other = (evaluate(sy.form_H(*pair), model) for pair in ((w_dir, w_other), (w_other, w_dir)))
    assert one == -other != 0


def test_the_order_of_the_split_matters_and_its_mean_is_not_a_part():
    model = source_orders.CLAIM.attained[0]
    gap = source_orders.CLAIM.step("gap").statement
    assert any(evaluate(gap.lhs, model))


def test_the_mean_score_vanishes_for_registered_laws_only():
    claim = null_test.CLAIM
    own = define("own-law", Rel(sy.score_tok(tau), "=", sy.rew_term(tau) * sy.score_tok(tau)))
    smuggled = define("law", Rel(sy.resp_law(tau, theta), "=", sy.rew_term(tau)), why="not a law")
    steps = (smuggled, claim.step("total"), claim.step("zero"))
    verdict = check_claim(replace(claim, steps=steps, conclusions=("zero",), necessity={}, attained=()))
    assert verdict.status != "proved"
    assert any("defines itself" in problem for problem in verdict.problems)
    assert check_claim(replace(claim, steps=(own,), conclusions=("own-law",), necessity={})).status == "refuted"
    wrong = replace(claim.step("total"), statement=Rel(sy.mean_score, "=", 2 * claim.step("total").statement.rhs))
    zero = lemma("zero", "score-mean-zero", sy.mean_score, uses="total")
    verdict = check_claim(replace(claim, steps=(wrong, zero), conclusions=("zero",), necessity={}, attained=()))
    assert verdict.status == "undecided"
    with pytest.raises(ValueError, match="expected mean_score"):
        LEMMAS["score-mean-zero"].instance(sy.src_rew)


def test_filled_evaluates_definitions_in_any_order_and_says_what_is_missing():
    steps = (
        define("twice", Rel(sy.ppo_mean, "=", 2 * sy.mean_gain)),
        define("once", Rel(sy.mean_gain, "=", sy.mean_loss + 1)),
    )
    assert filled({sy.mean_loss: 2}, steps, {})(sy.ppo_mean) == Fraction(6)
    assert filled({sy.mean_loss: 2, sy.ppo_mean: 5}, steps, {})(sy.ppo_mean) == Fraction(5)  # given values stay
    with pytest.raises(KeyError, match="primitive value is missing"):
        filled({}, steps, {})
