"""The published readings of arXiv 2607.01083 as runs with exact rational loads, and which boundary laws they admit.

The numbers are third-party readings of figures (a = 1.6e-6, b = 3.2e-5; batch, optimizer, horizon and collapse
criterion are not known). Each run says that it was alive at a learner step or had collapsed by one; a law read as *if
and only if* turns that into a relation between a and b, and z3 and cvc5 say whether any a and b satisfy them all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy

from .laws import Law, law
from .proof.inequality import satisfiable
from .proof.records import Rel
from .proof.smtlib import obligation
from .proof.solvers import ask
from .symbols import S_sync, T_horizon, a_plan, b_plan, eta

__all__ = ["PUBLISHED", "A", "B", "Reading", "admits", "core", "relation", "witness"]

A, B = Fraction(16, 10**7), Fraction(32, 10**6)
"""Readings of a and b, in learning rate x steps: S*eta of the stable side, t_c*eta of the collapses."""


@dataclass(frozen=True)
class Reading:
    """One observation of one run.

    Args:
        eta: learning rate.
        S: sync interval in learner steps.
        T: learner step of the observation.
        alive: whether the run had not collapsed by then.
        source: where it is read.
    """

    eta: Fraction
    S: int
    T: int
    alive: bool
    source: str


def _collapse(rate: Fraction, interval: int, step: int) -> tuple[Reading, Reading]:
    source = f"collapse at t = {step}: t_c*eta = 3.2e-5 for every S"
    return Reading(rate, interval, step - 1, True, source), Reading(rate, interval, step, False, source)


_RATES = {Fraction(1, 10**6): (32, (8, 16, 32)), Fraction(5, 10**7): (64, (8, 16, 32))}
_LONG = 640  # = b / 5e-8; "long horizon" of the sweep at small eta, whose length is not stated

PUBLISHED: tuple[Reading, ...] = (
    *(run for rate, (step, intervals) in _RATES.items() for s in intervals for run in _collapse(rate, s, step)),
    *(
        Reading(Fraction(n, 10**8), 8, _LONG, True, "sweep at small eta: no collapse over a long horizon")
        for n in (8, 7, 6, 5)
    ),
)
"""What the readings say of grid points of the figures: collapses at two learning rates, survivals at four."""


def relation(rule: Law, run: Reading) -> Rel:
    """``eta <= eta_max(a, b)`` for a run that is alive, ``eta > eta_max(a, b)`` for one that has collapsed."""
    at = {S_sync: sympy.Integer(run.S), T_horizon: sympy.Integer(run.T)}
    return Rel(run.eta, "<=" if run.alive else ">", rule.eta_max.xreplace(at))


def admits(rule: Law, runs: Sequence[Reading]) -> dict[str, str] | None:
    """Constants a and b under which the law reproduces all runs, as rationals "p/q"; None where there are none.

    Raises:
        ValueError: the law has constants other than a and b.
    """
    if rule.shape:
        raise ValueError(f"expected a law with the constants a and b alone, got {rule.id} with {rule.shape}")
    found = _model([relation(rule, run) for run in runs])
    return found and {name: found[name] for name in ("a", "b") if name in found}


def _model(relations: Sequence[Rel]) -> dict[str, str] | None:
    """A rational point at which all relations hold, None where a solver refutes them and none disagrees.

    Raises:
        ArithmeticError: the solvers do not decide, or contradict each other.
    """
    script = obligation(relations, None)
    answers = {opinion.answer for opinion in ask(script.text, tuple(script.names.values()))}
    if answers <= {"unsat", "unknown", "timeout"} and "unsat" in answers:
        return None
    found = satisfiable(relations)
    if found is None or "unsat" in answers:
        raise ArithmeticError(f"expected sat or unsat, got {sorted(answers)}")
    return found


def core(rule: Law, runs: Sequence[Reading]) -> list[Reading]:
    """A smallest set of runs that no a and b reproduce together, by leaving out one run after the other; [] if none."""
    if admits(rule, runs) is not None:
        return []
    kept = list(runs)
    for run in runs:
        rest = [other for other in kept if other is not run]
        if admits(rule, rest) is None:
            kept = rest
    return kept


def witness(interval: int = 8, steps: int = 640) -> dict[str, str] | None:
    """A learning rate that the readings call stable (``eta S < a``) and the min form does not, at their a and b.

    Args:
        interval: S.
        steps: T.
    """
    known: list[tuple[Any, Fraction | int]] = [(a_plan, A), (b_plan, B), (S_sync, interval), (T_horizon, steps)]
    readings = [Rel(symbol, "=", value) for symbol, value in known]
    found = _model([*readings, Rel(eta * S_sync, "<", a_plan), Rel(eta, ">", law("min").eta_max)])
    return found and {"eta": found["eta"], "S": str(interval), "T": str(steps)}
