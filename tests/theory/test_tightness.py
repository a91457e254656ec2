"""Every bound that a claim concludes is attained by an instance, or the claim names it among those that are not."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from stalelaw.theory.claims import all_claims, get
from stalelaw.theory.proof.models import missing_models, reaches


@pytest.mark.parametrize("claim", all_claims(), ids=lambda c: c.id)
def test_every_bound_is_attained_or_named(claim):
    assert missing_models(claim) == []


def test_one_attained_bound_does_not_speak_for_the_others():
    claim = get("two-constraints")
    drift_only = replace(claim, attained=claim.attained[:1])
    assert any("reaches 'unclipped'" in m for m in missing_models(drift_only))
    assert not any("reaches 'drift'" in m for m in missing_models(drift_only))


def test_a_reason_covers_what_it_names_as_a_whole_word():
    claim = replace(get("two-constraints"), attained=())
    assert [m.split("'")[1] for m in missing_models(replace(claim, not_tight="drift, unclipped and bias: no"))] == []
    partly = missing_models(replace(claim, not_tight="the drift-like bound, unclipped"))
    assert [m.split("'")[1] for m in partly] == ["drift", "bias"]


def test_the_reason_of_a_single_bound_need_not_name_it():
    claim = replace(get("drift"), attained=())
    assert missing_models(claim) == ["neither an attaining instance nor a reason why the bound is not tight"]
    assert missing_models(replace(claim, not_tight="half of it was found")) == []


@pytest.mark.parametrize("name", ["behaviour-lipschitz", "staleness-bias"])
def test_both_sources_of_the_bias_at_once_attain_the_bound(name):
    claim = get(name)
    both = claim.attained[-1]
    constants = {str(symbol): value for symbol, value in both.values.items()}
    assert constants["L_D"] > 0
    assert constants["L_B"] > 0
    assert reaches(claim.step("conclusion").statement, both)
    smaller = {s: v - Fraction(1, 100) if str(s) in ("K_phi", "C_bias") else v for s, v in both.values.items()}
    assert not reaches(claim.step("conclusion").statement, replace(both, values=smaller))
