"""Two-arm bandit, GRPO in ratio form at any group size: bias and mixed derivative by the weight w_G (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from typing import Any

import sympy

from ..lemmas.binomial import bernstein
from ..objects import CHANCES
from ..proof.build import define, earlier, identity, lemma
from ..proof.records import Claim
from ..symbols import (
    G_group,
    adv_one,
    adv_zero,
    arm_t,
    arm_t2,
    h_suc,
    k_suc,
    logit_p,
    logit_t,
    p_suc,
    q_fail,
    weight,
)
from .group_weight import CLAIM as WEIGHT
from .group_weight import coefficient

_G, _k, _p, _q, _t = G_group, k_suc, p_suc, q_fail, arm_t
_w = bernstein(coefficient(_k), _G - 2, _k)


def _surrogate(chance: Any) -> Any:
    """F: the learner's chance of success, advantages of groups of the behaviour policy."""
    return chance * adv_one(_p) + (1 - chance) * adv_zero(_p)


def _softmax(logit: Any) -> Any:
    return 1 / (1 + sympy.exp(-logit))


def _at(expression: Any, logit: Any) -> Any:
    """A function of the behaviour policy's chances at its logit."""
    return expression.subs({_p: _softmax(logit), _q: _softmax(-logit)})


_slope = lemma("derivative", "bernstein-derivative", weight, coefficient(_k), _G - 2, _k, h_suc, uses="w chances")
_moved_t, _moved_p = (_softmax(x) * _softmax(-x) for x in (logit_t, logit_p))

CLAIM = Claim(
    id="bandit-group",
    title="Two-arm bandit at any group size",
    kind="exact",
    statement=r"One prompt, two arms, chances of success $p_\theta$ under the learner and $p$ under the behaviour"
    r" policy, binary reward, GRPO in ratio form, unclipped, groups of $G\ge2$: the surrogate"
    r" $p_\theta A_1+(1-p_\theta)A_0$ is $w_G(p)(p_\theta-p)$. So $J\equiv0$ and the slope in $p_\theta$ is $w_G(p)$:"
    r" in logits $H=w_G(p_\varphi)\,p_\theta(1-p_\theta)$,"
    r" $\delta=(w_G(p_\varphi)-w_G(p_\theta))\,p_\theta(1-p_\theta)$ and the mixed derivative is"
    r" $w_G'(p_\varphi)\,p_\varphi(1-p_\varphi)\,p_\theta(1-p_\theta)$ with $w_G'$ the sum below, empty for $G=2$ and 0"
    r" for $G=3$. For large groups these are the elementary functions of the claim two-arm-bandit.",
    source="derived here",
    steps=(
        define("chances", CHANCES),
        earlier("success", WEIGHT, "success"),
        earlier("failure", WEIGHT, "failure"),
        identity("surrogate", _surrogate(_t), weight(_p) * (_t - _p), "success failure chances", "one weight"),
        identity("diagonal", _surrogate(_p), 0, "success failure chances", "J is zero for every policy"),
        identity(
            "slope",
            _surrogate(arm_t2) - _surrogate(_t),
            (arm_t2 - _t) * weight(_p),
            "success failure chances",
            "linear in the learner's chance",
        ),
        earlier("w", WEIGHT, "w"),
        _slope,
    ),
    conclusions=("surrogate", "diagonal", "slope", "derivative"),
    formula=(_at(_w, logit_p) - _at(_w, logit_t)) * _moved_t,
    formulas={
        "H": _at(_w, logit_p) * _moved_t,
        "bias": (_at(_w, logit_p) - _at(_w, logit_t)) * _moved_t,
        "mixed": _at(_slope.statement.rhs, logit_p) * _moved_p * _moved_t,
    },
)
