"""Two-arm bandit, GRPO in ratio form for large groups: bias and derivative as elementary functions (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from ..proof.build import define, identity
from ..proof.models import Table
from ..proof.records import Claim, Rel
from ..symbols import arm_p, arm_t, arm_w, half_p, half_t, logit_p, logit_t

_u, _v, _pt, _pp, _weight = half_t, half_p, arm_t, arm_p, arm_w
_slope_t, _slope_p = _pt * (1 - _pt), _pp * (1 - _pp)
_gradient = (_v + 1 / _v) / (_u + 1 / _u) ** 2
_bias = (_v + 1 / _v - _u - 1 / _u) / (_u + 1 / _u) ** 2
_mixed = (_v - 1 / _v) / (2 * (_u + 1 / _u) ** 2)
_logits = {_u: sympy.exp(logit_t / 2), _v: sympy.exp(logit_p / 2)}


def _bandit(u: Fraction, v: Fraction) -> Table:
    values: dict[Any, Any] = {_u: u, _v: v, _pt: u * u / (1 + u * u), _pp: v * v / (1 + v * v), _weight: v + 1 / v}
    return Table(values | {logit_t: 0, logit_p: 0})


CLAIM = Claim(
    id="two-arm-bandit",
    title="Two-arm bandit: the staleness bias in closed form",
    kind="exact",
    statement=r"One prompt, two arms with logit difference $\theta$ (learner) and $\varphi$ (behaviour), binary"
    r" reward, GRPO in"
    r" ratio form, unclipped, $G\to\infty$, so that the advantages are $(1-p_\varphi)w$ and $-p_\varphi w$ with"
    r" $w=1/\sqrt{p_\varphi(1-p_\varphi)}$. With $u=e^{\theta/2}$, $v=e^{\varphi/2}$: $F=w(p_\theta-p_\varphi)$, so"
    r" $J\equiv0$ while $H(\theta,\varphi)=\frac{v+1/v}{(u+1/u)^2}=\frac{\cosh(\varphi/2)}{2\cosh^2(\theta/2)}$, and"
    r" $\delta=\frac{\cosh(\varphi/2)-\cosh(\theta/2)}{2\cosh^2(\theta/2)}$. The derivative in $\varphi$ is"
    r" $-\frac{1-2p_\varphi}{2(p_\varphi(1-p_\varphi))^{3/2}}\,p_\theta'\,p_\varphi'$: 0 at $p_\varphi=\frac12$.",
    source="derived here",
    steps=(
        define("p-theta", Rel(_pt, "=", _u**2 / (1 + _u**2)), why="softmax of two arms"),
        define("p-phi", Rel(_pp, "=", _v**2 / (1 + _v**2)), why="softmax of two arms"),
        define("weight", Rel(_weight, "=", _v + 1 / _v), why="reciprocal standard deviation of the reward"),
        identity("std", _weight**2 * _slope_p, 1, "weight p-phi", "indeed"),
        identity(
            "surrogate",
            _pt * (1 - _pp) * _weight - (1 - _pt) * _pp * _weight,
            _weight * (_pt - _pp),
            "",
            "F: the importance weights turn the mean over D(phi) into one over the learner",
        ),
        identity("H", _weight * _slope_t, _gradient, "weight p-theta", "p' = p(1-p) in the logit"),
        identity("bias", _gradient - _gradient.subs(_v, _u), _bias, "", "H(theta, phi) - H(theta, theta)"),
        identity(
            "weight-slope",
            -(1 - 2 * _pp) / 2 * _weight**3 * _slope_p,
            (_v - 1 / _v) / 2,
            "weight p-phi",
            "slope of w in the logit",
        ),
        identity("derivative", (_v - 1 / _v) / 2 * _slope_t, _mixed, "p-theta", "derivative of H in phi"),
    ),
    conclusions=("std", "surrogate", "H", "bias", "weight-slope", "derivative"),
    formula=_bias.subs(_logits),
    formulas={"H": _gradient.subs(_logits), "bias": _bias.subs(_logits), "mixed": _mixed.subs(_logits)},
    attained=(_bandit(Fraction(2), Fraction(3)), _bandit(Fraction(1), Fraction(1, 2))),
)
