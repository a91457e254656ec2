"""An assumption of an earlier claim that is proved where the claim is used is no premise there; nothing else goes."""

from __future__ import annotations

from dataclasses import replace

from stalelaw.theory.assumptions import A1
from stalelaw.theory.claims import get
from stalelaw.theory.derive import derive
from stalelaw.theory.proof.check import check_claim
from stalelaw.theory.proof.records import Rel
from stalelaw.theory.symbols import i_out, phi_at, t_step, theta_at

CLAIM = get("bias-on-domain")
AT_PAIR = A1.at(i_out, theta_at(t_step), phi_at(t_step))


def without(used):
    """The claim with its last step not using one of the proved assumptions."""
    last = CLAIM.steps[-1]
    last = replace(last, uses=tuple(u for u in last.uses if u != used))
    return replace(CLAIM, steps=(*CLAIM.steps[:-1], last))


def test_a_proved_assumption_is_no_premise():
    assert ("A1", AT_PAIR) not in CLAIM.premises()
    assert "A1" not in {a.id for a in CLAIM.assumptions}


def test_an_assumption_that_no_used_step_proves_stays():
    assert ("A1", AT_PAIR) in without("A1").premises()
    assert "A1" in {a.id for a in without("A1").assumptions}
    assert "A2" not in {a.id for a in without("A1").assumptions}


def test_a_step_that_proves_something_else_removes_nothing():
    steps = tuple(
        replace(s, statement=Rel(s.statement.lhs, "<=", 2 * s.statement.rhs)) if s.id == "A1" else s
        for s in CLAIM.steps
    )
    assert ("A1", AT_PAIR) in replace(CLAIM, steps=steps).premises()


def test_definitions_are_never_removed():
    names = [rel for name, rel in get("staleness-bias").premises() if not name]
    assert all(("", rel) in CLAIM.premises() for rel in names)


def test_a_step_must_come_before_it_is_used():
    used = [v.claim for v in derive([get("domain"), get("staleness-bias")])]
    late = next(s for s in CLAIM.steps if s.id == "A1")
    steps = (*(s for s in CLAIM.steps if s is not late), late)
    assert check_claim(replace(CLAIM, steps=steps), used, models=False).status == "undecided"
