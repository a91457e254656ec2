"""Concrete rational models of a claim's symbols: necessity and attaining instances, re-evaluated without solvers.

A model interprets every atom of a claim's premises and conclusions. ``Table`` lists scalar values. ``World`` is a full
instance in one parameter dimension: a finite outcome space whose probabilities are affine in phi and whose loss
gradients are affine in (theta, phi), a learner that moves by ``eta*u_k``, a rollout lag.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from itertools import product
from typing import Any, Literal

import sympy
from sympy.core.function import AppliedUndef

from .. import symbols as sy
from ..lemmas import LEMMAS
from .exact import NotDecided, Value, evaluate, holds, sign
from .records import Claim, Rel
from .structure import ranges_of

__all__ = ["Model", "Table", "World", "missing_models", "model_problems", "reaches", "true_in", "violated"]


@dataclass(frozen=True)
class Model:
    """Base of the two kinds: a value by symbol (or atom) and the ranges of free indices."""

    values: Mapping[Any, Fraction | int | tuple[Fraction | int, ...]]
    indices: Mapping[Any, range] = field(default_factory=dict[Any, range], kw_only=True)
    kind: Literal["instance", "scalar-model"] = field(default="scalar-model", init=False)

    def __call__(self, atom: Any) -> Value | None:
        """Value of an atom, None when this model says nothing of it."""
        found = self.values.get(atom)
        return None if found is None else _exact(found)

    def ranges(self) -> Mapping[Any, range]:
        """The range of each free index: a statement with that index must hold for all of it."""
        return self.indices

    def ill_formed(self) -> list[str]:
        """What is wrong with the model itself, e.g. a probability outside [0, 1] or a constant of the wrong sign."""
        wrong = []
        for symbol, value in self.values.items():
            if not isinstance(value, tuple) and _unfit(symbol, value):
                wrong.append(f"{symbol} = {value} is not as it is declared")
        return wrong

    def shown(self) -> dict[str, str]:
        """Everything that defines the model, as rationals "p/q"; ``g_2[phi]`` is the coefficient of phi in g_2."""
        text: dict[str, str] = {}
        for symbol, value in self.values.items():
            parts = value if isinstance(value, tuple) else (value,)
            names = [f"{symbol}[{j}]" for j in range(len(parts))] if isinstance(value, tuple) else [str(symbol)]
            text |= {name: str(Fraction(part)) for name, part in zip(names, parts, strict=True)}
        return text


def _unfit(atom: Any, value: Any) -> bool:
    """Whether a number has not the sign or the integrality that its symbol or function declares."""
    wrong_sign = (atom.is_positive and sign(value) <= 0) or (atom.is_nonnegative and sign(value) < 0)
    return bool(wrong_sign or (atom.is_integer and not sympy.sympify(value).is_integer))


def _exact(value: Any) -> Value:
    return tuple(Fraction(c) for c in value) if isinstance(value, tuple) else Fraction(value)


class Table(Model):
    """A scalar model: a value for every symbol; vectors are tuples of rationals, norms and products follow."""


@dataclass(frozen=True)
class World(Model):
    """An instance in one parameter dimension, everything rational.

    Args:
        values: constants such as ``G_ell`` and ``eta`` by symbol.
        p: per outcome ``(c, d)``: probability ``c + d*phi``.
        g: per outcome ``(a, b, c)``: loss gradient ``a + b*theta + c*phi``.
        points: values of free vector symbols (theta, phi, ...).
        theta_0: start of the learner.
        updates: u_0, u_1, ...; the learner stays put afterwards.
        rates: eta_0, eta_1, ... of a schedule; the constant ``eta`` of ``values`` where there is none.
        t: learner step under study.
        lag: phi_t = theta_{t-lag}.
    """

    p: Sequence[tuple[Fraction | int, Fraction | int]] = ()
    g: Sequence[tuple[Fraction | int, Fraction | int, Fraction | int]] = ()
    points: Mapping[Any, Fraction | int] = field(default_factory=dict[Any, Fraction | int])
    theta_0: Fraction | int = 0
    updates: Sequence[Fraction | int] = ()
    rates: Sequence[Fraction | int] = ()
    t: int = 0
    lag: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", "instance")

    def probability(self, i: int, phi: Fraction) -> Fraction:
        """``p_i(phi) = c_i + d_i*phi``."""
        c, d = self.p[i]
        return Fraction(c) + Fraction(d) * phi

    def gradient(self, i: int, theta: Fraction, phi: Fraction) -> Fraction:
        """``g_i(theta, phi) = a_i + b_i*theta + c_i*phi``."""
        a, b, c = self.g[i]
        return Fraction(a) + Fraction(b) * theta + Fraction(c) * phi

    def surrogate_gradient(self, theta: Fraction, phi: Fraction) -> Fraction:
        """``H(theta, phi) = sum_i p_i(phi) g_i(theta, phi)``."""
        return sum((self.probability(i, phi) * self.gradient(i, theta, phi) for i in range(len(self.p))), Fraction(0))

    def behaviour_derivative(self, theta: Fraction, phi: Fraction) -> Fraction:
        """``d/dphi H = sum_i d_i g_i + p_i c_i``."""
        terms = (
            Fraction(self.p[i][1]) * self.gradient(i, theta, phi) + self.probability(i, phi) * Fraction(self.g[i][2])
            for i in range(len(self.p))
        )
        return sum(terms, Fraction(0))

    def learner(self, step: int) -> Fraction:
        """``theta_k = theta_0 + sum of eta_j u_j over the first k updates``."""
        moves = (self.rate(j) * Fraction(u) for j, u in enumerate(self.updates[:step]))
        return Fraction(self.theta_0) + sum(moves, Fraction(0))

    def rate(self, step: int) -> Fraction:
        """Learning rate of a step: from the schedule where there is one, else ``eta``."""
        eta = self.values.get(sy.eta, 0)
        assert not isinstance(eta, tuple)
        return Fraction(self.rates[step]) if step < len(self.rates) else Fraction(eta)

    def _inside(self, theta: Fraction, phi: Fraction) -> bool:
        """Whether (theta, phi) lies in U."""
        near, close = self.values[sy.rho_0], self.values[sy.R_batch]
        assert not isinstance(near, tuple)
        assert not isinstance(close, tuple)
        return abs(theta - Fraction(self.theta_0)) <= near and abs(theta - phi) < close

    def __call__(self, atom: Any) -> Value | None:
        """Interpret symbols, points and the functions of the theory; a declared value comes first."""
        if atom in self.values:
            return super().__call__(atom)
        if atom in self.points:
            return (Fraction(self.points[atom]),)
        if atom == sy.n_out:
            return Fraction(len(self.p))
        if atom == sy.t_step:
            return Fraction(self.t)
        if atom == sy.s_lag:
            return Fraction(self.lag)
        if isinstance(atom, AppliedUndef):
            args = [evaluate(arg, self) for arg in atom.args]
            return self._apply(atom.func.__name__, [a[0] if isinstance(a, tuple) else a for a in args])
        return super().__call__(atom)

    def _apply(self, name: str, x: list[Fraction]) -> Value:
        return self._meanings(x)[name]()

    def _meanings(self, x: list[Fraction]) -> dict[str, Callable[[], Value]]:
        """The functions of the theory at arguments x."""
        theta_t, phi_t = self.learner(self.t), self.learner(self.t - self.lag)
        return {
            "p": lambda: self.probability(int(x[0]) - 1, x[1]),
            "grad_ell": lambda: (self.gradient(int(x[0]) - 1, x[1], x[2]),),
            "H": lambda: (self.surrogate_gradient(x[0], x[1]),),
            "TV": lambda: (
                sum(
                    (abs(self.probability(i, x[0]) - self.probability(i, x[1])) for i in range(len(self.p))),
                    Fraction(0),
                )
                / 2
            ),
            "theta_at": lambda: (self.learner(int(x[0])),),
            "phi_at": lambda: (phi_t,),
            "on_U": lambda: Fraction(self._inside(x[0], x[1])),
            "eta_at": lambda: self.rate(int(x[0])),
            "u_at": lambda: (Fraction(self.updates[int(x[0])]) if int(x[0]) < len(self.updates) else Fraction(0),),
            "delta_at": lambda: (self.surrogate_gradient(theta_t, phi_t) - self.surrogate_gradient(theta_t, theta_t),),
            "dH": lambda: (self.behaviour_derivative(theta_t, x[0]) * x[1],),
            "d2H": lambda: (
                2
                * sum((Fraction(d) * Fraction(c) for (_, d), (*_, c) in zip(self.p, self.g, strict=True)), Fraction(0))
                * x[1] ** 2,
            ),
        }

    def ranges(self) -> Mapping[Any, range]:
        """Outcomes 1..n and the learner steps taken so far, and what else is declared."""
        return {**self.indices, sy.i_out: range(1, len(self.p) + 1), sy.k_step: range(len(self.updates))}

    def ill_formed(self) -> list[str]:
        """Also: probabilities are nonnegative and sum to one at every point visited; no function has two meanings."""
        named, meanings = {a for a in self.values if isinstance(a, AppliedUndef)}, self._meanings([])
        wrong = super().ill_formed() + [f"{a} has a meaning here" for a in named if a.func.__name__ in meanings]
        visited = [Fraction(x) for name, x in self.points.items() if name not in (sy.w_dir, sy.w_star)] + [
            self.learner(k) for k in range(len(self.updates) + 1)
        ]
        for x in visited if self.p else []:
            row = [self.probability(i, x) for i in range(len(self.p))]
            if min(row) < 0 or sum(row) != 1:
                wrong.append(f"not a distribution at phi = {x}: {[str(v) for v in row]}")
        return wrong

    def shown(self) -> dict[str, str]:
        """Constants, distribution, loss gradient, points and trajectory."""
        text = super().shown() | {str(k): str(Fraction(v)) for k, v in self.points.items()}
        for name, rows, parts in (("p", self.p, ("1", "phi")), ("g", self.g, ("1", "theta", "phi"))):
            for i, row in enumerate(rows):
                text |= {f"{name}_{i + 1}[{x}]": str(Fraction(c)) for x, c in zip(parts, row, strict=True)}
        if self.updates:
            text |= {"theta_0": str(Fraction(self.theta_0)), "t": str(self.t), "s_t": str(self.lag)}
            text |= {f"u_{k}": str(Fraction(u)) for k, u in enumerate(self.updates)}
            text |= {f"eta_{k}": str(Fraction(r)) for k, r in enumerate(self.rates)}
        return text


def true_in(model: Model, statement: Rel) -> bool:
    """Whether a statement holds in a model, for every value of its free indices."""
    return all(holds(instance, model) for instance in _instances(model, statement))


def _instances(model: Model, statement: Rel) -> Iterator[Rel]:
    """The statement at every value of its free indices."""
    free = [s for s in model.ranges() if s in (_free(statement.lhs) | _free(statement.rhs))]
    for ks in product(*(model.ranges()[s] for s in free)):
        yield _instance(statement, tuple(zip(free, ks, strict=True)))


@lru_cache(maxsize=16384)
def _instance(statement: Rel, indices: tuple[tuple[Any, int], ...]) -> Rel:
    return statement.subs({index: sympy.Integer(k) for index, k in indices})


def _free(expression: Any) -> set[Any]:
    return set(expression.free_symbols)


def missing_models(claim: Claim) -> list[str]:
    """Instances that a finished claim should have: one per assumption, one that attains each bound or a reason."""
    ids = [a.id for a in claim.assumptions]
    missing = [f"no necessity instance for {i}" for i in ids if i not in claim.necessity]
    if claim.kind in ("upper", "lower", "leading-order") and not claim.attained and not claim.not_tight:
        missing.append("neither an attaining instance nor a reason why the bound is not tight")
    elif claim.kind in ("upper", "lower", "leading-order"):
        missing += [f"no attaining instance reaches {c!r}, and not_tight does not name it" for c in _unreached(claim)]
    return missing


def _unreached(claim: Claim) -> list[str]:
    """Conclusions that are bounds, reached by no attaining instance and not named in ``not_tight``.

    The reason of a claim with a single bound need not name it.
    """
    bounds = [c for c in claim.conclusions if claim.step(c).statement.op != "="]
    unreached = [c for c in bounds if not any(_reached(claim.step(c).statement, m) for m in claim.attained)]
    if len(bounds) == 1 and claim.not_tight:
        return []
    return [c for c in unreached if not re.search(rf"(?<![\w-]){re.escape(c)}(?![\w-])", claim.not_tight)]


def _reached(rel: Rel, model: Model) -> bool:
    try:
        return reaches(rel, model)
    except (KeyError, NotDecided, ZeroDivisionError):
        return False


def model_problems(claim: Claim) -> list[str]:
    """Everything a claim's instances fail to show.

    Necessity: all other premises hold, the dropped assumption and at least one conclusion fail. Attained: all
    premises hold and a conclusion is reached.
    """
    ids = [a.id for a in claim.assumptions]
    problems = [f"necessity names {i}, which no step assumes" for i in claim.necessity if i not in ids]
    for dropped, model in claim.necessity.items():
        problems += [f"necessity of {dropped}: {p}" for p in _necessity(claim, dropped, model)]
    for number, model in enumerate(claim.attained):
        problems += [f"attaining instance {number}: {p}" for p in _attained(claim, model)]
    return problems


def _necessity(claim: Claim, dropped: str, model: Model) -> list[str]:
    wrong = model.ill_formed() + _ranges_missed(claim, model) + _facts_missed(claim, model)
    try:
        wrong += [f"premise {r} fails" for name, r in claim.premises() if name != dropped and not true_in(model, r)]
        if all(true_in(model, r) for name, r in claim.premises() if name == dropped):
            wrong.append("the dropped assumption holds here")
        if violated(claim, model) is None:
            wrong.append("every conclusion holds here")
    except (KeyError, NotDecided, ZeroDivisionError) as error:
        wrong.append(f"cannot be evaluated: {error!r}")
    return wrong


def _ranges_missed(claim: Claim, model: Model) -> list[str]:
    """Free indices that do not run over all that the claim sums over, or, in a conclusion, over more."""
    spoken = [rel for _, rel in claim.premises()]
    concluded = [s.statement for s in claim.steps if s.id in claim.conclusions]
    wrong: list[str] = []
    if type(model) not in (Table, World):  # one of another class may answer as it likes
        wrong.append(f"expected a Table or a World, got {type(model).__name__}")
    for index, ranges in ranges_of(claim).items():
        if index not in model.ranges():
            continue
        here = model.ranges()[index]
        for ends in ranges:
            try:
                low, high = (evaluate(end, model) for end in ends)
            except (KeyError, TypeError, NotDecided):  # an end that says nothing, such as infinity
                continue
            there = set(range(int(low), int(high) + 1))
            missed = any(_speaks(rel, index) for rel in (*spoken, *concluded)) and there - set(here)
            if missed or (there != set(here) and any(_speaks(rel, index) for rel in concluded)):
                wrong.append(f"{index} runs over {list(here)} here, the claim sums it from {low} to {high}")
    return wrong


def _speaks(rel: Rel, index: Any) -> bool:
    return index in _free(rel.lhs) | _free(rel.rhs)


def _facts_missed(claim: Claim, model: Model) -> list[str]:
    """Instances of lemmas that are false in a model although their side conditions hold: no such world exists.

    What a model says nothing of is left out, and so is a lemma about any point, of which a model has few.
    """
    wrong: list[str] = []
    for step in claim.steps:
        if step.kind != "lemma" or step.by not in LEMMAS:
            continue
        instance = LEMMAS[step.by].instance(*step.args)
        if set(instance.generic) - sy.INDICES:
            continue
        try:
            if all(true_in(model, need) for need in instance.needs) and not true_in(model, instance.statement):
                wrong.append(f"the lemma {step.by} fails at step {step.id}")
        except (KeyError, NotDecided, ZeroDivisionError, TypeError, ValueError):
            continue
    return wrong


def violated(claim: Claim, model: Model) -> str | None:
    """The first conclusion that is false in a model."""
    return next((c for c in claim.conclusions if not true_in(model, claim.step(c).statement)), None)


def _attained(claim: Claim, model: Model) -> list[str]:
    wrong = model.ill_formed() + _ranges_missed(claim, model) + _facts_missed(claim, model)
    try:
        wrong += [f"premise {r} fails" for _, r in claim.premises() if not true_in(model, r)]
        if not any(reaches(claim.step(c).statement, model) for c in claim.conclusions):
            wrong.append("no conclusion is reached")
    except (KeyError, NotDecided, ZeroDivisionError) as error:
        wrong.append(f"cannot be evaluated: {error!r}")
    return wrong


def reaches(rel: Rel, model: Model) -> bool:
    """Whether a relation holds with equality in a model at some value of its free indices, a strict one within 1 %."""
    return any(_equal(instance, model) for instance in _instances(model, rel))


def _equal(rel: Rel, model: Model) -> bool:
    if rel.op in ("<", ">"):
        left, right = evaluate(rel.lhs, model), evaluate(rel.rhs, model)
        small, large = (left, right) if rel.op == "<" else (right, left)
        return sign(small - Fraction(99, 100) * large) >= 0
    return holds(Rel(rel.lhs, "=", rel.rhs), model)
