r"""Every derivative of a population objective from two things: tables of log-probabilities, and a function of them.

An objective is F(θ,φ) = Σ_parts f(T(θ), T(θ held), T(φ), m(φ)) with T: parameters -> (log-)probabilities of tokens (the
only place where the network appears) and m(φ) what all parts have in common, itself a sum over the parts. Then

.. math::
    H = J_θ^\top ∂_1 f, \quad
    ∂_φH\,v = J_θ^\top\, ∂_φ(∂_1 f)\,[J_φ v], \quad
    ∂_φH^\top w = J_φ^\top\, ∂_φ⟨∂_1 f, J_θ w⟩, \quad
    ∂_θH\,v = J_θ^\top\, ∂_θ(∂_1 f)\,[J_θ v] + (∂_v J_θ)^\top ∂_1 f,

so that ∂_φH costs one forward-mode and one reverse-mode pass of the network, and no part outlives its turn: memory is
that of one part. The score term of sampled data is inside f, whose weights are functions of T(φ).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor

from ..transforms import directional, gradient, pulled, pushed
from ..trees import Params, add

__all__ = [
    "Closed",
    "Enumeration",
    "Part",
    "Population",
    "along",
    "field",
    "learner_pull",
    "learner_push",
    "pull",
    "push",
    "total",
]

Tables = Params
"""(Log-)probabilities by name: a dictionary of tensors as parameters are, so that the same transforms serve both."""


class Part(Protocol):
    """One share of F, small enough to hold at once."""

    def tables(self, params: Params) -> Tables:
        """Return T, the (log-)probabilities of the tokens that this part reads."""
        ...

    def common(self, behaviour: Tables) -> Tables:
        """Return what this part adds to the m(φ) of a population of several parts, under names that T has not."""
        ...

    def score(self, live: Tables, held: Tables, behaviour: Tables) -> Tensor:
        """Return this part's share of F, a scalar.

        Args:
            live: T(θ), differentiated.
            held: T(θ) inside stop-gradients.
            behaviour: T(φ), with m(φ) beside it where there are several parts; one part alone finds m(φ) by itself.
        """
        ...


@runtime_checkable
class Closed(Part, Protocol):
    """A part that states its derivatives; those of others are found by differentiating ``tables`` and ``score``."""

    def pulled(self, params: Params) -> tuple[Tables, Callable[[Tables], Params]]:
        """Return T and w ↦ Jᵀ w."""
        ...

    def pushed(self, params: Params, v: Params) -> tuple[Tables, Tables]:
        """Return T and J v."""
        ...

    def slope(self, live: Tables, behaviour: Tables) -> Tables:
        """Return ∂₁f."""
        ...

    def slope_moved(self, live: Tables, behaviour: Tables, moved: Tables) -> Tables:
        """Return ∂_φ(∂₁f) along a change of T(φ)."""
        ...


class Population(Protocol):
    """A named population objective F(θ,φ), exact or estimated: what every derivative is taken of."""

    @property
    def name(self) -> str:
        """The population objective as every verdict prints it."""
        ...

    def validate(self, **points: Params) -> None:
        """Raise ValueError (expected, got) unless every given point is a parameter dictionary of the policy."""
        ...

    def parts(self) -> Sequence[Part]:
        """Return the parts whose shares add up to F; at least one."""
        ...


class Enumeration(Population, Protocol):
    """A population objective that knows what its responses earn and how far they moved.

    Exactly where responses are enumerated; estimated, and over the drawn tokens alone, where they are sampled.
    """

    def mean_reward(self, theta: Params) -> Tensor:
        """Return V(θ) = E_x E_{y~π_θ}[R] as a scalar tensor, without validation."""
        ...

    def log_ratios(self, theta: Params, phi: Params) -> Tensor:
        """Return log π_θ/π_φ of every token of every response, flat, without validation."""
        ...


def _sum(terms: Iterable[Params]) -> Params:
    return functools.reduce(add, terms)


def _common(parts: Sequence[Part], phi: Params) -> Tables:
    """m(φ); empty for one part, which finds it from its own tables."""
    return _sum(part.common(part.tables(phi)) for part in parts) if len(parts) > 1 else {}


def _pulled(part: Part, x: Params) -> tuple[Tables, Callable[[Tables], Params]]:
    return part.pulled(x) if isinstance(part, Closed) else pulled(part.tables, x)


def _pushed(part: Part, x: Params, v: Params) -> tuple[Tables, Tables]:
    return part.pushed(x, v) if isinstance(part, Closed) else pushed(part.tables, x, v)


def _slope(part: Part, live: Tables, behaviour: Tables) -> Tables:
    """∂₁f, with T(θ) held at the same point."""
    if isinstance(part, Closed):
        return part.slope(live, behaviour)
    return gradient(lambda t: part.score(t, live, behaviour), live)


def _slope_moved(part: Part, live: Tables, behaviour: Tables, moved: Tables) -> Tables:
    """∂_φ(∂₁f) along a change of what it reads at φ."""
    if isinstance(part, Closed):
        return part.slope_moved(live, behaviour, moved)
    return directional(lambda b: _slope(part, live, b), behaviour, moved)


def along(part: Part, theta: Params, w: Params) -> Callable[[Tables], Tensor]:
    """Return T(φ) ↦ ⟨H(θ, φ), w⟩ = ⟨∂₁f, J_θ w⟩ of one part."""
    live, u = _pushed(part, theta, w)
    if isinstance(part, Closed):
        return lambda b: functools.reduce(torch.add, ((u[k] * x).sum() for k, x in part.slope(live, b).items()))
    return lambda b: directional(lambda t: part.score(t, live, b), live, u)


def _at(part: Part, behaviour: Tables) -> Callable[[Params], Params]:
    """θ ↦ the part's share of H, from tables at φ that are made once."""

    def h(theta: Params) -> Params:
        live, back = _pulled(part, theta)
        return back(_slope(part, live, behaviour))

    return h


def total(population: Population, theta: Params, held: Params, phi: Params) -> Tensor:
    """Return F as a scalar tensor; ``held`` is θ inside stop-gradients."""
    parts = population.parts()
    common = _common(parts, phi)
    shares = (p.score(p.tables(theta), p.tables(held), p.tables(phi) | common) for p in parts)
    return functools.reduce(lambda a, b: a + b, shares)


def field(population: Population, theta: Params, phi: Params) -> Params:
    """Return H(θ,φ)."""
    parts = population.parts()
    common = _common(parts, phi)
    return _sum(_at(part, part.tables(phi) | common)(theta) for part in parts)


def push(population: Population, theta: Params, phi: Params, v: Params) -> Params:
    """Return ∂_φH(θ,φ)·v."""
    parts = population.parts()
    common, common_v = pushed(lambda point: _common(parts, point), phi, v) if len(parts) > 1 else ({}, {})

    def of(part: Part) -> Params:
        behaviour, behaviour_v = _pushed(part, phi, v)
        live, back = _pulled(part, theta)
        return back(_slope_moved(part, live, behaviour | common, behaviour_v | common_v))

    return _sum(map(of, parts))


def pull(population: Population, phi: Params, f: Callable[[Part, Tables], Callable[[Tables], Tensor]]) -> Params:
    """Return ∇_φ Σ_parts f(part, T(φ) held)(T(φ) and m(φ)): how F, or ⟨H, w⟩, feels the behaviour slot.

    Each part is pulled back through its own tables, and what m(φ) is owed by all of them in a second pass.
    """
    parts = population.parts()
    common, owed = _common(parts, phi), list[Tables]()

    def of(part: Part) -> Params:
        tables, back = _pulled(part, phi)
        slope = gradient(f(part, tables), tables | common)
        owed.append({name: slope[name] for name in common})
        return back({name: slope[name] for name in tables})

    def rest(part: Part, share: Tables) -> Params:
        return pulled(lambda point: part.common(part.tables(point)), phi)[1](share)

    own = _sum(map(of, parts))
    if not common:
        return own
    share = _sum(owed)
    return add(own, _sum(rest(part, share) for part in parts))


def learner_push(population: Population, theta: Params, phi: Params, v: Params) -> Params:
    """Return ∂_θH(θ,φ)·v."""
    parts = population.parts()
    common = _common(parts, phi)
    return _sum(directional(_at(part, part.tables(phi) | common), theta, v) for part in parts)


def learner_pull(population: Population, theta: Params, phi: Params, w: Params) -> Params:
    """Return ∂_θH(θ,φ)ᵀ·w, H pulled back.

    Reverse over reverse: ∂_θ⟨∂₁f, J_θ w⟩ by reverse over forward is silently wrong through ``layer_norm`` (torch 2.13).
    """
    parts = population.parts()
    common = _common(parts, phi)
    return _sum(pulled(_at(part, part.tables(phi) | common), theta)[1](w) for part in parts)
