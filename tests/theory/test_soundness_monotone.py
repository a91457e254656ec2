"""Attacks on lemmas whose side condition must hold at every chance p: nothing that restricts p may stand behind it.

Each toy claim would make ``W_G - alpha``, which falls, or another function that falls somewhere, one that never does.
The refusals are told apart by their words, and the honest proof passes through the same code.
"""
# ruff: noqa: F403, F405

import pytest
from stalelaw.theory.claims import get
from stalelaw.theory.lemmas import LEMMAS
from stalelaw.theory.objects import ANGLE, BELOW_ONE, CHANCES, GROUP_SIZE, TILT, TWO_CHANCES
from stalelaw.theory.proof.check import check_claim

from .attacks import *

DOMAIN = (define("order", TWO_CHANCES), define("top", BELOW_ONE))
FALLS = d_potential(p_suc) - d_angle(p_suc)  # its sign is that of w_G less 1/sqrt(pq): never positive for large G


def rises(*steps, uses="slope", f=None):
    """A claim that f does not decrease, W_G - alpha by default, once ``steps`` end with a step ``slope``."""
    f = potential(p_suc) - angle(p_suc) if f is None else f
    return toy("a", *DOMAIN, *steps, lemma("end", "nondecreasing", f, p_low, p_high, uses=f"{uses} order top"))


def why(claim, *earlier_claims):
    """What is said of the last step; the toy claims before it must stand."""
    return check_claim(claim, [get("group-weight"), get("weight-limit"), *earlier_claims]).steps[-1].message


def on_p(op, value, name="HALF"):
    return Assumption(name, "p", "p", lambda: Rel(p_suc, op, value))


STEEP = Assumption("STEEP", "s", "s", lambda: Rel(FALLS, ">=", 0))


@pytest.mark.parametrize("op", ["<", "<=", "="])
def test_an_assumption_on_p_however_it_is_said(op):
    """``alpha`` put for a function that rises on one half only; a strict relation in between hides nothing."""
    slow = Assumption("SLOW", "s", "s", lambda: Rel(FALLS * (Rational(1, 2) - p_suc), ">=", 0))
    strict = Assumption("HALF", "p", "p", lambda: Rel(p_suc, op, Rational(1, 4)))
    hidden = inequality("gap", p_suc, "<", Rational(1, 2), "half")
    claim = rises(assume("s", slow), assume("half", strict), hidden, inequality("slope", FALLS, ">=", 0, "s gap"))
    assert why(claim) == "it must hold at every p_suc, and rests on the assumption s"
    only = rises(assume("half", strict), hidden, inequality("slope", FALLS, ">=", 0, "gap"))
    assert why(only) == "it must hold at every p_suc, and rests on the assumption half"


def test_an_assumption_behind_nothing_but_strict_steps():
    steep = Assumption("STEEP", "s", "s", lambda: Rel(FALLS, ">", 0))
    claim = rises(assume("s", steep), inequality("slope", FALLS, ">=", 0, "s"))
    assert why(claim) == "it must hold at every p_suc, and rests on the assumption s"


def test_an_assumption_on_a_symbol_that_is_tied_to_p_by_an_earlier_claim():
    """x_std is sqrt(pq) in weight-limit: a bound on it is one on p."""
    small = Assumption("SMALL", "s", "s", lambda: Rel(std_one, "<=", Rational(1, 4)))
    close = earlier("close", get("weight-limit"), "far")
    claim = rises(assume("s", small), close, inequality("slope", FALLS, ">=", 0, "s close"))
    assert why(claim) == "it must hold at every p_suc, and rests on the assumption s"


def test_an_assumption_of_an_earlier_claim():
    inner = toy("inner", assume("s", STEEP), inequality("same", FALLS, ">=", 0, "s"))
    outer = toy("outer", earlier("same", inner), inequality("again", FALLS, ">=", 0, "same"))
    for claim in (inner, outer):
        chain = rises(earlier("slope", claim))
        assert (
            why(chain, inner, outer)
            == f"it must hold at every p_suc, and rests on the assumptions of the claim {claim.id}"
        )


def test_a_shared_definition_that_is_not_known_to_leave_p_free(monkeypatch):
    from stalelaw.theory import objects
    from stalelaw.theory.proof import check, meaning

    half = Definition("half", "p is at most 1/2", lambda: Rel(p_suc, "<=", Rational(1, 2)))
    for module in (objects, check, meaning):
        monkeypatch.setattr(module, "SHARED", (*objects.SHARED, half))
    inner = toy("inner", define("h", half), inequality("c", 2 * p_suc, "<=", 1, "h"))
    direct = rises(define("h", half), inequality("slope", FALLS, ">=", 0, "h"))
    assert why(direct) == "it must hold at every p_suc, and rests on the definition h"
    quoted = rises(earlier("c", inner), inequality("slope", FALLS, ">=", 0, "c"))
    assert why(quoted, inner) == "it must hold at every p_suc, and rests on the definition h of the claim inner"


@pytest.mark.parametrize("name", [p_suc, q_fail])
def test_a_definition_of_another_symbol_by_p(name):
    claim = rises(define("x", Rel(std_one, "=", name)), define("chances", CHANCES), inequality("slope", FALLS, ">=", 0))
    assert why(claim) == "steps ['x'] fix a symbol that must stand for any point here"


def test_a_slope_at_another_place_is_not_the_slope_at_p():
    claim = rises(inequality("slope", d_potential(p_low) - d_angle(p_low), ">=", 0))
    assert "side conditions not among the steps used" in why(claim)


@pytest.mark.parametrize(
    "f",
    [
        p_suc * angle(p_suc),
        q_fail * angle(p_suc),
        angle(p_suc) ** 2,
        angle(p_low),
        angle(1 - p_suc),
        mean_r * tilt(p_suc),
    ],
    ids=str,
)
def test_only_fixed_multiples_of_functions_of_p_have_a_slope_by_name(f):
    with pytest.raises(ValueError, match="expected multiples"):
        LEMMAS["nondecreasing"].instance(f, p_low, p_high)


@pytest.mark.parametrize("ends", [(mean_r, p_high), (p_suc, p_high), (p_low, 1 - p_suc), (Integer(0), p_high)], ids=str)
def test_the_ends_are_numbers_and_the_first_is_positive(ends):
    with pytest.raises(ValueError, match="expected two numbers"):
        LEMMAS["nondecreasing"].instance(angle(p_suc), *ends)


@pytest.mark.parametrize(
    "value",
    [
        sqrt(2 * p_suc - 1),
        1 / (2 * p_suc - 1),
        sympy.acos(2 * p_suc),
        sqrt(1 - sympy.acos(1 - 2 * p_suc)),
        1 / sympy.acos(1 - 2 * p_suc),
        std_one * p_suc,
        q_fail,
        Abs(p_suc - 1),
        p_suc**G_group,
    ],
    ids=str,
)
def test_what_is_not_smooth_or_moves_with_p_is_not_differentiated(value):
    with pytest.raises(ValueError, match="expected an expression in p"):
        LEMMAS["rules-of-differentiation"].instance(angle, value)


def test_an_equation_at_one_point_is_not_differentiated():
    there = Assumption("THERE", "t", "t", lambda: Rel(angle(p_suc), "=", -p_suc))
    claim = toy("a", assume("t", there), lemma("end", "rules-of-differentiation", angle, -p_suc, uses="t"))
    assert why(claim) == "it differentiates what rests on the assumption t"


def test_a_derivative_that_the_claim_defines_itself():
    claim = rises(
        define("fake", Rel(d_angle(p_suc), "=", Integer(1))),
        inequality("slope", d_angle(p_suc), ">=", 0, "fake"),
        f=angle(p_suc),
    )
    assert any("which this claim defines itself" in p for p in check_claim(claim, []).problems)


def test_the_honest_proof_passes():
    """alpha rises: from its definition, at every p, without a word on the p of the claim."""
    claim = rises(
        define("group", GROUP_SIZE),
        define("chances", CHANCES),
        inequality("left", 1 - p_suc, ">", 0, "chances"),
        define("tilt", TILT, uses="left"),
        define("angle", ANGLE, uses="left"),
        lemma("slope-of", "rules-of-differentiation", angle, ANGLE.at().rhs, uses="angle left"),
        inequality("slope", (G_group - 1) * d_angle(p_suc), ">=", 0, "slope-of left group"),
        f=(G_group - 1) * angle(p_suc),
    )
    assert check_claim(claim, []).steps[-1].status == "proved"
