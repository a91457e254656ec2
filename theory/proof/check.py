"""Check a claim: every step goes to the engine that fits its kind; nothing is believed because it stands there."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import sympy
from sympy.core.function import AppliedUndef

from ..lemmas import LEMMAS
from ..objects import SHARED
from ..symbols import INDICES, is_vector, s_lag, t_step, z_char
from ..units import audit
from .enclosure import check_enclosure
from .identity import check_identity
from .inequality import check_inequality, entails, satisfiable
from .meaning import EVERYWHERE, LEMMAS_HERE, MOVING, captured, everywhere, pointwise
from .models import missing_models, model_problems, violated
from .normal_form import is_zero
from .polynomial import check_polynomial
from .records import Assumption, Claim, ClaimVerdict, Definition, Op, Rel, Step, StepStatus, StepVerdict
from .structure import CHOOSING, ranges_of, structure
from .vectors import linear_terms
from .wellformed import names, outside_of_radii, undefined, well_typed

__all__ = ["check_claim", "check_step", "status_of"]


def check_claim(claim: Claim, proved: Iterable[Claim] = (), *, models: bool = True) -> ClaimVerdict:
    """Check every step of a claim, its structure, and (with ``models``) its necessity and attaining instances.

    Args:
        claim: the claim.
        proved: earlier claims that stand; only these very claims may be used as steps.
        models: also re-evaluate the instances, in exact arithmetic without solvers.

    Returns:
        The verdict; ``problems`` lists structural defects and instances that do not show what they should, ``missing``
        the instances that nobody has given yet (the claim can stand without them).
    """
    steps = tuple(check_step(claim, step, proved) for step in claim.steps)
    if claim.kind == "cited" and not claim.steps:
        return ClaimVerdict(claim, status_of(claim, steps, ()), steps)
    statuses = {s.status for s in steps}
    problems = structure(claim) + audit(claim) + (model_problems(claim) if models else [])
    if claim.kind == "definition" and statuses != {"defined"}:
        problems.append("a claim of kind definition has definitions only")
    if not claim.attained and _contradictory(claim):
        problems.append("the premises contradict each other, or no point was found at which they hold")
    missing = missing_models(claim) if models else []
    status = status_of(claim, steps, problems)
    counterexample: Mapping[str, str] = _counterexample(claim) if status == "refuted" else {}
    violates = (
        {n: v for n, m in claim.necessity.items() if (v := violated(claim, m))} if models and not problems else {}
    )
    return ClaimVerdict(claim, status, steps, tuple(problems), tuple(missing), counterexample, violates)


def status_of(
    claim: Claim, steps: Sequence[StepVerdict], problems: Sequence[str]
) -> Literal["proved", "cited", "refuted", "undecided"]:
    """The status of a claim from the verdicts on its steps and its problems."""
    if claim.kind == "cited" and not claim.steps:
        return "cited"
    statuses = {s.status for s in steps}
    if "refuted" in statuses:
        return "refuted"
    return "undecided" if "undecided" in statuses or problems or not claim.conclusions else "proved"


def _contradictory(claim: Claim) -> bool:
    scalar = [r for _, r in claim.premises() if not _is_vector_statement(r)]
    scalar += [s.statement for s in claim.steps if s.kind == "lemma" and not _is_vector_statement(s.statement)]
    try:
        return satisfiable(scalar) is None
    except TypeError:  # a statement outside the language, which its step tells of
        return True


def _is_vector_statement(rel: Rel) -> bool:
    try:
        return bool(linear_terms(rel.lhs) or linear_terms(rel.rhs))
    except ValueError:
        return False


def _counterexample(claim: Claim) -> Mapping[str, str]:
    premises = [rel for _, rel in claim.premises()] + [s.statement for s in claim.steps if s.kind == "lemma"]
    for name in claim.conclusions:
        statement = claim.step(name).statement
        if statement.op != "=":
            verdict = check_inequality(name, "inequality", statement, premises)
            if verdict.status == "refuted" and verdict.counterexample:
                return verdict.counterexample
    return {}


def check_step(claim: Claim, step: Step, proved: Iterable[Claim]) -> StepVerdict:
    """Check one step from the statements of the steps it uses and nothing else.

    A statement that is ill typed or has denominators, roots or logarithms not known to be defined is undecided.
    """
    start = time.perf_counter()
    try:
        _plain(claim, step)
        well_typed(step.statement)
        if step.kind in ("assumption", "definition") and z_char in outside_of_radii(step.statement):
            raise ValueError(f"{z_char} is the variable of polynomials and has no value: {step.statement}")
        verdict = _CHECKS[step.kind](claim, step, list(proved))
        loose = [] if step.kind in _OWN_DOMAIN else undefined(step.statement, _hypotheses(claim, step))
        if loose and verdict.status in ("proved", "cited", "defined"):
            verdict = _verdict(step, "undecided", verdict.engine, f"not known to be defined: {', '.join(loose)}")
    except (TypeError, ValueError, ArithmeticError, RecursionError) as error:
        verdict = _verdict(step, "undecided", "well-formed", str(error))
    return replace(verdict, seconds=time.perf_counter() - start)


def _plain(claim: Claim, step: Step) -> None:
    """Records of these very types: a subclass could compare, list its premises or name its kind in another way.

    Raises:
        TypeError: one is not.
    """
    kinds = (Assumption, Definition, Claim, type(None))
    if type(claim) is not Claim or type(step) is not Step or type(step.statement) is not Rel:
        raise TypeError(f"expected a Claim of Steps of Rels, got {[type(x) for x in (claim, step, step.statement)]}")
    if type(step.schema) not in kinds:
        raise TypeError(f"expected an Assumption, a Definition or a Claim, got {type(step.schema)}")


def _hypotheses(claim: Claim, step: Step) -> list[Rel]:
    order = [s.id for s in claim.steps]
    known = order[: order.index(step.id)]
    missing = [u for u in step.uses if u not in known]
    if missing:
        raise ValueError(f"step {step.id} uses {missing}, which are not earlier steps {known}")
    return [claim.step(u).statement for u in step.uses]


def _heard(claim: Claim, step: Step) -> list[Rel]:
    """The statements of the steps used, without what holds for an index only that the statement does not speak of.

    Where the range of that index is empty nothing is known from it. A definition holds for every value of an index, an
    equation that rewrites a function is of no use where the function does not occur.
    """
    known, ranges = _hypotheses(claim, step), ranges_of(claim)
    left, right = step.statement.lhs, step.statement.rhs
    kept = left.free_symbols | right.free_symbols
    if isinstance(left, sympy.Sum) and isinstance(right, sympy.Sum) and left.limits == right.limits:
        kept |= {left.limits[0][0]}  # compared term by term

    def said(used: str, rel: Rel) -> bool:
        rule = step.kind == "identity" and rel.op == "=" and isinstance(rel.lhs, AppliedUndef)
        lost = (rel.lhs.free_symbols | rel.rhs.free_symbols) & set(ranges) - kept
        filled = all((high - low).is_nonnegative for i in lost for low, high in ranges[i])
        return filled or rule or claim.step(used).kind == "definition"

    return [rel for used, rel in zip(step.uses, known, strict=True) if said(used, rel)]


def _verdict(step: Step, status: StepStatus, engine: str, message: str = "") -> StepVerdict:
    return StepVerdict(step.id, step.kind, status, engine, 0.0, message)


def _definition(claim: Claim, step: Step, proved: list[Claim]) -> StepVerdict:
    """A definition of the shared objects is believed; any other must introduce a fresh symbol, of the sign it has."""
    if isinstance(step.schema, Definition):
        if step.schema.at(*step.args) != step.statement:
            return _verdict(step, "refuted", "schema", _differs(step))
        if step.schema in SHARED:
            caught = captured(step.schema, step.args)
            return _verdict(step, "refuted" if caught else "defined", "schema", caught)
    symbol, before = step.statement.lhs, claim.steps[: claim.steps.index(step)]
    if step.statement.op != "=" or not isinstance(symbol, sympy.Symbol | AppliedUndef):
        return _verdict(step, "refuted", "freshness", "expected symbol = expression; anything else is an assumption")
    if symbol in INDICES:
        return _verdict(step, "refuted", "freshness", f"the index {symbol} stands for every value of its range")
    if any(_same_definition(earlier, step) for earlier in before):
        return _verdict(step, "defined", "freshness", "the same definition at another argument")
    places = set(symbol.args)
    if len(places) != len(symbol.args) or not all(isinstance(p, sympy.Symbol) for p in places):
        return _verdict(step, "refuted", "freshness", f"expected distinct plain arguments, got {symbol}")
    loose = step.statement.rhs.free_symbols & INDICES - places
    if loose:
        return _verdict(step, "refuted", "freshness", f"the value depends on {loose}, the symbol does not")
    used = {a for s in before for side in (s.statement.lhs, s.statement.rhs) for a in names(side)}
    name = symbol.func if isinstance(symbol, AppliedUndef) else symbol
    if name in used | names(step.statement.rhs):
        return _verdict(step, "refuted", "freshness", f"{symbol} is not fresh")
    wrong = _sign_lost(symbol, step.statement.rhs, [s.statement for s in before])
    return _verdict(step, "refuted" if wrong else "defined", "freshness", wrong)


def _sign_lost(symbol: Any, value: Any, known: Sequence[Rel]) -> str:
    """Why a value may not stand for a symbol: the declared sign or integrality does not follow from what is known."""
    if is_vector(symbol):
        return ""
    if symbol.is_integer and not value.is_integer:
        return f"{symbol} is declared an integer, {value} need not be one"
    signs: tuple[tuple[bool | None, Op], ...] = ((symbol.is_positive, ">"), (symbol.is_nonnegative, ">="))
    for declared, op in signs:
        evident = value.is_positive or (op == ">=" and value.is_nonnegative)
        if declared and not evident and not (satisfiable(known) is not None and entails(known, Rel(value, op, 0))):
            return f"{symbol} {op} 0 is declared, {value} {op} 0 does not follow"
    return ""


def _same_definition(earlier: Step, step: Step) -> bool:
    old, new = earlier.statement, step.statement
    if earlier.kind != "definition" or earlier.schema in SHARED:
        return False
    if not isinstance(old.lhs, AppliedUndef) or old.lhs.func != new.lhs.func:
        return False
    return old.subs(dict(zip(old.lhs.args, new.lhs.args, strict=True))) == new


def _assumption(claim: Claim, step: Step, proved: list[Claim]) -> StepVerdict:
    if not isinstance(step.schema, Assumption):
        return _verdict(step, "refuted", "schema", "an assumption step needs an Assumption record")
    same = step.schema.at(*step.args) == step.statement
    return _verdict(step, "assumed" if same else "refuted", "schema", "" if same else _differs(step))


def _lemma(claim: Claim, step: Step, proved: list[Claim]) -> StepVerdict:
    lemma = LEMMAS.get(step.by)
    if lemma is None:
        return _verdict(step, "refuted", "lemma", f"no lemma {step.by!r}; known: {sorted(LEMMAS)}")
    engine = f"lemma:{lemma.id}"
    if not lemma.instance.__module__.startswith(LEMMAS_HERE):
        return _verdict(step, "undecided", engine, "a lemma of the author is an assumption, not a textbook fact")
    instance, hypotheses = lemma.instance(*step.args), _hypotheses(claim, step)
    if instance.statement != step.statement:
        return _verdict(step, "refuted", engine, f"the instance reads {instance.statement}, the step {step.statement}")
    missing = [str(need) for need in instance.needs if need not in hypotheses]
    if missing:
        return _verdict(step, "undecided", engine, f"side conditions not among the steps used: {missing}")
    fixed = [s.id for s in claim.steps if _fixes(s, instance.generic)]
    if fixed:
        return _verdict(step, "undecided", engine, f"steps {fixed} fix a symbol that must stand for any point here")
    moved = pointwise(claim, step) if lemma.id in MOVING else ""
    moved = everywhere(claim, step) if lemma.id in EVERYWHERE else moved
    if moved:
        return _verdict(step, "undecided", engine, moved)
    if lemma.id in CHOOSING and _chosen_before(claim, step):
        return _verdict(step, "refuted", engine, f"the name {step.args[0]} is already in use")
    if lemma.id == "unit-norm" and not _direction_known(claim, step):
        return _verdict(step, "undecided", engine, f"no step used makes {step.args[0]} a unit direction")
    return _verdict(step, "cited" if lemma.cited else "proved", engine)


def _fixes(step: Step, generic: Sequence[Any]) -> bool:
    """Whether a local definition speaks of a generic symbol."""
    if not generic or step.kind != "definition" or step.schema in SHARED:
        return False
    both = (step.statement.lhs, step.statement.rhs)
    bound = {limit[0] for side in both for total in side.atoms(sympy.Sum) for limit in total.limits}
    sides = {n for side in both for n in names(side) if n not in bound or n in side.free_symbols}
    return bool(sides & set(generic)) and not set(generic) & set(step.statement.lhs.args)


def _direction_known(claim: Claim, step: Step) -> bool:
    used = [claim.step(u) for u in step.uses]
    return any(s.by == "unit-direction" and s.args[0] == step.args[0] for s in used)


def _claim(claim: Claim, step: Step, proved: list[Claim]) -> StepVerdict:
    earlier = step.schema
    if not isinstance(earlier, Claim) or not any(earlier is p for p in proved):
        known = sorted(p.id for p in proved)
        return _verdict(step, "undecided", f"claim:{step.by}", f"claim {step.by!r} is not among the proved {known}")
    instances = [earlier.step(c).statement.subs(dict(step.args)) for c in earlier.conclusions]
    same = step.statement in instances
    if not same:
        message = f"the instances read {[str(i) for i in instances]}, the step {step.statement}"
        return _verdict(step, "refuted", f"claim:{earlier.id}", message)
    wrong = [w for symbol, value in step.args if (w := _unfit(symbol, value, _hypotheses(claim, step)))]
    wrong += _redefined(earlier, dict(step.args))
    return _verdict(step, "undecided" if wrong else "proved", f"claim:{earlier.id}", "; ".join(wrong))


def _unfit(symbol: Any, value: Any, known: Sequence[Rel]) -> str:
    """Why an earlier claim does not hold with ``value`` for ``symbol``: kind, sign, or a bound symbol."""
    if symbol == z_char or sympy.sympify(value).has(z_char):
        return f"{z_char} is bound in every radius"
    if symbol in INDICES or isinstance(symbol, AppliedUndef) or not isinstance(symbol, sympy.Symbol):
        return f"{symbol} is not a free symbol"
    if is_vector(symbol):
        try:
            linear_terms(value)
        except ValueError as error:
            return f"{symbol} is a vector: {error}"
        return ""
    return _sign_lost(symbol, value, known)


def _redefined(earlier: Claim, mapping: Mapping[Any, Any]) -> list[str]:
    """Definitions behind an earlier claim that the substitution would change rather than apply at another argument.

    One that becomes evident, such as p + q = 1 at 1 - p for q, asks for nothing.
    """
    wrong: list[str] = []
    if (
        t_step in mapping
        and s_lag not in mapping
        and any(r.lhs.has(s_lag) or r.rhs.has(s_lag) for _, r in earlier.premises())
    ):
        wrong.append("s_t is the lag at step t: at another step it needs another symbol")
    for name, rel in earlier.premises():
        after = rel.subs(mapping)
        applied = isinstance(rel.lhs, AppliedUndef | sympy.Sum) and after.lhs != rel.lhs
        evident = after.op == "=" and is_zero(after.lhs - after.rhs) if after != rel and not applied else True
        if not name and not evident:
            wrong.append(f"{rel} would become {after}")
    return wrong


def _identity(claim: Claim, step: Step, proved: list[Claim]) -> StepVerdict:
    return check_identity(step.id, step.kind, step.statement, _heard(claim, step))


def _inequality(claim: Claim, step: Step, proved: list[Claim]) -> StepVerdict:
    return check_inequality(step.id, step.kind, step.statement, _heard(claim, step))


def _roots(claim: Claim, step: Step, proved: list[Claim]) -> StepVerdict:
    from .roots import check_roots  # python-flint is loaded by the claims that need it

    return check_roots(step.id, step.kind, step.statement, _heard(claim, step))


def _enclosure(claim: Claim, step: Step, proved: list[Claim]) -> StepVerdict:
    return check_enclosure(step.id, step.kind, step.statement, _heard(claim, step))


def _polynomial(claim: Claim, step: Step, proved: list[Claim]) -> StepVerdict:
    return check_polynomial(step.id, step.kind, step.statement, _heard(claim, step))


_OWN_DOMAIN = ("assumption", "enclosure", "polynomial")  # the two engines show by themselves that all is defined
_CHECKS: Mapping[str, Callable[[Claim, Step, list[Claim]], StepVerdict]] = {
    "definition": _definition,
    "assumption": _assumption,
    "identity": _identity,
    "inequality": _inequality,
    "enclosure": _enclosure,
    "polynomial": _polynomial,
    "lemma": _lemma,
    "claim": _claim,
    "roots": _roots,
}


def _differs(step: Step) -> str:
    assert isinstance(step.schema, Assumption | Definition)
    return f"the schema {step.schema.id} reads {step.schema.at(*step.args)}, the step {step.statement}"


def _chosen_before(claim: Claim, step: Step) -> bool:
    before = claim.steps[: claim.steps.index(step)]
    return any(step.args[0] in names(side) for s in before for side in (s.statement.lhs, s.statement.rhs))
