"""Lemmas on sums: right at random values, also on short ranges, and refused where an index would be captured."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from stalelaw.theory import symbols as sy
from stalelaw.theory.lemmas import LEMMAS
from stalelaw.theory.proof.build import assume, define, identity, lemma
from stalelaw.theory.proof.check import check_claim, check_step
from stalelaw.theory.proof.exact import evaluate
from stalelaw.theory.proof.records import Assumption, Claim, Rel, Step
from sympy import Integer, Rational, Sum, Symbol

N, I, J, K = sy.n_out, sy.i_out, sy.j_mate, sy.k_tok


def made(name, *args):
    return LEMMAS[name].instance(*args)


def values(seed):
    """A point with random values of ``reward`` at every integer, and 1..3 for n."""
    rng = random.Random(seed)
    table: dict = {}

    def point(atom):
        if atom == N:
            return Fraction(1 + seed % 3)
        if atom.func == sy.reward:
            return table.setdefault(evaluate(atom.args[0], point), Fraction(rng.randint(-9, 9), 7))
        return None

    return point


def agrees(rel, seed):
    point = values(seed)
    return evaluate(rel.lhs, point) == evaluate(rel.rhs, point)


TOTAL = Sum(sy.reward(I) * (I + 2), (I, 1, N))
WHOLE = sy.reward(I) / (I + 2)
CASES = [
    made("index-shift", TOTAL, J, 3),
    made("index-shift", TOTAL, J, -N),
    made("index-shift", Sum(sy.reward(I), (I, N + 2, N)), J, 1),  # an empty range stays empty
    made("split-first", TOTAL, J),
    made("split-last", TOTAL, J),
    made("antidifference", Sum(WHOLE - WHOLE.subs(I, I - 1), (I, 1, N)), WHOLE),
    made("termwise-equal", Sum(sy.reward(I) ** 2, (I, 1, N)), sy.reward(I) * sy.reward(I)),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_instances_hold_at_random_values(case):
    assert all(agrees(case.statement, seed) for seed in range(6))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_comparison_notices_a_wrong_instance(case):
    wrong = Rel(case.statement.lhs, "=", case.statement.rhs + 1)
    assert not any(agrees(wrong, seed) for seed in range(6))


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("index-shift", (TOTAL, I, 1)),  # two ranges for one index
        ("index-shift", (Sum(sy.reward(I) * J, (I, 1, N)), J, 1)),  # j is free in the summand
        ("index-shift", (Sum(sy.reward(I) * Sum(sy.reward(J), (J, 1, N)), (I, 1, N)), J, 0)),  # j is bound inside
        ("index-shift", (TOTAL, J, Rational(1, 2))),
        ("index-shift", (TOTAL, J, I)),
        ("index-shift", (TOTAL, Symbol("q", integer=True), 1)),
        ("index-shift", (Sum(sy.reward(I), (I, 1, sy.eta)), J, 1)),  # no integer end
        ("index-shift", (Sum(sy.reward(I), (I, 1, N), (K, 1, N)), J, 1)),
        ("index-shift", (Sum(Sum(I * J, (J, 1, N)), (I, 1, N)), K, 1)),  # nested
        ("split-first", (TOTAL, I)),
        ("split-last", (Sum(sy.reward(J), (I, 1, N)), J)),
        ("antidifference", (TOTAL, Sum(I, (I, 1, N)))),
        ("antidifference", (TOTAL, sy.reward(I) * Sum(J * I, (J, 1, N)))),
        ("termwise-equal", (TOTAL, Sum(I * J, (J, 1, N)))),
        ("index-low", (N, 1, N)),
        ("index-high", (I, 1, I)),
        ("index-low", (I, Rational(1, 2), N)),
    ],
)
def test_refused(name, args):
    with pytest.raises(ValueError, match=r"expected|bound"):
        made(name, *args)


def test_a_range_that_may_be_empty_needs_its_side_condition():
    maybe = Sum(sy.reward(I), (I, 2, N))
    for name in ("split-first", "split-last"):
        assert made(name, maybe, J).needs == (Rel(Integer(2), "<=", N),)
    assert made("antidifference", maybe, I).needs[1:] == (Rel(Integer(2), "<=", N),)
    assert made("split-first", TOTAL, J).needs == ()


def theorem(summand, whole, value):
    """``Sum(summand, (i, 1, n)) = value`` by an antidifference."""
    total = Sum(summand, (I, 1, N))
    steps = (
        identity("difference", whole - whole.subs(I, I - 1), summand),
        lemma("sum", "antidifference", total, whole, uses="difference"),
        identity("value", total, value, uses="sum"),
    )
    return Claim("sum", "Sum", "exact", "", "", steps, ("value",))


def test_a_closed_form_is_proved_and_a_wrong_one_refuted():
    squares = I * (I + 1) * (2 * I + 1) / 6
    assert check_claim(theorem(I**2, squares, squares.subs(I, N)), models=False).status == "proved"
    assert check_claim(theorem(I**2, squares, squares.subs(I, N) + 1), models=False).status == "refuted"
    assert check_claim(theorem(I**3, squares, squares.subs(I, N)), models=False).status == "refuted"


def test_an_antidifference_without_its_identity_is_undecided():
    claim = theorem(I, I * (I + 1) / 2, N * (N + 1) / 2)
    bare = Step("sum", "lemma", claim.steps[1].statement, (), "", by="antidifference", args=claim.steps[1].args)
    assert check_step(Claim("x", "", "exact", "", "", (bare,), ("sum",)), bare, ()).status == "undecided"


def test_the_range_of_an_index_is_one_also_where_only_its_ends_are_used():
    low, high = lemma("low", "index-low", I, 1, N), lemma("high", "index-high", I, 0, N)
    both = Claim("x", "", "exact", "", "", (low, high), ("low", "high"))
    assert any("different ranges" in p for p in check_claim(both, models=False).problems)
    summed = lemma("sum", "index-shift", Sum(sy.reward(I), (I, 0, N)), J, 0)
    mixed = Claim("x", "", "exact", "", "", (low, summed), ("low", "sum"))
    assert any("different ranges" in p for p in check_claim(mixed, models=False).problems)


def test_the_range_of_an_index_goes_with_an_earlier_claim():
    low = lemma("low", "index-low", I, 1, N)
    first = Claim("first", "", "exact", "", "", (low,), ("low",))
    used = Step("use", "claim", low.statement, (), "", by="first", schema=first)
    summed = lemma("sum", "index-shift", Sum(sy.reward(I), (I, 0, N)), J, 0)
    second = Claim("second", "", "exact", "", "", (used, summed), ("use", "sum"))
    assert any("different ranges" in p for p in check_claim(second, [first], models=False).problems)


TWO = Assumption("TWO", "rewards are 2", "$r_i=2$", lambda: Rel(sy.reward(I), "=", 2))
INSIDE = identity("inside", Sum(sy.reward(I), (I, 1, N)), 2 * N, uses="two")


@pytest.mark.parametrize(
    "step",
    [
        identity("end", sy.reward(0), 2, uses="two"),
        identity("end", sy.reward(N + 1), 2, uses="two"),
        identity("end", Sum(sy.reward(J), (J, 0, N)), 2 * (N + 1), uses="two"),
        identity("end", sy.reward(I - 1), 2, uses="two"),
        identity("end", sy.reward(0), 2, uses="again"),
    ],
    ids=lambda s: f"{s.statement}, {s.uses}",
)
def test_an_equation_for_a_range_does_not_apply_outside_of_it(step):
    again = identity("again", sy.reward(I) ** 1, 2, uses="two")
    claim = Claim("x", "", "exact", "", "", (assume("two", TWO), INSIDE, again, step), ("inside", "again", "end"))
    assert any("outside the range" in p for p in check_claim(claim, models=False).problems)


@pytest.mark.parametrize(
    "step",
    [
        identity("end", Sum(sy.reward(J), (J, 1, N)), 2 * N, uses="two"),  # another name for the same range
        identity("end", sy.reward(I) ** 2, 4, uses="two"),
        identity("end", Sum(sy.adv(J), (J, 0, N)), N + 1, uses="one"),  # a definition holds at every argument
    ],
    ids=lambda s: str(s.statement),
)
def test_an_equation_applies_in_its_range_and_a_definition_everywhere(step):
    one = define("one", Rel(sy.adv(I), "=", 1))
    steps = (assume("two", TWO), INSIDE, one, identity("use", sy.adv(I), 1, uses="one"), step)
    assert check_claim(Claim("x", "", "exact", "", "", steps, ("inside", "use", "end")), models=False).problems == ()
