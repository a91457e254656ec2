"""The few frozen types of a derivation: relations, assumptions, lemmas' instances, steps, claims and their verdicts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import sympy

if TYPE_CHECKING:
    from .models import Model

__all__ = [
    "Assumption",
    "Claim",
    "ClaimVerdict",
    "Definition",
    "Op",
    "Rel",
    "Step",
    "StepKind",
    "StepStatus",
    "StepVerdict",
]

Op = Literal["=", "<=", "<", ">=", ">"]
StepKind = Literal[
    "definition", "assumption", "identity", "inequality", "enclosure", "polynomial", "lemma", "claim", "roots"
]
ClaimKind = Literal["exact", "upper", "lower", "leading-order", "empirical", "cited", "definition"]


def _replace(expression: Any, mapping: Mapping[Any, Any]) -> Any:
    """Simultaneous replacement: each place is looked at once, so that one value never hits another symbol."""
    return expression.xreplace({old: sympy.sympify(new) for old, new in mapping.items()})


StepStatus = Literal["proved", "cited", "assumed", "defined", "refuted", "undecided"]


@dataclass(frozen=True)
class Rel:
    """A relation as typed: sides are never reordered. ``lhs`` and ``rhs`` are SymPy expressions, or exact numbers.

    Raises:
        TypeError: a side is a float or a string; write ``Rational(1, 2)`` and registered symbols.
    """

    lhs: Any
    op: Op
    rhs: Any

    def __post_init__(self) -> None:
        for side in ("lhs", "rhs"):
            value = getattr(self, side)
            if isinstance(value, int | Fraction):
                object.__setattr__(self, side, sympy.Rational(value))
            elif not isinstance(value, sympy.Basic) or value.has(sympy.Float):
                raise TypeError(f"expected an exact SymPy expression, got {value!r}")

    def map(self, change: Callable[[Any], Any]) -> Rel:
        """Apply a function to both sides."""
        return Rel(change(self.lhs), self.op, change(self.rhs))

    def subs(self, mapping: Mapping[Any, Any]) -> Rel:
        """Substitute symbols and atoms simultaneously, also inside norms and sums.

        Raises:
            ValueError: a value contains the index of a sum of this statement, which would capture it.
        """
        if not mapping:
            return self
        bound = {limit[0] for side in (self.lhs, self.rhs) for total in side.atoms(sympy.Sum) for limit in total.limits}
        captured = {s for value in mapping.values() for s in value.free_symbols} & bound
        if captured:
            raise ValueError(f"the indices {captured} are bound in {self}")
        return self.map(lambda side: _replace(side, mapping))

    def __str__(self) -> str:
        return f"{self.lhs} {self.op} {self.rhs}"


@dataclass(frozen=True)
class Assumption:
    """An assumption as data: ``at(*args)`` instantiates its statement.

    Args:
        id: short id, e.g. ``A1``.
        title: what it is called.
        tex: the statement for readers, TeX with ``$``.
        at: schema; its value for the arguments of a step must be that step's statement.
        everywhere: it holds at every parameter, as ``tex`` says, not only at the one under study; such an equation may
            be differentiated.
    """

    id: str
    title: str
    tex: str
    at: Callable[..., Rel]
    everywhere: bool = False


@dataclass(frozen=True)
class Definition:
    """A definition shared by several claims; ``at(*args)`` instantiates it."""

    id: str
    title: str
    at: Callable[..., Rel]


@dataclass(frozen=True)
class Step:
    """One line of a derivation.

    Args:
        id: unique inside its claim.
        kind: definition, assumption, identity, inequality, enclosure or polynomial (inequalities on a box), lemma
            (named lemma instance) or claim (earlier claim instance).
        statement: what the step asserts.
        uses: ids of earlier steps; an engine sees their statements and nothing else.
        why: one phrase for readers.
        by: for kind ``lemma`` the lemma id, for ``claim`` the claim id.
        schema: for assumptions and shared definitions the record whose ``at(*args)`` must equal ``statement``; for
            ``claim`` the earlier claim.
        args: arguments of the schema or lemma; for ``claim`` the substitution as ``(symbol, expression)`` pairs.
    """

    id: str
    kind: StepKind
    statement: Rel
    uses: tuple[str, ...] = ()
    why: str = ""
    by: str = ""
    schema: Assumption | Definition | Claim | None = None
    args: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Claim:
    """One claim: statement, kind, proof, formula, and the instances that show it is not vacuous and not loose.

    Args:
        id: file name with ``-`` for ``_``.
        title: what it is called.
        kind: exact, upper, lower, leading-order, empirical, cited or definition; decides the assertion direction.
        statement: the statement for readers, TeX with ``$``.
        source: arXiv id and place, or where it was derived.
        steps: the derivation, in order.
        conclusions: ids of the concluding steps.
        formula: the main bound or value; TeX and the float64 function come from it.
        formulas: further named expressions of the same claim.
        necessity: assumption id -> an instance at which every other assumption holds and a conclusion is false.
        attained: instances at which the bound holds with equality; empty means not tight.
        not_tight: reason when no instance attains the bound, with the best known ratio.
        logits: the parameters are logits, pure numbers; the statement is in units of logits.
    """

    id: str
    title: str
    kind: ClaimKind
    statement: str
    source: str
    steps: tuple[Step, ...] = ()
    conclusions: tuple[str, ...] = ()
    formula: Any = None
    formulas: Mapping[str, Any] = field(default_factory=dict[str, Any])
    necessity: Mapping[str, Model] = field(default_factory=dict[str, "Model"])
    attained: tuple[Model, ...] = ()
    not_tight: str = ""
    logits: bool = False

    @cached_property
    def assumptions(self) -> tuple[Assumption, ...]:
        """The assumptions its steps cite, its own and those of the earlier claims it uses, in order, each once."""
        found: dict[str, Assumption] = {}
        for step in self.steps:
            if isinstance(step.schema, Assumption):
                found[step.schema.id] = step.schema
            elif isinstance(step.schema, Claim):
                left = {name for name, rel in step.schema.premises() if name and not self._proves(step, rel)}
                found |= {a.id: a for a in step.schema.assumptions if a.id in left}
        return tuple(found.values())

    def _inherited(self, step: Step) -> list[tuple[str, Rel]]:
        """Premises of an earlier claim where a step cites it, without the assumptions that the steps used prove."""
        assert isinstance(step.schema, Claim)
        left = [(name, rel) for name, rel in step.schema.premises() if not (name and self._proves(step, rel))]
        return [(name, rel.subs(dict(step.args))) for name, rel in left]

    def _proves(self, step: Step, premise: Rel) -> bool:
        """Whether the steps used prove a premise of an earlier claim where a step cites it."""
        used = [s.statement for s in self.steps if s.id in step.uses]
        return bool(used) and premise.subs(dict(step.args)) in used

    def premises(self) -> list[tuple[str, Rel]]:
        """Every assumed or defined statement, earlier claims' included: ``(assumption id or "", statement)``.

        An assumption of an earlier claim that a step used there proves is no premise any more.
        """
        return list(self._premises)

    @cached_property
    def _premises(self) -> tuple[tuple[str, Rel], ...]:
        found: list[tuple[str, Rel]] = []
        for step in self.steps:
            if isinstance(step.schema, Claim):
                found += self._inherited(step)
            elif step.kind == "assumption":
                found.append((step.schema.id if step.schema else "", step.statement))
            elif step.kind == "definition":
                found.append(("", step.statement))
        return tuple(found)

    def step(self, step_id: str) -> Step:
        """The step with this id.

        Raises:
            KeyError: there is none.
        """
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(f"claim {self.id} has no step {step_id!r}; it has {[s.id for s in self.steps]}")


@dataclass(frozen=True)
class StepVerdict:
    """What an engine found for one step.

    ``counterexample`` maps atoms (as text) to rationals "p/q" at which the hypotheses hold and the statement fails;
    ``witness`` shows that the hypotheses can hold; ``obligations`` lists side conditions that were proved on the way.
    """

    id: str
    kind: StepKind
    status: StepStatus
    engine: str
    seconds: float
    message: str = ""
    counterexample: Mapping[str, str] = field(default_factory=dict[str, str])
    witness: Mapping[str, str] = field(default_factory=dict[str, str])
    obligations: tuple[str, ...] = ()


@dataclass(frozen=True)
class ClaimVerdict:
    """Verdicts of all steps of a claim; the claim stands when no step is refuted or undecided.

    ``counterexample`` of a refuted claim: a point at which every premise holds and a conclusion fails, if one was
    found; without one only the proof is known to be wrong, not the theorem.
    ``violates``: assumption id -> the conclusion that is false at the instance without it.
    """

    claim: Claim
    status: Literal["proved", "cited", "refuted", "undecided"]
    steps: tuple[StepVerdict, ...]
    problems: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    counterexample: Mapping[str, str] = field(default_factory=dict[str, str])
    violates: Mapping[str, str] = field(default_factory=dict[str, str])
