"""Short constructors of steps, so that a claim file reads like its proof."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..lemmas import LEMMAS
from .radius import Radius
from .records import Assumption, Claim, Definition, Op, Rel, Step

__all__ = ["assume", "define", "earlier", "enclosure", "identity", "inequality", "lemma", "polynomial", "roots"]


def _ids(uses: str | Iterable[str]) -> tuple[str, ...]:
    return tuple(uses.split()) if isinstance(uses, str) else tuple(uses)


def define(id: str, what: Definition | Rel, *args: Any, uses: str | Iterable[str] = (), why: str = "") -> Step:
    """A shared definition at ``args``, or a local one given as ``Rel(fresh symbol, "=", expression)``.

    ``uses`` names the steps that show the expression to be defined (no denominator is 0).
    """
    if isinstance(what, Definition):
        return Step(id, "definition", what.at(*args), _ids(uses), why or what.title, schema=what, args=args)
    return Step(id, "definition", what, _ids(uses), why)


def assume(id: str, assumption: Assumption, *args: Any, why: str = "") -> Step:
    """An assumption at ``args``."""
    return Step(id, "assumption", assumption.at(*args), why=why or assumption.title, schema=assumption, args=args)


def lemma(id: str, name: str, *args: Any, uses: str | Iterable[str] = (), why: str = "") -> Step:
    """An instance of a named lemma at ``args``.

    Raises:
        KeyError: there is no such lemma.
    """
    found = LEMMAS[name]
    return Step(id, "lemma", found.instance(*args).statement, _ids(uses), why or found.title, by=name, args=args)


def earlier(
    id: str, claim: Claim, conclusion: str = "", uses: str | Iterable[str] = (), why: str = "", **at: Any
) -> Step:
    """A conclusion of an earlier claim with symbols replaced, ``phi=theta_at(t)``.

    Args:
        id: step id.
        claim: the earlier claim.
        conclusion: step id of the wanted conclusion; the first one by default.
        uses: ids of the steps that prove an assumption of the claim here, which is then none any more, or show an
            expression to have the sign of the symbol it replaces.
        why: one phrase for readers.
        at: registered symbol name -> expression.
    """
    from ..symbols import record

    pairs = tuple((record(name).symbol, value) for name, value in at.items())
    statement = claim.step(conclusion or claim.conclusions[0]).statement.subs(dict(pairs))
    return Step(id, "claim", statement, _ids(uses), why or claim.title, by=claim.id, schema=claim, args=pairs)


def identity(id: str, lhs: Any, rhs: Any, uses: str | Iterable[str] = (), why: str = "") -> Step:
    """``lhs = rhs``, to be proved by the rational normal form."""
    return Step(id, "identity", Rel(lhs, "=", rhs), _ids(uses), why)


def enclosure(id: str, lhs: Any, op: Op, rhs: Any, uses: str | Iterable[str] = (), why: str = "") -> Step:
    """``lhs op rhs`` in a few real symbols, to be proved by enclosures on the box that the steps used give them."""
    return Step(id, "enclosure", Rel(lhs, op, rhs), _ids(uses), why)


def polynomial(id: str, lhs: Any, op: Op, rhs: Any, uses: str | Iterable[str] = (), why: str = "") -> Step:
    """``lhs op rhs`` for rational functions of one symbol, on the interval that the steps used give it."""
    return Step(id, "polynomial", Rel(lhs, op, rhs), _ids(uses), why)


def inequality(id: str, lhs: Any, op: Op, rhs: Any, uses: str | Iterable[str] = (), why: str = "") -> Step:
    """``lhs op rhs``, to be proved by the solvers from the steps used."""
    return Step(id, "inequality", Rel(lhs, op, rhs), _ids(uses), why)


def roots(id: str, polynomial: Any, op: Op, uses: str | Iterable[str] = (), why: str = "", circle: Any = 1) -> Step:
    """``Radius(polynomial) op circle``, to be certified by exact counting of the zeros inside the circle."""
    return Step(id, "roots", Rel(Radius(polynomial), op, circle), _ids(uses), why)
