"""Whether a step of a derivation speaks of what its lemma or shared definition means: captured names, moved points."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import sympy
from sympy.core.function import AppliedUndef, UndefinedFunction

from .. import symbols as sy
from ..lemmas import LEMMAS
from ..loss_objects import RATIO_ONE
from ..objects import ANGLE, BELOW_ONE, CHANCES, GROUP_SIZE, LARGE_GROUP, POTENTIAL, SHARED, TILT, TWO_CHANCES
from ..symbols import INDICES, TABLE, Vec
from .records import Assumption, Claim, Definition, Rel, Step

__all__ = ["EVERYWHERE", "LEMMAS_HERE", "MOVING", "captured", "everywhere", "own_names", "pointwise"]

LEMMAS_HERE = f"{__name__.rpartition('.')[0].rpartition('.')[0]}.lemmas"
MOVING = (
    *("bernstein-derivative", "loss-gradient", "product-rule", "weight-derivative"),
    *("constant-derivative", "constant-sum", "rules-of-differentiation"),
    *("leibniz-lengths", "leibniz-mates", "mates-lengths-total"),
)
"""Lemmas that differentiate an equation among the steps used: it must hold near the point, not only at it."""

EVERYWHERE = ("nondecreasing",)
"""Lemmas of which a side condition must hold at every chance p in (0, 1), however far from the p of the claim."""
_NO_LIMIT = (CHANCES, GROUP_SIZE, LARGE_GROUP, POTENTIAL, TWO_CHANCES, BELOW_ONE, ANGLE, TILT)
"""Shared definitions that leave p any value in (0, 1)."""


TAKEN = {
    "exp-increasing": frozenset({sy.log_rho, sy.log_geo_at}),
    "loss-gradient": frozenset(sy.FROZEN_PAIR),
    "product-rule": frozenset({sy.A_tok, sy.p_x, sy.Hu_x}),
}
"""Names that a claim may define although a lemma knows them: a logarithm makes its ratio, a stop-gradient is its value,
and the derivative of a value is made from its definition."""


def pointwise(claim: Claim, step: Step) -> str:
    """Why an equation that a lemma differentiates may hold at one point only; empty when it holds around it.

    What it rests on must not be assumed or true on the diagonal alone. Strict relations hold nearby by continuity. The
    value of a stop-gradient is not to be put in before the loss is differentiated.
    """
    for used in _support(claim, step, set()):
        if isinstance(used.schema, Assumption) and not used.schema.everywhere:
            return f"it differentiates what rests on the assumption {used.id}"
        if used.schema is RATIO_ONE:
            return f"it differentiates what holds on the diagonal only, by {used.id}"
        if isinstance(used.schema, Claim) and not all(a.everywhere for a in used.schema.assumptions):
            return f"it differentiates what rests on the assumptions of the claim {used.schema.id}"
        if step.by == "loss-gradient" and used.kind == "definition" and used.statement.lhs in step.args[2:]:
            return f"it differentiates with the value behind a stop-gradient, {used.id}"
        if step.by == "loss-gradient" and used.kind == "definition" and str(used.statement.lhs).startswith("frozen_"):
            return f"it differentiates with the value behind a stop-gradient, {used.id}"
    return ""


def everywhere(claim: Claim, step: Step) -> str:
    """Why a side condition may fail at another p than the claim's; empty when what it rests on leaves p free.

    No assumption may stand behind it, strict or not, here or in an earlier claim, and no shared definition but those
    known not to restrict p: what they say of another symbol may restrict p by way of it. Local definitions of p are
    refused before; those of functions of p hold for every p, those of other symbols exclude no p.
    """
    for used in _support(claim, step, set(), strict=True):
        if used.kind == "assumption":
            return f"it must hold at every {sy.p_suc}, and rests on the assumption {used.id}"
        if used.kind == "claim" and (limit := _limited(used.schema)):
            return f"it must hold at every {sy.p_suc}, and rests on {limit}"
        if used.schema in SHARED and used.schema not in _NO_LIMIT:
            return f"it must hold at every {sy.p_suc}, and rests on the definition {used.id}"
    return ""


def _limited(claim: Any) -> str:
    """What an earlier claim assumes, or takes from a shared definition that may restrict p; with the claims it uses."""
    if claim.assumptions:
        return f"the assumptions of the claim {claim.id}"
    for step in claim.steps:
        if step.schema in SHARED and step.schema not in _NO_LIMIT:
            return f"the definition {step.id} of the claim {claim.id}"
        if step.kind == "claim" and (limit := _limited(step.schema)):
            return limit
    return ""


def _support(claim: Claim, step: Step, seen: set[str], *, strict: bool = False) -> Iterator[Step]:
    """The steps behind a step, as far back as equations go; ``strict``: strict relations included."""
    for used in map(claim.step, step.uses):
        if used.id in seen or (used.statement.op in ("<", ">") and not strict):
            continue
        seen.add(used.id)
        yield used
        yield from _support(claim, used, seen, strict=strict)


def captured(schema: Definition, args: tuple[Any, ...]) -> str:
    """The indices of an argument that a sum of a shared definition would capture, in words."""
    if not any(side.has(sympy.Sum) for side in (schema.at(*args).lhs, schema.at(*args).rhs)):
        return ""
    plain = {n: _blank(n, a) for n, a in enumerate(args) if isinstance(a, sympy.Basic)}
    template = schema.at(*(plain.get(n, a) for n, a in enumerate(args)))
    values = {dummy: args[n] for n, dummy in plain.items()}
    for side in (template.lhs, template.rhs):
        for total in side.atoms(sympy.Sum):
            bound = total.limits[0][0]
            inside = {values.get(s, s) for s in total.function.free_symbols if s != bound}
            name = values.get(bound, bound)
            if bound in values and name not in INDICES:
                return f"expected an index, got {name}"
            if any(sympy.sympify(v).has(name) for v in inside):
                return f"the index {name} of an argument is bound in {schema.id}"
    return ""


def _blank(n: int, argument: Any) -> Any:
    """A fresh symbol for an argument, positive where that is."""
    return sympy.Dummy(f"a{n}", integer=True, **({"positive": True} if argument.is_positive else {}))


def own_names(step: Step, given: set[Any]) -> set[Any]:
    """Names among the arguments of a lemma that it takes for what they are registered as: no other may stand there.

    A lemma that speaks of any symbol says the same of a copy under another name. What an equation among its side
    conditions defines needs no meaning of its own.
    """
    lemma = LEMMAS[step.by]
    found = lemma.instance(*step.args)
    defined = {_head(need.lhs) for need in found.needs if need.op == "="}
    return {name for name in given - defined - TAKEN.get(step.by, frozenset()) if not _any_name(step, found, name)}


def _head(lhs: Any) -> Any:
    return lhs.func if isinstance(lhs, AppliedUndef) else lhs


def _any_name(step: Step, found: Any, name: Any) -> bool:
    row = TABLE.get(name.__name__ if isinstance(name, UndefinedFunction) else str(name))
    if row is None:
        return True
    copy = _copy(name)

    def renamed(value: Any) -> Any:
        if isinstance(value, UndefinedFunction):
            return copy if value == name else value
        if not isinstance(value, sympy.Basic):
            return value
        if isinstance(name, UndefinedFunction):
            return value.replace(name, copy)
        return value.xreplace({name: copy})

    label = str(copy)
    TABLE[label] = replace(row, symbol=copy)
    try:
        other = LEMMAS[step.by].instance(*map(renamed, step.args))
    except (ValueError, KeyError, TypeError, AttributeError):
        return False
    finally:
        del TABLE[label]
    pairs: list[tuple[Rel, Rel]] = [(found.statement, other.statement), *zip(found.needs, other.needs, strict=True)]
    return all(old.map(renamed) == new for old, new in pairs)


def _copy(name: Any) -> Any:
    if isinstance(name, UndefinedFunction):
        return sympy.Function(f"{name.__name__}_copy", **name._kwargs)  # type: ignore[attr-defined]
    return Vec(f"{name}_copy") if isinstance(name, Vec) else sympy.Symbol(f"{name}_copy", **name._assumptions_orig)
