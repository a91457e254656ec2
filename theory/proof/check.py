"""Check a claim: every step goes to the engine that fits its kind; nothing is believed because it stands there."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import sympy
from sympy.core.function import AppliedUndef

from ..objects import SHARED
from ..symbols import INDICES, is_vector
from .identity import check_identity
from .inequality import check_inequality, entails
from .lemmas import LEMMAS
from .models import missing_models, model_problems
from .records import Assumption, Claim, ClaimVerdict, Definition, Rel, Step, StepStatus, StepVerdict
from .vectors import linear_terms

__all__ = ["check_claim", "check_step"]


def check_claim(claim: Claim, proved: Iterable[str] = (), *, models: bool = True) -> ClaimVerdict:
    """Check every step of a claim, its structure, and (with ``models``) its necessity and attaining instances.

    Args:
        claim: the claim.
        proved: ids of earlier claims that stand; only these may be used as steps.
        models: also re-evaluate the instances, in exact arithmetic without solvers.

    Returns:
        The verdict; ``problems`` lists structural defects and instances that do not show what they should, ``missing``
        the instances that nobody has given yet (the claim can stand without them).
    """
    if claim.kind in ("cited", "definition"):
        return ClaimVerdict(claim, "cited" if claim.kind == "cited" else "proved", _all_steps(claim, set(proved)))
    steps = _all_steps(claim, set(proved))
    problems = _structure(claim) + (model_problems(claim) if models else [])
    missing = missing_models(claim) if models else []
    statuses = {s.status for s in steps}
    stands = "undecided" not in statuses and not problems and bool(claim.conclusions)
    status = "refuted" if "refuted" in statuses else "proved" if stands else "undecided"
    counterexample = _counterexample(claim) if status == "refuted" else {}
    return ClaimVerdict(claim, status, steps, tuple(problems), tuple(missing), counterexample)


def _counterexample(claim: Claim) -> Mapping[str, str]:
    premises = [rel for _, rel in claim.premises()] + [s.statement for s in claim.steps if s.kind == "lemma"]
    for name in claim.conclusions:
        statement = claim.step(name).statement
        if statement.op != "=":
            verdict = check_inequality(name, "inequality", statement, premises)
            if verdict.status == "refuted" and verdict.counterexample:
                return verdict.counterexample
    return {}


def _all_steps(claim: Claim, proved: set[str]) -> tuple[StepVerdict, ...]:
    return tuple(check_step(claim, step, proved) for step in claim.steps)


def check_step(claim: Claim, step: Step, proved: set[str]) -> StepVerdict:
    """Check one step from the statements of the steps it uses and nothing else."""
    start = time.perf_counter()
    verdict = _CHECKS[step.kind](claim, step, proved)
    return replace(verdict, seconds=time.perf_counter() - start)


def _hypotheses(claim: Claim, step: Step) -> list[Rel]:
    order = [s.id for s in claim.steps]
    known = order[: order.index(step.id)]
    missing = [u for u in step.uses if u not in known]
    if missing:
        raise ValueError(f"claim {claim.id}, step {step.id}: uses {missing}, which are not earlier steps {known}")
    return [claim.step(u).statement for u in step.uses]


def _verdict(step: Step, status: StepStatus, engine: str, message: str = "") -> StepVerdict:
    return StepVerdict(step.id, step.kind, status, engine, 0.0, message)


def _definition(claim: Claim, step: Step, proved: set[str]) -> StepVerdict:
    """A definition of the shared objects is believed; any other must introduce a fresh symbol, of the sign it has."""
    if isinstance(step.schema, Definition):
        if step.schema.at(*step.args) != step.statement:
            return _verdict(step, "refuted", "schema", _differs(step))
        if step.schema in SHARED:
            return _verdict(step, "defined", "schema")
    symbol, before = step.statement.lhs, claim.steps[: claim.steps.index(step)]
    if step.statement.op != "=" or not isinstance(symbol, sympy.Symbol | AppliedUndef):
        return _verdict(step, "refuted", "freshness", "expected symbol = expression; anything else is an assumption")
    if any(_same_definition(earlier, step) for earlier in before):
        return _verdict(step, "defined", "freshness", "the same definition at another argument")
    used = {a for s in before for side in (s.statement.lhs, s.statement.rhs) for a in _names(side)}
    name = symbol.func if isinstance(symbol, AppliedUndef) else symbol
    if name in used | _names(step.statement.rhs):
        return _verdict(step, "refuted", "freshness", f"{symbol} is not fresh")
    wrong = _sign_lost(symbol, step.statement.rhs, [s.statement for s in before])
    return _verdict(step, "refuted" if wrong else "defined", "freshness", wrong)


def _sign_lost(symbol: Any, value: Any, known: Sequence[Rel]) -> str:
    """Why a value may not stand for a symbol: the declared sign or integrality does not follow from what is known."""
    if is_vector(symbol):
        return ""
    if symbol.is_integer and not value.is_integer:
        return f"{symbol} is declared an integer, {value} need not be one"
    for declared, op in ((symbol.is_positive, ">"), (symbol.is_nonnegative, ">=")):
        if declared and not entails(known, Rel(value, op, 0)):
            return f"{symbol} {op} 0 is declared, {value} {op} 0 does not follow"
    return ""


def _same_definition(earlier: Step, step: Step) -> bool:
    old, new = earlier.statement, step.statement
    if earlier.kind != "definition" or not isinstance(old.lhs, AppliedUndef) or old.lhs.func != new.lhs.func:
        return False
    return old.subs(dict(zip(old.lhs.args, new.lhs.args, strict=True))) == new


def _assumption(claim: Claim, step: Step, proved: set[str]) -> StepVerdict:
    if not isinstance(step.schema, Assumption):
        return _verdict(step, "refuted", "schema", "an assumption step needs an Assumption record")
    same = step.schema.at(*step.args) == step.statement
    return _verdict(step, "assumed" if same else "refuted", "schema", "" if same else _differs(step))


def _lemma(claim: Claim, step: Step, proved: set[str]) -> StepVerdict:
    lemma = LEMMAS.get(step.by)
    if lemma is None:
        return _verdict(step, "refuted", "lemma", f"no lemma {step.by!r}; known: {sorted(LEMMAS)}")
    instance, hypotheses = lemma.instance(*step.args), _hypotheses(claim, step)
    engine = f"lemma:{lemma.id}"
    if instance.statement != step.statement:
        return _verdict(step, "refuted", engine, f"the instance reads {instance.statement}, the step {step.statement}")
    missing = [str(need) for need in instance.needs if need not in hypotheses]
    if missing:
        return _verdict(step, "undecided", engine, f"side conditions not among the steps used: {missing}")
    if lemma.id == "unit-direction" and _direction_reused(claim, step):
        return _verdict(step, "refuted", engine, f"the direction {step.args[0]} is already in use")
    return _verdict(step, "proved", engine)


def _claim(claim: Claim, step: Step, proved: set[str]) -> StepVerdict:
    earlier = step.schema
    if not isinstance(earlier, Claim) or earlier.id not in proved:
        return _verdict(
            step, "undecided", f"claim:{step.by}", f"claim {step.by!r} is not among the proved {sorted(proved)}"
        )
    instances = [earlier.step(c).statement.subs(dict(step.args)) for c in earlier.conclusions]
    same = step.statement in instances
    if not same:
        message = f"the instances read {[str(i) for i in instances]}, the step {step.statement}"
        return _verdict(step, "refuted", f"claim:{earlier.id}", message)
    wrong = [w for symbol, value in step.args if (w := _unfit(symbol, value, _hypotheses(claim, step)))]
    return _verdict(step, "undecided" if wrong else "proved", f"claim:{earlier.id}", "; ".join(wrong))


def _unfit(symbol: Any, value: Any, known: Sequence[Rel]) -> str:
    """Why an earlier claim does not hold with ``value`` for ``symbol``: kind, sign, or a bound index."""
    if symbol in INDICES or isinstance(symbol, AppliedUndef) or not isinstance(symbol, sympy.Symbol):
        return f"{symbol} is not a free symbol"
    if is_vector(symbol):
        try:
            linear_terms(value)
        except ValueError as error:
            return f"{symbol} is a vector: {error}"
        return ""
    return _sign_lost(symbol, value, known)


def _identity(claim: Claim, step: Step, proved: set[str]) -> StepVerdict:
    return check_identity(step.id, step.kind, step.statement, _hypotheses(claim, step))


def _inequality(claim: Claim, step: Step, proved: set[str]) -> StepVerdict:
    return check_inequality(step.id, step.kind, step.statement, _hypotheses(claim, step))


_CHECKS: Mapping[str, Callable[[Claim, Step, set[str]], StepVerdict]] = {
    "definition": _definition,
    "assumption": _assumption,
    "identity": _identity,
    "inequality": _inequality,
    "lemma": _lemma,
    "claim": _claim,
}


def _differs(step: Step) -> str:
    assert isinstance(step.schema, Assumption | Definition)
    return f"the schema {step.schema.id} reads {step.schema.at(*step.args)}, the step {step.statement}"


def _names(expression: Any) -> set[Any]:
    """Symbols of an expression, and its functions whatever their arguments."""
    return set(expression.atoms(sympy.Symbol)) | {f.func for f in expression.atoms(AppliedUndef)}


def _direction_reused(claim: Claim, step: Step) -> bool:
    before = claim.steps[: claim.steps.index(step)]
    return any(step.args[0] in _names(side) for s in before for side in (s.statement.lhs, s.statement.rhs))


def _structure(claim: Claim) -> list[str]:
    ids = [s.id for s in claim.steps]
    twice = sorted({i for i in ids if ids.count(i) > 1})
    used = {u for s in claim.steps for u in s.uses} | set(claim.conclusions)
    problems = [f"step ids used twice: {twice}"] if twice else []
    problems += [f"no step proves the conclusion {c!r}" for c in claim.conclusions if c not in ids]
    return problems + [f"step {i} is used by nothing" for i in ids if i not in used]
