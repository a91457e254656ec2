"""Named lemmas on the loss of one token: its gradient with stop-gradients, its derivative in the behaviour policy.

The index runs over all (response, token) pairs of one prompt; see ``symbols/losses.py``.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

import random
from math import exp
from typing import Any

import sympy
from sympy.core.function import AppliedUndef

from .. import symbols as sy
from ..proof.records import Rel
from ..surrogates.calculus import VARIABLES, free_weight, lift, weight_derivative
from ..surrogates.record import soft_gate
from .registry import LemmaInstance, register_lemma
from .softmax import RESPONSES, Tree, moved, random_tree, softmax

_over = (sy.iota, 1, sy.N_pairs)
_STEP = 1e-4
_RATIOS = [sy.rho, sy.rho_geo, sy.rho_prox * sy.rho_beh, sy.rho_seq**2]
_LOSSES = [x * sy.A_hat for x in _RATIOS] + [
    sy.FROZEN[0] * sy.A_hat * sy.logp_tok + sy.rho_ref,
    sy.A_hat * sy.logp_seq,
    sy.rho * sy.A_hat - sy.log_ref**2,
    sy.rho**2 * sy.A_hat,
    soft_gate(sy.rho) * sy.A_hat,
]


def _values(rng: random.Random) -> tuple[dict[Any, float], dict[Any, float]]:
    """Log-probabilities of token and response under each policy; the other numbers a loss contains."""
    logs = {v: rng.uniform(-1, 1) for v in VARIABLES}
    constants = {sy.FROZEN[0]: rng.uniform(0.5, 2), sy.L_len: rng.randint(1, 4), sy.tau_gate: rng.uniform(0.5, 2)}
    return logs, {sy.A_hat: rng.gauss(0, 1), **constants}


def _at(expression: Any, logs: dict[Any, float], rest: dict[Any, float], move: dict[Any, float]) -> float:
    """An expression where the logarithm of each variable (an additive one itself) is moved."""
    shifted = {v: x + move.get(v, 0.0) for v, x in logs.items()}
    values = {v: x if VARIABLES[v].additive else exp(x) for v, x in shifted.items()}
    return _number(expression, values | rest)


def _number(expression: Any, values: dict[Any, float]) -> float:
    return float(expression.xreplace({atom: sympy.Float(x) for atom, x in values.items()}))


def _central(expression: Any, logs: dict[Any, float], rest: dict[Any, float], move: dict[Any, float]) -> float:
    """Difference quotient of fourth order: what is left is far below the digits that are compared."""
    near, far = (
        _at(expression, logs, rest, {v: s * _STEP * c for v, c in move.items()})
        - _at(expression, logs, rest, {v: -s * _STEP * c for v, c in move.items()})
        for s in (1, 2)
    )
    return (8 * near - far) / (12 * _STEP)


def _probe_gradient(rng: random.Random) -> tuple[float, str, float]:
    logs, rest = _values(rng)
    loss = rng.choice(_LOSSES)
    by_hand = {sy.rho: 1.0, sy.rho_seq: 1.0, sy.rho_geo: 1 / rest[sy.L_len], sy.rho_prox: 1.0}  # d log x per d log pi
    by_hand |= {sy.rho_ref: -1.0, sy.log_ref: -1.0, sy.logp_tok: 1.0, sy.logp_seq: 1.0}
    slope = _central(loss, logs, rest, by_hand)
    return round(slope, 5), "=", round(_at(free_weight(loss), logs, rest, {}), 5)


def _probe_behaviour(rng: random.Random) -> tuple[float, str, float]:
    logs, rest = _values(rng)
    weight = rng.choice([*_RATIOS, sy.rho * soft_gate(sy.rho)]) * sy.A_hat + sy.rho_ref
    before, token, after = (rng.gauss(0, 1) for _ in range(3))  # scores along w
    move = {sy.rho: -token, sy.rho_beh: -token, sy.rho_seq: -(before + token + after)}
    move |= {sy.rho_geo: -(before + token + after) / rest[sy.L_len]}
    found = weight_derivative(weight)
    i = sy.iota
    at = {sy.pre_pair(i): before, sy.cur_pair(i): token, sy.suf_pair(i): after, sy.dadv_pair(i): 0}
    values = {lift(v): x if VARIABLES[v].additive else exp(x) for v, x in logs.items()}
    stated = _number(found, values | at | {lift(s): x for s, x in rest.items()})
    return round(_central(weight, logs, rest, move), 5), "=", round(stated, 5)


def _law(tree: Tree) -> list[float]:
    found: list[float] = []
    for y in RESPONSES:
        chance = 1.0
        for k, token in enumerate(y):
            chance *= softmax(tree[y[:k]])[token]
        found.append(chance)
    return found


def _probe_leibniz(rng: random.Random) -> tuple[float, str, float]:
    tree, direction = random_tree(rng, 0.7), random_tree(rng, 0.7)
    power = rng.uniform(-1, 1)
    scores = [rng.gauss(0, 1) for _ in RESPONSES]

    def weighted(step: float) -> tuple[list[float], list[float]]:
        law = _law(moved(tree, direction, step))
        return law, [p**power for p in law]  # a token weight that feels the behaviour policy too

    (law, weight), (up, weight_up), (down, weight_down) = weighted(0.0), weighted(_STEP), weighted(-_STEP)
    total = sum(p * g * s for p, g, s in zip(up, weight_up, scores, strict=True))
    total -= sum(p * g * s for p, g, s in zip(down, weight_down, scores, strict=True))
    stated = 0.0
    for n, s in enumerate(scores):
        dp, dg = up[n] - down[n], weight_up[n] - weight_down[n]
        stated += (weight[n] * dp + law[n] * dg) * s
    return round(total / (2 * _STEP), 5), "=", round(stated / (2 * _STEP), 5)


def _scalars(expression: Any) -> None:
    if found := expression.atoms(AppliedUndef):
        raise ValueError(f"expected an expression in the scalars of a loss, got {found}")


@register_lemma(
    "loss-gradient",
    "Gradient of the loss of a token",
    r"Chain rule: with $\mathrm d\log x=c_x\langle s,h\rangle$ for every ratio $x$ (and $\mathrm dx=c_x\langle"
    r" s,h\rangle$ for a log-probability) the gradient of $f$ along $h$ is $\gamma\langle s,h\rangle$,"
    r" $\gamma=\sum_xc_x\,x\,\partial_xf$; what stands behind a stop-gradient is constant.",
    "Rudin, Principles of Mathematical Analysis (1976), Theorem 9.15; the strict relations used hold near the point",
    _probe_gradient,
)
def loss_gradient(loss: Any, name: Any, *frozen: Any) -> LemmaInstance:
    """``weight = sum_x c_x x df/dx`` for the loss ``f`` given in scalars, frozen parts as constants of ``FROZEN``.

    Raises:
        ValueError: the loss has a Min or Max: show first that it does nothing near the diagonal; or it holds functions,
            of which nothing is known here; or the name is not that of the loss of a token.
    """
    _scalars(loss)
    if name != sy.loss_pair(sy.iota):
        raise ValueError(f"expected the loss of a token, {sy.loss_pair(sy.iota)}, got {name}")
    if loss.atoms(sympy.Min, sympy.Max):
        raise ValueError(f"expected a loss without Min and Max, got {loss}")
    return LemmaInstance(Rel(sy.weight_pair(sy.iota), "=", lift(free_weight(loss))), (Rel(name, "=", lift(loss)),))


@register_lemma(
    "weight-derivative",
    "Derivative of a token weight in the behaviour policy",
    r"Chain rule: a token ratio has $\partial_w\log\rho=-\langle s,w\rangle$, a sequence ratio minus the score of the"
    r" whole response, its geometric mean $1/L$ of that; learner, proximal and reference policies do not move.",
    "Rudin, Principles of Mathematical Analysis (1976), Theorem 9.15",
    _probe_behaviour,
)
def behaviour_derivative(weight: Any) -> LemmaInstance:
    """``d_w weight`` for a weight given in scalars.

    Raises:
        ValueError: it holds functions, of which nothing is known here.
    """
    _scalars(weight)
    known = Rel(sy.weight_pair(sy.iota), "=", lift(weight))
    return LemmaInstance(Rel(sy.dweight_pair(sy.iota), "=", weight_derivative(weight)), (known,))


@register_lemma(
    "leibniz-pairs",
    "Product rule for the surrogate gradient",
    r"$H=c\,\sum_\iota P_\iota\gamma_\iota s_\iota$ has"
    r" $\partial_\varphi H[w]=c\sum_\iota(\gamma_\iota\,\partial_wP_\iota+P_\iota\,\partial_w\gamma_\iota)s_\iota$:"
    r" the scores are those of the learner.",
    "Rudin, Principles of Mathematical Analysis (1976), Theorem 5.3",
    _probe_leibniz,
)
def leibniz_pairs(share: Any) -> LemmaInstance:
    """``dH = c sum (gamma dP + P dgamma) s`` with the constant weight c of one token."""
    i = sy.iota
    if share.has(i):
        raise ValueError(f"expected a token weight that is the same for every token, got {share}")
    term = (sy.weight_pair(i) * sy.dprob_pair(i) + sy.prob_pair(i) * sy.dweight_pair(i)) * sy.score_pair(i)
    return LemmaInstance(Rel(sy.dH_h, "=", share * sympy.Sum(term, _over)))


def _probe_capped(rng: random.Random) -> tuple[float, str, float]:
    a, b, cap = rng.gauss(0, 1), rng.gauss(0, 1), rng.uniform(0.2, 3)
    return abs(min(exp(a), cap) - min(exp(b), cap)), "<=", cap * abs(a - b)


@register_lemma(
    "capped-exponential",
    "The exponential capped at c is c-Lipschitz",
    r"$\lvert\min(e^a,c)-\min(e^b,c)\rvert\le c\,\lvert a-b\rvert$ for $c>0$.",
    "mean-value theorem below log c, constant above; Rudin, Principles of Mathematical Analysis (1976), Theorem 5.10",
    _probe_capped,
)
def capped_exponential(one: Any, two: Any) -> LemmaInstance:
    """``|capped(phi) - capped(phi')| <= cap |log rho(phi) - log rho(phi')|`` for ``capped = min(rho, cap)``."""
    if one.func != sy.capped_at or two.func != sy.capped_at or one.args[:2] != two.args[:2]:
        raise ValueError(f"expected the truncated ratio of one token at two points, got {one} and {two}")
    known = tuple(Rel(c, "=", sympy.Min(sy.rho_at(*c.args), sy.rho_cap)) for c in (one, two))
    change = sympy.Abs(sy.log_rho_at(*one.args) - sy.log_rho_at(*two.args))
    return LemmaInstance(Rel(sympy.Abs(one - two), "<=", sy.rho_cap * change), known)
