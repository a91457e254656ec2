"""The split into sources depends on the order, beyond first order; the mean over all orders does not (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
from __future__ import annotations

from collections import Counter
from itertools import permutations
from typing import Any

import sympy

from .. import symbols as sy
from ..proof.build import define, identity
from ..proof.fill import filled
from ..proof.models import Table
from ..proof.records import Claim, Rel
from ..symbols import tau, theta
from .hybrid_measures import FACTORS

_LAWS = tuple(law(tau, theta) for law in (*FACTORS, sy.clip_factor))  # prefix, token, suffix, rewards, lengths, clip
_CHANGES = tuple(change(tau) for change in sy.factor_change)
_SHAPLEY = (sy.shap_pre, sy.shap_tok, sy.shap_suf, sy.shap_rew, sy.shap_len, sy.shap_clip)
_ALL, _SUFFIX = range(len(_LAWS)), 2


def _sum(term: Any) -> Any:
    return sympy.Sum(term * sy.rest_term(tau), (tau, 1, sy.N_terms))


def _at(*moved: int) -> Any:
    """The surrogate gradient with these factors at phi, the others at theta."""
    return sy.exchanged(*(sympy.Integer(j in moved) for j in _ALL))


def _mean(k: int) -> Any:
    """What exchanging factor k changes, mean over all orders: those before it in the order are exchanged already."""
    orders = list(permutations(_ALL))
    before = Counter(frozenset(order[: order.index(k)]) for order in orders)
    return sympy.Add(*(sympy.Rational(n, len(orders)) * (_at(k, *s) - _at(*s)) for s, n in before.items()))


def _product(*changed: int) -> Any:
    """Product of the changes of some factors and the learner's values of the others."""
    return sympy.Mul(*(_CHANGES[j] if j in changed else _LAWS[j] for j in _ALL))


_values = (law + b * change for law, change, b in zip(_LAWS, _CHANGES, sy.at_phi, strict=True))
_gap = _at(0, _SUFFIX) - _at(_SUFFIX) - (_at(0) - _at())

_STEPS = (
    define(
        "exchanged", Rel(sy.exchanged(*sy.at_phi), "=", _sum(sympy.Mul(*_values))), why="a factor, or it and its change"
    ),
    define("bias", Rel(sy.bias_gap, "=", _at(*_ALL) - _at()), why="all factors exchanged; the KL term is apart"),
    *(
        define(f"mean-{k}", Rel(_SHAPLEY[k], "=", _mean(k)), why="mean over the 720 orders: Shapley value")
        for k in _ALL
    ),
    identity(
        "efficient",
        sy.bias_gap,
        sympy.Add(*_SHAPLEY),
        f"bias {' '.join(f'mean-{k}' for k in _ALL)}",
        "each order telescopes",
    ),
    identity("gap", _gap, _sum(_product(0, _SUFFIX)), "exchanged", "the prefix after the suffix, minus before"),
)


def _table() -> Table:
    """One term; every factor is two and changes by one."""
    values: dict[Any, Any] = {sy.N_terms: 1, sy.rest_term(1): (1, -1)}
    for k in _ALL:
        values |= {_LAWS[k].subs(tau, 1): 2, _CHANGES[k].subs(tau, 1): 1}
    return filled(values, _STEPS, {tau: range(1, 2), **dict.fromkeys(sy.at_phi, range(2))})


CLAIM = Claim(
    id="source-orders",
    title="The order of the split and its mean over all orders",
    kind="exact",
    statement=r"Six factors of a term can be exchanged for the behaviour policy's: prefix, token, suffix, rewards of"
    r" the mates, their lengths, clip. A source is what $H$ changes when its factor is exchanged, given those"
    r" exchanged before. Its mean over the 720 orders is its Shapley value, and the six Shapley values sum to"
    r" $\delta$ less the KL term, which is added and has no order. Exchanging the prefix law right after the suffix"
    r" law instead of before it, with nothing else exchanged, changes $\delta^{\mathrm i}$ by $\sum_\tau\Delta"
    r" d_\tau\,\Delta q_\tau\,\tilde c_\tau g_\tau h_\tau\kappa_\tau X_\tau$ with $X_\tau$ for the rest of the term:"
    r" a product of two changes, hence of second order in $\varphi-\theta$.",
    source="derived here; Shapley, A value for n-person games (1953), for the mean over orders",
    steps=_STEPS,
    conclusions=("efficient", "gap"),
    formula=sympy.Add(*_SHAPLEY),
    attained=(_table(),),
)
