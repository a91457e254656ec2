"""Necessity and attaining instances as printed: their values, and what they do to a conclusion."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy

from ..proof.exact import evaluate
from ..proof.models import Model, World, violated
from ..proof.records import Claim
from ..symbols import eta, phi, s_lag, t_step, theta, theta_at, u_at
from .tex import RELATIONS, tex

__all__ = ["Shown", "attained", "necessity"]


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
    first = claim.conclusions[0]
    return tuple(
        Shown("", model.kind, _values(model), places.get(first, 0), _outcome(claim, first, model, equal=True))
        for model in claim.attained
    )


def _violated(claim: Claim, model: Model) -> str | None:
    try:
        return violated(claim, model)
    except (ArithmeticError, KeyError, TypeError):
        return None


def _outcome(claim: Claim, step: str, model: Model, equal: bool = False) -> str:
    statement = claim.step(step).statement
    try:
        left, right = evaluate(statement.lhs, model), evaluate(statement.rhs, model)
    except (ArithmeticError, KeyError, TypeError):
        return ""
    return f"{_number(left)} {'=' if equal else RELATIONS[statement.op]} {_number(right)}"


def _given(value: Any) -> str:
    return f"({','.join(map(_given, value))})" if isinstance(value, tuple) else str(Fraction(value))


def _number(value: Any) -> str:
    if isinstance(value, tuple):
        inner = ",".join(map(_number, value))
        return inner if len(value) == 1 else f"({inner})"
    return str(value) if isinstance(value, Fraction) else tex(value)


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
