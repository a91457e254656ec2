"""The split into sources depends on the order, beyond first order; the mean over all orders does not (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
from __future__ import annotations

from fractions import Fraction
from itertools import permutations
from typing import Any

import sympy

from .. import symbols as sy
from ..proof.build import assume, define, identity
from ..proof.fill import filled
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Definition, Rel
from ..symbols import H_map, eps_path, phi, tau, theta

_over = (tau, 1, sy.N_terms)
_LAWS = (sy.pre_law, sy.suf_law, sy.rew_law)
_ORDERS = tuple(permutations(range(3)))
_rest = sy.rest_term(tau)


def _sum(term: Any) -> Any:
    return sympy.Sum(term * _rest, _over)


def _change(k: int) -> Any:
    return _LAWS[k](tau, phi) - _LAWS[k](tau, theta)


def _others(k: int, moved: tuple[int, ...]) -> Any:
    """Product of the other two laws; those in ``moved`` are the behaviour's already."""
    return sympy.Mul(*(law(tau, phi if j in moved else theta) for j, law in enumerate(_LAWS) if j != k))


def _part(k: int, order: tuple[int, ...]) -> Any:
    """Source k when the laws are exchanged in this order."""
    return _sum(_change(k) * _others(k, order[: order.index(k)]))


def _mean(k: int) -> Any:
    return sympy.Rational(1, len(_ORDERS)) * sympy.Add(*(_part(k, order) for order in _ORDERS))


SURROGATE = Definition(
    "three-laws",
    "prefix, suffix and mates' rewards; what does not change is in x",
    lambda x: Rel(H_map(theta, x), "=", _sum(sympy.Mul(*(law(tau, x) for law in _LAWS)))),
)
TWINS = Assumption(
    "TWINS",
    "Two laws that are alike",
    r"$d^{<}_\tau=q^{>}_\tau$ at $\theta$ and at $\varphi$.",
    lambda x: Rel(sy.pre_law(tau, x), "=", sy.suf_law(tau, x)),
)
_slopes = (sy.pre_slope, sy.suf_slope, sy.rew_slope)
_rests = (sy.pre_rest, sy.suf_rest, sy.rew_rest)


def _path(k: int) -> Rel:
    along = _LAWS[k](tau, theta) + eps_path * _slopes[k](tau) + eps_path**2 * _rests[k](tau)
    return Rel(_LAWS[k](tau, phi), "=", along)


PATH = Assumption(
    "PATH",
    "A smooth path",
    r"Each law along the path from $\theta$ to $\varphi$ is its value, plus $\epsilon$ times a slope, plus $\epsilon^2$"
    r" times a bounded rest.",
    _path,
)


def _speed(k: int) -> Any:
    return _slopes[k](tau) + eps_path * _rests[k](tau)


_bias = H_map(theta, phi) - H_map(theta, theta)
_shapley = (sy.shap_pre, sy.shap_suf, sy.shap_rew)
_gap = _part(0, (1, 0, 2)) - _part(0, (0, 1, 2))
_product = _sum(_change(0) * _change(1) * sy.rew_law(tau, theta))
_second = eps_path**2 * _sum(_speed(0) * _speed(1) * sy.rew_law(tau, theta))
_first_order = eps_path * _sum(sy.pre_slope(tau) * _others(0, ()))
_closed = _sum(_change(0) * (2 * _others(0, ()) + _others(0, (1,)) + _others(0, (2,)) + 2 * _others(0, (1, 2))) / 6)
_moved = _LAWS[1](tau, theta) * _speed(2) + _LAWS[2](tau, theta) * _speed(1)
_both = _speed(1) * _speed(2)
_remainder = eps_path**2 * _sum(sy.pre_rest(tau) * _others(0, ()) + _speed(0) * (_moved / 2 + eps_path * _both / 3))

_STEPS = (
    *(assume(f"path-{k}", PATH, k) for k in range(3)),
    define("H", SURROGATE, phi),
    define("H-on", SURROGATE, theta),
    *(
        define(f"mean-{k}", Rel(_shapley[k], "=", _mean(k)), why="mean over the six orders: Shapley value")
        for k in range(3)
    ),
    identity("efficient", _bias, sympy.Add(*_shapley), "H H-on mean-0 mean-1 mean-2", "each order telescopes"),
    identity("closed", sy.shap_pre, _closed, "mean-0", "first and last place twice each among six"),
    identity("gap", _gap, _product, "", "the prefix after the suffix, minus before"),
    identity("second-order", _gap, _second, "path-0 path-1", "a product of two changes"),
    identity("first-order", sy.shap_pre - _first_order, _remainder, "mean-0 path-0 path-1 path-2", "expand the path"),
    assume("twins", TWINS, phi),
    assume("twins-on", TWINS, theta),
    identity("symmetric", sy.shap_pre, sy.shap_suf, "mean-0 mean-1 twins twins-on", "equal laws, equal sources"),
)


def _table(prefix: tuple[int, int] = (1, 2), suffix: tuple[int, int] = (1, 2), jump: int = 0) -> Table:
    """One term; laws at theta and phi in quarters, the mates' law 1/2 and 3/4, eps = 1/2; straight paths, or jumps."""
    values: dict[Any, Any] = {sy.N_terms: 1, eps_path: Fraction(1, 2), sy.rest_term(1): (1, -1)}
    for k, (old, new) in enumerate((prefix, suffix, (2, 3))):
        values |= {_LAWS[k](1, theta): Fraction(old, 4), _LAWS[k](1, phi): Fraction(new, 4), _rests[k](1): 0}
        values[_slopes[k](1)] = Fraction(new - old - jump, 2)
    return filled(values, _STEPS, {tau: range(1, 2)})


CLAIM = Claim(
    id="source-orders",
    title="The order of the split and its mean over all orders",
    kind="exact",
    statement=r"For three laws (prefix, suffix, mates' rewards) and $\varphi$ at distance $\epsilon$ along any smooth"
    r" path: moving the prefix law after the suffix law instead of before changes $\delta^{\mathrm i}$ by"
    r" $\sum_\tau(d^{<}_\tau(\varphi)-d^{<}_\tau(\theta))(q^{>}_\tau(\varphi)-q^{>}_\tau(\theta))\,g_\tau(\theta)\,"
    r"x_\tau$, a product of two changes, hence of order $\epsilon^2$. The mean over the six orders (Shapley value) sums"
    r" to $\delta$, treats equal laws equally, and has the same first-order part as every order.",
    source="derived here; Shapley, A value for n-person games (1953), for the mean over orders",
    steps=_STEPS,
    conclusions=("efficient", "closed", "gap", "second-order", "first-order", "symmetric"),
    formula=sympy.Add(*_shapley),
    necessity={"TWINS": _table(suffix=(1, 3)), "PATH": _table(jump=1)},
    attained=(_table(),),
)
