"""Derivatives of a loss, by machine: token weight with stop-gradients, its phi-derivative, the edges of its clip.

The token weight is the factor ``gamma`` of the score in the theta-gradient of the loss of a token. What each variable
does when the learner or the behaviour policy moves is the table ``VARIABLES``; nothing else is typed.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, Literal

import sympy
from sympy.core.function import AppliedUndef

from .. import symbols as sy
from .record import SIGNED

__all__ = [
    "PAIR",
    "SAMPLE",
    "VARIABLES",
    "Edge",
    "Variable",
    "branch_weights",
    "clip_edges",
    "free_weight",
    "gates",
    "gradient_level",
    "inside",
    "lift",
    "outer_weight",
    "response_score",
    "signed",
    "split_frozen",
    "thawed",
    "token_weight",
    "weight_derivative",
]

Level = Literal["token", "sequence"]


@dataclass(frozen=True)
class Variable:
    """How a variable moves: ``d log x = learner * <score, w>`` when theta moves, ``behaviour * <score, w>`` for phi.

    For an additive variable (a log-probability) ``dx`` itself. ``level`` says whether the score is that of the token
    or that of the whole response; ``diagonal`` is its value at theta = phi (None: any).
    """

    level: Level
    learner: Any
    behaviour: Any
    additive: bool = False
    diagonal: Any = None


_ONE, _ZERO = sympy.S.One, sympy.S.Zero
_SHARE = 1 / sy.L_len
VARIABLES: Mapping[Any, Variable] = {
    sy.rho: Variable("token", _ONE, -_ONE, diagonal=_ONE),
    sy.rho_seq: Variable("sequence", _ONE, -_ONE, diagonal=_ONE),
    sy.rho_geo: Variable("sequence", _SHARE, -_SHARE, diagonal=_ONE),
    sy.rho_prox: Variable("token", _ONE, _ZERO, diagonal=_ONE),
    sy.rho_beh: Variable("token", _ZERO, -_ONE, diagonal=_ONE),
    sy.rho_ref: Variable("token", -_ONE, _ZERO),
    sy.log_ref: Variable("token", -_ONE, _ZERO, additive=True),
    sy.logp_tok: Variable("token", _ONE, _ZERO, additive=True),
    sy.logp_seq: Variable("sequence", _ONE, _ZERO, additive=True),
}
PAIR: Mapping[Any, Any] = {
    **dict(zip(sy.FROZEN, sy.FROZEN_PAIR, strict=True)),
    sy.rho: sy.rho_pair,
    sy.rho_seq: sy.seq_pair,
    sy.rho_geo: sy.geo_pair,
    sy.rho_prox: sy.prox_pair,
    sy.rho_beh: sy.beh_pair,
    sy.rho_ref: sy.ref_pair,
    sy.log_ref: sy.log_ref_pair,
    sy.logp_tok: sy.logp_pair,
    sy.logp_seq: sy.logp_seq_pair,
    sy.A_hat: sy.adv_pair,
    sy.tau_gate: sy.tau_pair,
}
"""The function of a (response, token) pair that each scalar of a record becomes in a derivation."""

_AT_IOTA = {scalar: pair(sy.iota) for scalar, pair in PAIR.items()}
SAMPLE = {sy.eps_lo: sympy.Rational(1, 5), sy.eps_hi: sympy.Rational(3, 10), sy.rho_cap: sympy.Integer(2)}


def lift(expression: Any) -> Any:
    """The expression of a record at a pair ``iota``."""
    return expression.xreplace(_AT_IOTA)


def _moved(expression: Any, v: Any) -> Any:
    """``x d/dx`` of an expression for a ratio x, ``d/dx`` for a log-probability."""
    slope = sympy.diff(expression, v)
    return slope if VARIABLES[v].additive else v * slope


def split_frozen(expression: Any) -> tuple[Any, dict[Any, Any]]:
    """Replace every outermost stop-gradient by a constant of ``FROZEN``; and the value of each constant used."""
    found: dict[Any, Any] = {}

    def visit(e: Any) -> Any:
        if _is_frozen(e):
            if e not in found and len(found) == len(sy.FROZEN):
                raise ValueError(f"expected at most {len(sy.FROZEN)} different stop-gradients in {expression}")
            return found.setdefault(e, sy.FROZEN[len(found)])
        return _with_args(e, [visit(a) for a in e.args])

    free = visit(expression)
    return free, {constant: thawed(e) for e, constant in found.items()}


def thawed(expression: Any) -> Any:
    """Every stop-gradient replaced by its value."""
    if _is_frozen(expression):
        return thawed(expression.args[0])
    return _with_args(expression, [thawed(a) for a in expression.args])


def _with_args(e: Any, args: list[Any]) -> Any:
    """The expression with other arguments; itself when they are the same, since a Min compares its own anew."""
    return e if tuple(args) == e.args else e.func(*args)


def _is_frozen(expression: Any) -> bool:
    return isinstance(expression, AppliedUndef) and expression.func == sy.sg


def gradient_level(loss: Any) -> Level:
    """Whether the gradient of a loss goes through the token or through the whole response.

    Raises:
        ValueError: through both, or through neither.
    """
    free, _ = split_frozen(loss)
    levels: set[Level] = {VARIABLES[v].level for v in free.free_symbols if v in VARIABLES and VARIABLES[v].learner != 0}
    if len(levels) != 1:
        raise ValueError(
            "expected a gradient through token variables or through sequence variables, got "
            + (" and ".join(sorted(levels)) if levels else "none at all: every variable is inside a stop-gradient")
        )
    return levels.pop()


def token_weight(loss: Any) -> Any:
    """The factor of the score in the theta-gradient of a loss; frozen parts count as constants."""
    free, constants = split_frozen(loss)
    return _expanded(free_weight(free).xreplace(constants))


def free_weight(free: Any) -> Any:
    """The same for a loss whose frozen parts are constants of ``FROZEN`` already."""
    total = _ZERO
    for v in sorted(free.free_symbols & set(VARIABLES), key=str):
        total += VARIABLES[v].learner * _moved(free, v)
    return _expanded(total)


def _expanded(e: Any) -> Any:
    """Products of sums multiplied out; a term with an exponential stays as it is written."""
    return sympy.Add(*(term if term.has(sympy.exp) else sympy.expand(term) for term in sympy.Add.make_args(e)))


def signed(expression: Any, sign: int) -> Any:
    """The expression with every constant that depends on the sign of the advantage at its value for this sign."""
    return expression.xreplace({symbol: pair[sign < 0] for symbol, pair in SIGNED.items()})


def gates(weight: Any) -> tuple[Any, ...]:
    """Ratios of which the part of a token weight with the advantage is no power: it is gated by a smooth function."""
    main = sympy.diff(weight, sy.A_hat)
    ratios = [v for v in sorted(main.free_symbols & set(VARIABLES), key=str) if not VARIABLES[v].additive]
    powers = {v: sympy.cancel(v * sympy.diff(main, v) / main) for v in ratios}
    return tuple(v for v, power in powers.items() if power.free_symbols & set(VARIABLES))


def weight_derivative(weight: Any) -> Any:
    """``d_w gamma`` at the pair iota, when the behaviour policy moves along w and the advantage with its mates."""
    total = sympy.diff(weight, sy.A_hat) * sy.dadv_pair(sy.iota)
    for v in sorted(weight.free_symbols & set(VARIABLES), key=str):
        along = {"token": sy.cur_pair(sy.iota), "sequence": response_score()}[VARIABLES[v].level]
        total += VARIABLES[v].behaviour * _moved(weight, v) * along
    return lift(total)


def response_score() -> Any:
    """Score along w of the whole response of the pair iota."""
    return sy.pre_pair(sy.iota) + sy.cur_pair(sy.iota) + sy.suf_pair(sy.iota)


@cache
def inside(loss: Any) -> tuple[Any, tuple[tuple[Any, str, Any], ...]]:
    """The loss without its clip, and the strict relations under which the clip does nothing.

    Each ``Min`` or ``Max`` must compare one expression with a variable against edges without one, or become trivial
    once the others are resolved.

    Raises:
        ValueError: it compares two different functions of the policies.
    """
    needs: dict[tuple[Any, str, Any], None] = {}

    def visit(e: Any) -> Any:
        args = [visit(a) for a in e.args]
        if not isinstance(e, sympy.Min | sympy.Max):
            return _with_args(e, args)
        moving = list(dict.fromkeys(a for a in args if a.free_symbols & set(VARIABLES)))
        edges = [a for a in args if not a.free_symbols & set(VARIABLES)]
        if len(moving) != 1 or any(edge.has(sy.A_hat) for edge in edges):
            raise ValueError(f"expected one expression of the policies against fixed edges in {e}")
        op = "<" if isinstance(e, sympy.Min) else ">"
        needs.update(dict.fromkeys((moving[0], op, edge) for edge in edges))
        return moving[0]

    return visit(loss), tuple(needs)


@dataclass(frozen=True)
class Edge:
    """One edge of a clip seen by one sign of the advantage (times its size): the weight's limits on both sides."""

    variable: Any
    place: Any
    sign: int
    left: Any
    right: Any

    @property
    def jump(self) -> Any:
        """How far the token weight jumps there, for an advantage of size one."""
        return sympy.expand(self.right - self.left)


def clip_edges(loss: Any) -> tuple[Edge, ...]:
    """Limits of the token weight at every edge of the clip, for A = 1 and A = -1, other ratios 1.

    Between two edges one branch of every Min and Max is active; which one is read off at a rational point.
    """
    found: list[Edge] = []
    for variable, places in _clipped(loss).items():
        for sign in (1, -1):
            limits = branch_weights(loss, variable, sign)
            found += [
                Edge(variable, place, sign, *(w.subs(variable, place) for w in limits[n : n + 2]))
                for n, place in enumerate(places)
            ]
    return tuple(found)


@cache
def branch_weights(loss: Any, variable: Any, sign: int) -> tuple[Any, ...]:
    """The token weight between the edges of a variable, from below to above them all, A = ``sign``, other ratios 1.

    Without edges of that variable it is one weight.
    """
    places = _between(_clipped(loss).get(variable, []))
    return tuple(_branch_weight(loss, variable, sign, point) for point in places)


def outer_weight(loss: Any, variable: Any, sign: int) -> Any:
    """The token weight for large values of a variable, for an advantage of this sign and size one."""
    return branch_weights(loss, variable, sign)[-1]


def _clipped(loss: Any) -> dict[Any, list[Any]]:
    """Each clipped variable with its edges in increasing order."""
    _, needs = inside(loss)
    edges: dict[Any, set[Any]] = {}
    for expression, _, edge in needs:
        for variable in expression.free_symbols & set(VARIABLES):
            edges.setdefault(variable, set()).add(edge)
    return {v: sorted(edges[v], key=_value) for v in sorted(edges, key=str)}


def _value(edge: Any) -> Any:
    return edge.subs(SAMPLE)


def _between(places: list[Any]) -> list[Any]:
    values = [_value(p) for p in places]
    if not values:
        return [_ONE]
    middle = [(a + b) / 2 for a, b in pairwise(values)]
    return [values[0] / 2, *middle, values[-1] + 1]


def _branch_weight(loss: Any, variable: Any, sign: int, point: Any) -> Any:
    """Token weight on the branch that is active at ``variable = point``, other ratios on the diagonal."""
    others = {v: x.diagonal for v, x in VARIABLES.items() if v != variable and x.diagonal is not None}
    plain = signed(loss.subs(sy.A_hat, sign), sign)
    at = SAMPLE | others | {variable: point}

    def visit(e: Any) -> Any:
        if isinstance(e, sympy.Min | sympy.Max):
            args = [visit(a) for a in e.args]
            values = [thawed(a).subs(at) for a in args]
            return args[values.index(min(values) if isinstance(e, sympy.Min) else max(values))]
        return _with_args(e, [visit(a) for a in e.args])

    return token_weight(visit(plain)).subs(others)
