"""Necessity and attaining instances as printed: their values, and what they do to a conclusion."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy

from ..proof.exact import evaluate
from ..proof.models import Model, World, reaches, violated
from ..proof.records import Claim
from ..symbols import eta, phi, s_lag, t_step, theta, theta_at, u_at
from .lines import RELATIONS
from .tex import tex

__all__ = ["Shown", "attained", "necessity"]

_DIGITS, _COMPONENTS = 24, 10


@dataclass(frozen=True)
class Shown:
    """An instance and what it does to one conclusion.

    Args:
        assumption: id of the assumption dropped; empty for an attaining instance.
        kind: ``instance`` (a full one: outcomes, learner, lag) or ``scalar-model``.
        values: one TeX equation per value.
        step: number of the conclusion violated or attained; 0 when none is.
        outcome: both sides of it as TeX, empty where a free index leaves no single number.
    """

    assumption: str
    kind: str
    values: tuple[str, ...]
    step: int
    outcome: str


def necessity(claim: Claim, places: Mapping[str, int]) -> tuple[Shown, ...]:
    """A row per assumption: the instance, and the first conclusion that is false there."""
    rows: list[Shown] = []
    for assumption, model in claim.necessity.items():
        broken = _violated(claim, model)
        place, outcome = (places[broken], _outcome(claim, broken, model)) if broken else (0, "")
        rows.append(Shown(assumption, model.kind, _values(model), place, outcome))
    return tuple(rows)


def attained(claim: Claim, places: Mapping[str, int]) -> tuple[Shown, ...]:
    """A row per attaining instance, with the common value of the two sides."""
    if not claim.conclusions:
        return ()
    rows: list[Shown] = []
    for model in claim.attained:
        reached = _reached(claim, model)
        place, outcome = (places[reached], _outcome(claim, reached, model, equal=True)) if reached else (0, "")
        rows.append(Shown("", model.kind, _values(model), place, outcome))
    return tuple(rows)


def _violated(claim: Claim, model: Model) -> str | None:
    try:
        return violated(claim, model)
    except (ArithmeticError, KeyError, TypeError):
        return None


def _reached(claim: Claim, model: Model) -> str | None:
    """The first conclusion that the model reaches with equality (within 1 % for a strict one)."""
    for conclusion in claim.conclusions:
        try:
            if reaches(claim.step(conclusion).statement, model):
                return conclusion
        except (ArithmeticError, KeyError, TypeError):
            continue
    return None


def _outcome(claim: Claim, step: str, model: Model, equal: bool = False) -> str:
    statement = claim.step(step).statement
    try:
        left, right = evaluate(statement.lhs, model), evaluate(statement.rhs, model)
    except (ArithmeticError, KeyError, TypeError):
        return ""
    sign = "=" if equal and statement.op not in ("<", ">") else RELATIONS[statement.op]
    return f"{_number(left)} {sign} {_number(right)}"


def _given(value: Any) -> str:
    return f"({_listed(value)})" if isinstance(value, tuple) else _fraction(Fraction(value))


def _number(value: Any) -> str:
    if isinstance(value, tuple):
        return _listed(value) if len(value) == 1 else f"({_listed(value)})"
    return _fraction(value) if isinstance(value, Fraction) else tex(value)


def _listed(values: tuple[Any, ...]) -> str:
    """Components, the middle of a long list left out; the JSON of ``derive`` has all of them."""
    shown = [_number(Fraction(v) if isinstance(v, int) else v) for v in values]
    if len(shown) <= _COMPONENTS:
        return ",".join(shown)
    return ",".join([*shown[:4], r"\ldots", *shown[-2:]])


def _fraction(value: Fraction) -> str:
    """``p/q``, or five digits of a fraction too long to read; the JSON of ``derive`` has it exactly."""
    text = str(value)
    return text if len(text) <= _DIGITS else rf"{float(value):.5g}\ldots"


def _values(model: Model) -> tuple[str, ...]:
    values = [f"{tex(symbol)}={_given(value)}" for symbol, value in model.values.items()]
    if not isinstance(model, World):
        return tuple(values)
    values += [f"{tex(symbol)}={_given(value)}" for symbol, value in model.points.items()]
    values += [f"p_{{{i}}}={tex(_affine(c, (d, phi)))}" for i, (c, d) in enumerate(model.p, 1)]
    values += [
        rf"\nabla_\theta\ell_{{{i}}}={tex(_affine(a, (b, theta), (c, phi)))}" for i, (a, b, c) in enumerate(model.g, 1)
    ]
    if model.updates or eta in model.values:
        values += [f"{tex(theta_at(0))}={_given(model.theta_0)}"]
        values += [f"{tex(u_at(k))}={_given(u)}" for k, u in enumerate(model.updates)]
        values += [f"{tex(t_step)}={model.t}", f"{tex(s_lag)}={model.lag}"]
    return tuple(values)


def _affine(constant: Any, *terms: tuple[Any, Any]) -> Any:
    """``constant + sum of coefficient * variable`` for rational coefficients."""
    total: Any = sympy.Rational(str(Fraction(constant)))
    for coefficient, variable in terms:
        total += sympy.Rational(str(Fraction(coefficient))) * variable
    return total
