"""Mutants: every formula and step of a claim is perturbed, and the machinery must notice.

Strengthening mutants must be refuted by an engine, a strengthened premise (a weaker assumption, a smaller constant) at
a step that needs it; weakening ones must break the chain of steps or be exposed by an
attaining instance, which the mutant excludes or at which it is no longer reached. A perturbed premise that contradicts
the claim's other premises, or a declared sign (p + q = -1 for chances), is noticed as a contradiction. Two kinds cannot
be noticed and are counted apart as equivalent: a weakening of a claim that is marked not tight, and a perturbed
definition with which every step that uses it is still proved (J = 0 whatever the scale of the advantage).
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import sympy

from .check import check_step
from .exact import NotDecided, evaluate
from .inequality import entails
from .models import Model, reaches, true_in
from .normal_form import atoms_of
from .records import Claim, Op, Rel, Step, StepVerdict
from .solvers import TIME_LIMIT_S, at_most, timed_out
from .wellformed import shape

__all__ = ["Mutant", "mutants"]

_FLIP: dict[Op, Op] = {"<=": ">=", ">=": "<=", "<": ">", ">": "<"}
_BOXED = ("enclosure", "polynomial")
QUICK_S = 1.0
_DERIVED = ("identity", "inequality", "roots", *_BOXED)


@dataclass(frozen=True)
class Mutant:
    """One perturbed step and who noticed.

    ``caught_by`` is the engine that refutes the step or, for a strengthened premise, a step that needs it; ``chain``
    when a later step breaks otherwise; ``attaining-instance``; ``contradiction``; or None. ``cut_short``: nobody
    noticed, and an answer of a solver was cut off by the time limit.
    """

    claim: str
    step: str
    mutation: str
    direction: Literal["strengthening", "weakening", "neither"]
    caught_by: str | None
    equivalent: bool
    cut_short: bool = False


def mutants(claim: Claim, proved: Sequence[Claim]) -> list[Mutant]:
    """Perturb every definition, assumption, identity and inequality of a claim and look who notices.

    Lemma and earlier-claim instances are not perturbed: they must equal their record word for word.

    Args:
        claim: a claim that stands.
        proved: the earlier claims that stand.
    """
    found: list[Mutant] = []
    for step in claim.steps:
        if step.kind not in ("lemma", "claim"):
            judged = [_judged(claim, step, name, rel, proved) for name, rel in _perturbations(step.statement)]
            found += [mutant for mutant in judged if mutant is not None]
    return found


def _judged(claim: Claim, step: Step, mutation: str, rel: Rel, proved: Sequence[Claim]) -> Mutant | None:
    """A mutant with its verdict, None when it says the same as before.

    A refutation is mostly quick: the solvers get a short time first, and the full one where that cut off an answer and
    nobody noticed the mutant.
    """
    for limit_s in (QUICK_S, TIME_LIMIT_S):
        before = timed_out()
        with at_most(limit_s):
            if _same(step, rel):
                return None
            mutant = _judge(claim, step, mutation, rel, proved)
        if mutant.caught_by is not None or timed_out() == before:
            return mutant
    return replace(mutant, cut_short=True)


def _same(step: Step, rel: Rel) -> bool:
    """Whether a perturbed statement says the same as before, such as ``2*x = 0`` for ``x = 0``."""
    if step.kind == "definition":
        return False
    if step.kind in _BOXED:  # doubling one side of f >= 0 says nothing new
        old = step.statement
        return rel.op == old.op and rel in (
            Rel(2 * old.lhs, old.op, 2 * old.rhs),
            Rel(old.lhs / 2, old.op, old.rhs / 2),
        )
    try:
        return entails([step.statement], rel) is True and entails([rel], step.statement) is True
    except TypeError:  # vector statements
        return False


def _perturbations(rel: Rel) -> Iterator[tuple[str, Rel]]:
    """Constant, sign, exponent, dropped term or factor, flipped relation; each a different statement."""
    changes: list[tuple[str, Rel]] = []
    side, other = (rel.rhs, rel.lhs) if rel.rhs != 0 else (rel.lhs, rel.rhs)

    def put(new: Any) -> Rel:
        return Rel(other, rel.op, new) if side is rel.rhs else Rel(new, rel.op, other)

    changes.append(("constant doubled", put(2 * side)))
    changes.append(("constant halved", put(side / 2)))
    terms = sympy.Add.make_args(side)
    changes.append(("sign of a term flipped", put(side - 2 * terms[-1])))
    scalars = [a for a in atoms_of(side) if isinstance(a, sympy.Symbol) and not a.is_integer and a.is_commutative]
    scalars = [a for a in scalars if type(a) is sympy.Symbol]
    if scalars:
        changes.append((f"exponent of {scalars[0]} raised", put(side.subs(scalars[0], scalars[0] ** 2))))
    if len(terms) > 1:
        changes.append(("term dropped", put(side - terms[0])))
    elif scalars and side.is_Mul:
        changes.append((f"factor {scalars[-1]} dropped", put(side.subs(scalars[-1], 1))))
    if rel.op in _FLIP:
        changes.append(("relation flipped", Rel(rel.lhs, _FLIP[rel.op], rel.rhs)))
    seen = {(rel.lhs, rel.op, rel.rhs)}
    for name, new in changes:
        key = (new.lhs, new.op, new.rhs)
        if key not in seen:
            seen.add(key)
            yield name, new


def _judge(claim: Claim, step: Step, mutation: str, rel: Rel, proved: Sequence[Claim]) -> Mutant:
    mutated = replace(step, statement=rel)
    changed = replace(claim, steps=tuple(mutated if s is step else s for s in claim.steps))
    direction = _direction(claim, step, rel)
    caught: str | None = None
    if step.kind in _DERIVED:
        own = check_step(changed, mutated, proved)
        if own.status == "undecided":  # an engine that cannot tell has not caught anything
            return Mutant(claim.id, step.id, mutation, direction, None, False)
        caught = own.engine if own.status == "refuted" else None
    if step.kind == "definition" and _introduced(claim, step, step.statement).status == "defined":
        own = _introduced(claim, step, rel)
        caught = own.engine if own.status == "refuted" else None
    if caught is None and (refuter := _refuting_engine(changed, mutated, step, proved)) is not None:
        caught = refuter if direction == "strengthening" else "chain"
    if caught is None and any(_reached(claim, step, m) - _reached(changed, mutated, m) for m in claim.attained):
        caught = "attaining-instance"
    if caught is None and step.kind in ("assumption", "definition") and _contradictory(changed):
        caught = "contradiction"
    if caught is None and step.kind == "definition" and _breaks(changed, mutated, step, proved):
        caught = "chain"
    equivalent = caught is None and ((direction == "weakening" and bool(claim.not_tight)) or step.kind == "definition")
    return Mutant(claim.id, step.id, mutation, direction, caught, equivalent)


def _introduced(claim: Claim, step: Step, rel: Rel) -> StepVerdict:
    """A definition judged as an author's own: its value may lose the sign that its symbol declares."""
    own = replace(step, statement=rel, schema=None)
    return check_step(replace(claim, steps=tuple(own if s is step else s for s in claim.steps)), own, ())


def _direction(claim: Claim, step: Step, rel: Rel) -> Literal["strengthening", "weakening", "neither"]:
    """Compare the mutated statement with the original; for premises a weaker premise makes a stronger theorem."""
    old, premise = step.statement, step.kind in ("assumption", "definition")
    if step.kind == "definition":
        bound = _bounded_by(claim, step)
        if old.op != "=" or bound is None:
            return "neither"  # another object, neither a weaker nor a stronger theorem about the old one
        try:
            old, rel, premise = bound.subs({old.lhs: old.rhs}), bound.subs({old.lhs: rel.rhs}), False
        except ValueError:  # a family by the index that the conclusion sums over, no constant
            return "neither"
    if step.kind in _BOXED:
        return _boxed_direction(claim, step, rel)
    try:
        forward, backward = entails([old], rel) is True, entails([rel], old) is True
    except TypeError:  # vector statements have no order
        return "neither"
    if forward == backward:
        return "neither"
    return "strengthening" if forward == premise else "weakening"


def _boxed_direction(claim: Claim, step: Step, rel: Rel) -> Literal["strengthening", "weakening", "neither"]:
    """Compare two inequalities by enclosing on the box of the step by how much one leaves more room than the other."""
    old = step.statement
    if rel.op != old.op:
        return "neither"
    room = (rel.rhs - rel.lhs) - (old.rhs - old.lhs)
    room = room if rel.op in ("<=", "<") else -room
    more, less = (
        check_step(claim, replace(step, kind="enclosure", statement=Rel(gap, ">=", 0)), ()).status == "proved"
        for gap in (room, -room)
    )
    return "neither" if more == less else "weakening" if more else "strengthening"


def _bounded_by(claim: Claim, step: Step) -> Rel | None:
    """The conclusion whose right side a definition, alone among the definitions, gives a constant of: ``… <= K d``."""
    name = step.statement.lhs
    users = [
        s for s in claim.steps if s.kind == "definition" and (s.statement.lhs.has(name) or s.statement.rhs.has(name))
    ]
    bounds = [s for s in (claim.step(c).statement for c in claim.conclusions) if s.rhs.has(name)]
    return bounds[0] if len(users) == 1 and bounds else None


def _refuting_engine(changed: Claim, mutated: Step, original: Step, proved: Sequence[Claim]) -> str | None:
    """The engine that refutes a step using the mutated one, or finds its hypotheses contradictory.

    A lemma or a record that merely quotes the old words does not count: there the mutant must fail to imply them.
    """
    for user in (s for s in changed.steps if mutated.id in s.uses):
        if user.kind == "lemma" or (user.kind == "claim" and _discharges(user, original)):
            if _implies(mutated.statement, original.statement) is False:
                return f"{user.kind}:{user.by}"
            continue
        verdict = check_step(changed, user, proved)
        if verdict.status == "refuted" or "contradict" in verdict.message:
            return verdict.engine
    return None


def _breaks(changed: Claim, mutated: Step, original: Step, proved: Sequence[Claim]) -> bool:
    """Whether some step that uses the mutated one is no longer proved, for another reason than the time limit.

    A lemma, or an earlier claim whose assumption the original proves, asks for the old words, or what implies them.
    """
    for user in (s for s in changed.steps if mutated.id in s.uses):
        before = timed_out()
        if user.kind == "lemma" or (user.kind == "claim" and _discharges(user, original)):
            broken = _implies(mutated.statement, original.statement) is not True
        else:
            broken = check_step(changed, user, proved).status in ("refuted", "undecided")
        if broken and timed_out() == before:
            return True
    return False


def _contradictory(claim: Claim) -> bool:
    """Whether a solver shows that the scalar assumptions and definitions of a claim cannot hold together.

    Those of earlier claims stay out: beside its own original every perturbed shared definition is a contradiction.
    """
    own: list[Rel] = []
    for step in claim.steps:
        if step.kind in ("assumption", "definition"):
            sides = shape(step.statement.lhs), shape(step.statement.rhs)
            own += [] if "vector" in sides else [step.statement]
    return entails(own, Rel(sympy.S.One, "<=", sympy.S.Zero)) is True


def _discharges(user: Step, original: Step) -> bool:
    """Whether a step proves an assumption of the earlier claim that a later step cites."""
    assert isinstance(user.schema, Claim)
    return any(name and rel.subs(dict(user.args)) == original.statement for name, rel in user.schema.premises())


def _implies(new: Rel, old: Rel) -> bool | None:
    try:
        return entails([new], old)
    except TypeError:  # equations between vectors: another right side is another vector
        return new == old


def _reached(claim: Claim, step: Step, model: Model) -> set[str]:
    """Conclusions that a model reaches with equality; none when a premise fails there.

    A perturbed definition gives its symbol a new value, so the model is first brought up to date with it.
    """
    try:
        if step.kind == "definition" and step.statement.op == "=" and isinstance(step.statement.lhs, sympy.Symbol):
            model = replace(model, values={**model.values, step.statement.lhs: evaluate(step.statement.rhs, model)})
        if all(true_in(model, r) for _, r in claim.premises()):
            return {c for c in claim.conclusions if reaches(claim.step(c).statement, model)}
    except (KeyError, NotDecided, ZeroDivisionError):
        pass
    return set()
