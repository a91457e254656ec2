"""Lemmas that name something that exists: a fresh name each time, and no conclusion speaks of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from stalelaw.theory.claims import get
from stalelaw.theory.lemmas import LEMMAS
from stalelaw.theory.proof.build import lemma
from stalelaw.theory.proof.check import check_step
from stalelaw.theory.proof.models import Table, reaches
from stalelaw.theory.proof.records import Rel
from stalelaw.theory.proof.structure import structure
from stalelaw.theory.proof.vectors import Inner
from stalelaw.theory.symbols import S_max, i_low, i_out, i_top, j_mate, k_step, stat, v_unit

ALONG = Inner(v_unit, stat(i_out))


def test_a_largest_index_is_not_named_twice():
    claim = get("diameter-bound")
    again = lemma("again", "finite-maximum", i_top, -ALONG, i_out, uses="from-one")
    changed = replace(claim, steps=(*claim.steps, again))
    assert check_step(changed, again, []).status == "refuted"
    fresh = lemma("first", "finite-maximum", i_top, ALONG, i_out, uses="from-one")
    assert check_step(replace(claim, steps=(claim.step("from-one"), fresh)), fresh, []).status == "proved"


def test_no_conclusion_speaks_of_it():
    claim = get("diameter-bound")
    problems = structure(replace(claim, conclusions=(*claim.conclusions, "top")))
    assert any("i_top" in p for p in problems)


def test_the_name_is_a_symbol_and_the_expression_has_one_index():
    make = LEMMAS["finite-maximum"].instance
    for args in (
        (i_out, ALONG, i_out),
        (i_low, Inner(v_unit, stat(i_low)), i_out),
        (i_low, stat(i_out) * j_mate, i_out),
    ):
        with pytest.raises(ValueError, match="expected"):
            make(*args)


def test_a_bound_for_every_index_is_reached_when_it_is_reached_at_one():
    model = Table({S_max: 3}, indices={k_step: range(4)})
    assert reaches(Rel(k_step, "<=", S_max), model)
    assert not reaches(Rel(k_step, "<=", 2 * S_max), model)
