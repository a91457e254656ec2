"""Attacks on necessity and attaining instances: no world that cannot exist shows anything."""
# ruff: noqa: F403, F405

from dataclasses import replace
from fractions import Fraction

import pytest
from stalelaw.theory.proof.build import roots
from stalelaw.theory.proof.models import Table, World, model_problems

from .attacks import *

count = scalar("red_count", "m", "1", "a count", integer=True, positive=True)
part = function("red_part", "f", "1", "a part")
COUNT = toy(
    "a", assume("c", Assumption("C", "c", "c", lambda: Rel(count, ">=", 2))), inequality("e", count, ">", 1, "c")
)
PARTS = toy(
    "a",
    assume("p", Assumption("P", "p", "p", lambda: Rel(part(i_out), "<=", 1))),
    inequality("t", Sum(part(i_out), n), "<=", Sum(1, n), "p"),
    identity("c", Sum(1, n), n_out),
    inequality("e", Sum(part(i_out), n), "<=", n_out, "t c"),
)
MIXED = toy("a", lemma("l", "mixed-prompt", "<", x_prompt), inequality("e", p_x(x_prompt), "<=", 2, "l"))


SMALL, OTHER = below(a_plan, 1, "SMALL"), below(b_plan, 1, "OTHER")
INSIDE = toy(
    "a",
    assume("a", SMALL),
    assume("b", OTHER),
    inequality("c", 2 * b_plan, "<", 2, "b"),
    roots("r", z**2 - a_plan, "<", "a"),
)
ALMOST = Table({a_plan: 1 - Fraction(1, 10**40), b_plan: 2})  # its radius is 1 when rounded to 20 digits


class Agreeable(Table):
    def __call__(self, atom):
        return Fraction(1)


def parts(values, runs):
    return Table({n_out: len(values), **{part(k): v for k, v in enumerate(values, 1)}}, indices={i_out: runs})


@pytest.mark.parametrize(
    ("claim", "instances", "why"),
    [
        (COUNT, {"necessity": {"C": Table({count: Fraction(1, 2)})}}, "not as it is declared"),
        (COUNT, {"necessity": {"C": Table({count: -1})}}, "not as it is declared"),
        (COUNT, {"necessity": {"C": Table({count: 2})}}, "the dropped assumption holds"),
        (COUNT, {"necessity": {"C": Table({})}}, "cannot be evaluated"),
        (COUNT, {"necessity": {"C": Agreeable({count: 1})}}, "expected a Table or a World"),
        (COUNT, {"necessity": {"D": Table({count: 1})}}, "which no step assumes"),
        (PARTS, {"attained": (parts([1, 5, -3], range(1, 2)),)}, "the claim sums it from 1 to 3"),
        (PARTS, {"attained": (parts([1, 5, -3], range(0)),)}, "the claim sums it from 1 to 3"),
        (PARTS, {"attained": (parts([1, 5, -3], range(1, 4)),)}, "premise"),
        (PARTS, {"attained": (parts([1, 0, 1], range(1, 4)),)}, "no conclusion is reached"),
        (MIXED, {"attained": (Table({p_x(1): 2}, indices={x_prompt: range(1, 2)}),)}, "mixed-prompt fails at step l"),
        (COUNT, {"attained": (World({TV(theta, phi): 0}),)}, "has a meaning here"),
        (replace(INSIDE, conclusions=("r",)), {"necessity": {"OTHER": ALMOST}}, "cannot be evaluated"),
        (COUNT, {"attained": (World({}, p=((2, 0), (-1, 0)), points={theta: 0}),)}, "not a distribution"),
    ],
)
def test_a_world_that_cannot_exist_or_shows_nothing_is_told(claim, instances, why):
    assert any(why in problem for problem in model_problems(replace(claim, **instances)))


def test_honest_instances_are_accepted():
    assert model_problems(replace(COUNT, necessity={"C": Table({count: 1})})) == []
    assert model_problems(replace(PARTS, attained=(parts([1, 1, 1], range(1, 4)),))) == []
    assert model_problems(replace(PARTS, necessity={"P": parts([1, 5, -2], range(1, 4))})) == []
