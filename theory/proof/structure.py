"""What a claim must be as a whole: used steps, one meaning per name, index and assumption, no leaking direction."""

from __future__ import annotations

from typing import Any

from sympy import Basic, Dummy, Sum, expand, oo, sympify
from sympy.core.function import AppliedUndef

from ..lemmas import LEMMAS
from ..objects import SHARED
from ..symbols import INDICES
from .meaning import own_names
from .records import Assumption, Claim, Definition, Rel, Step
from .wellformed import index_ranges, names

__all__ = ["CHOOSING", "all_assumptions", "ranges_of", "structure"]

CHOOSING = ("unit-direction", "finite-maximum")
"""Lemmas whose first argument names something that exists: a fresh name, and no conclusion may speak of it."""


def structure(claim: Claim) -> list[str]:
    """Everything that is wrong with the shape of a claim, in words."""
    ids = [s.id for s in claim.steps]
    twice = sorted({i for i in ids if ids.count(i) > 1})
    used = {u for s in claim.steps for u in s.uses} | set(claim.conclusions)
    problems = [f"step ids used twice: {twice}"] if twice else []
    problems += [f"no step proves the conclusion {c!r}" for c in claim.conclusions if c not in ids]
    problems += [f"step {i} is used by nothing" for i in ids if i not in used]
    problems += _names_with_two_meanings(claim) + _defined_twice(claim)
    return problems + _ranges(claim) + _outside(claim) + _leaks(claim, ids)


def _names_with_two_meanings(claim: Claim) -> list[str]:
    problems = [f"two different assumptions are called {i}" for i in _clashing_assumptions(claim)]
    local = {_head(s.statement.lhs) for s in claim.steps if s.kind == "definition" and s.schema not in SHARED}
    for step in claim.steps:
        own = _template_names(step)
        if step.kind == "lemma" and step.by in LEMMAS:
            own |= own_names(step, local & _given(step))
        clash = sorted(str(n) for n in own & local)
        if clash:
            problems.append(f"step {step.id} speaks of {clash}, which this claim defines itself")
    return problems


def _head(lhs: Any) -> Any:
    return lhs.func if isinstance(lhs, AppliedUndef) else lhs


def _template_names(step: Step) -> set[Any]:
    """Names that a lemma, a shared definition or an earlier claim brings along itself, not through its arguments."""
    if step.kind == "claim" and isinstance(step.schema, Claim):
        statements = [r for _, r in step.schema.premises()] + [
            step.schema.step(c).statement for c in step.schema.conclusions
        ]
        return {n for r in statements for side in (r.lhs, r.rhs) for n in names(side)}
    if step.kind == "lemma" and step.by in LEMMAS:
        instance = LEMMAS[step.by].instance(*step.args)
        statements = [instance.statement, *instance.needs]
    elif isinstance(step.schema, Definition) and step.schema in SHARED:
        statements = [step.statement]
    else:
        return set()
    return {n for r in statements for side in (r.lhs, r.rhs) for n in names(side)} - _given(step)


def _given(step: Step) -> set[Any]:
    """Names in the arguments of a step."""
    return {n for arg in step.args if isinstance(arg, Basic) for n in names(arg)} | set(step.args)


def _clashing_assumptions(claim: Claim) -> list[str]:
    from .. import assumptions as shared

    known = {a.id: a for a in vars(shared).values() if isinstance(a, Assumption)}
    found = all_assumptions(claim)
    return sorted({a.id for a in found if any(b.id == a.id and b is not a for b in (*found, *known.values()))})


def all_assumptions(claim: Claim) -> list[Assumption]:
    """The assumption records of a claim and of the earlier claims it uses, once per step."""
    found: list[Assumption] = []
    for step in claim.steps:
        if isinstance(step.schema, Assumption):
            found.append(step.schema)
        elif isinstance(step.schema, Claim):
            found += all_assumptions(step.schema)
    return found


def _ranges(claim: Claim) -> list[str]:
    """Only an index that some statement speaks of freely, for every value of its range, must have one range."""
    found = ranges_of(claim)
    generic = {i for s in claim.steps for side in (s.statement.lhs, s.statement.rhs) for i in side.free_symbols}
    return [
        f"the index {i} is summed over different ranges: {r}" for i, r in found.items() if len(r) > 1 and i in generic
    ]


def ranges_of(claim: Claim) -> dict[Any, set[tuple[Any, Any]]]:
    """The ranges that the steps of a claim give each index.

    They come from its sums, the lemmas on the ends of a range, and the earlier claims whose conclusions speak of the
    index freely.
    """
    found = {i: set(r) for i, r in index_ranges(s.statement for s in claim.steps).items()}
    for step in claim.steps:
        if step.by in ("index-low", "index-high"):
            bound, low, high = step.args
            found.setdefault(bound, set()).add((sympify(low), sympify(high)))
        elif isinstance(step.schema, Claim):
            mapping = dict(step.args)
            free = step.statement.lhs.free_symbols | step.statement.rhs.free_symbols
            theirs = ranges_of(step.schema)
            for rel in _discharged(claim, step):  # what is proved here must hold wherever it was assumed there
                free |= (mine := (rel.lhs.free_symbols | rel.rhs.free_symbols) & INDICES)
                theirs = {i: {(-oo, oo)} for i in mine} | theirs
            for bound, ranges in theirs.items():
                if bound in free:
                    found.setdefault(bound, set()).update((a.subs(mapping), b.subs(mapping)) for a, b in ranges)
    return found


def _discharged(claim: Claim, step: Step) -> list[Rel]:
    """The assumptions of an earlier claim that the steps used prove, as they read here."""
    assert isinstance(step.schema, Claim)
    proved = [s.statement for s in claim.steps if s.id in step.uses]
    moved = [rel.subs(dict(step.args)) for name, rel in step.schema.premises() if name]
    return [rel for rel in moved if rel in proved]


def _outside(claim: Claim) -> list[str]:
    """Where ``f(i) = ...``, which is known for i in its range only, would rewrite f at an argument outside of it.

    The normal form applies such an equation at any argument. Definitions hold for every value of their indices; an
    equation that is assumed, quoted or derived from such a one holds where its sums go.
    """
    ranges, problems = ranges_of(claim), list[str]()
    limited: dict[str, set[Any]] = {}
    for step in claim.steps:
        free = {i for side in (step.statement.lhs, step.statement.rhs) for i in side.free_symbols} & set(ranges)
        inherited = {i for used in step.uses for i in limited.get(used, set())}
        quoted = step.kind in ("assumption", "lemma", "claim")
        limited[step.id] = set() if step.kind == "definition" else free if quoted else free & inherited
    for step in claim.steps:
        known = [claim.step(u) for u in step.uses if u in limited]
        sides = [x for s in (step, *known) for x in (s.statement.lhs, s.statement.rhs)]
        for rule in known if step.kind not in ("lemma", "claim", "assumption") else []:
            lhs = rule.statement.lhs
            if rule.statement.op != "=" or not isinstance(lhs, AppliedUndef):
                continue
            atoms = {a for side in sides for a in side.atoms(AppliedUndef) if a.func == lhs.func}
            problems += [
                f"step {step.id} needs {lhs} = ... at {atom}, which may be outside the range of {i}"
                for atom in sorted(atoms, key=str)
                for place, value in zip(lhs.args, atom.args, strict=True)
                for i in limited[rule.id] & place.free_symbols
                if value != place
                and not any(place.subs(i, j) == value and ranges.get(j) == ranges[i] for j in value.free_symbols)
            ]
        if step.by == "geometric-zero":  # the recursion must hold from zero on
            problems += [
                f"step {step.id} needs {r.id} for every {i}" for r in known for i in limited[r.id] & {step.args[1]}
            ]
    return problems


def _defined_twice(claim: Claim) -> list[str]:
    """Symbols that the claim and the claims it uses define differently, and one weight of a token that is two."""
    values: dict[Any, set[Any]] = {}
    one = Dummy(integer=True)
    for name, rel in claim.premises():
        if name or rel.op != "=":
            continue
        if isinstance(rel.lhs, Sum):  # probabilities that sum to one do so over one range
            bound, *ends = rel.lhs.limits[0]
            values.setdefault(rel.lhs.function.subs(bound, one), set()).add((rel.rhs, *ends))
        else:
            values.setdefault(rel.lhs, set()).add(expand(rel.rhs))
    problems = [f"{lhs} has two definitions: {v}" for lhs, v in values.items() if len(v) > 1]
    shares = {s.args[0] for s in _all_steps(claim) if s.by == "leibniz-pairs"}
    return problems + ([f"the weight of one token is {shares}"] if len(shares) > 1 else [])


def _all_steps(claim: Claim) -> list[Step]:
    found = list(claim.steps)
    for step in claim.steps:
        if isinstance(step.schema, Claim):
            found += _all_steps(step.schema)
    return found


def _leaks(claim: Claim, ids: list[str]) -> list[str]:
    directions = {s.args[0] for s in claim.steps if s.by in CHOOSING}
    concluded = [claim.step(c).statement for c in claim.conclusions if c in ids]
    return [
        f"a conclusion speaks of the direction {v}"
        for v in directions
        if any(r.lhs.has(v) or r.rhs.has(v) for r in concluded)
    ]
