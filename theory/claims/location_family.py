"""Performative location family: stable and optimal points where the distribution follows."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
from __future__ import annotations

from fractions import Fraction
from typing import Any

from ..proof.build import assume, define, identity, inequality
from ..proof.models import Table
from ..proof.records import Assumption, Claim, Rel
from ..symbols import loc_base, loc_best, loc_eps, loc_h, loc_p, loc_sd, loc_stable, loc_t

_a, _e, _sd, _h, _t, _p = loc_base, loc_eps, loc_sd, loc_h, loc_t, loc_p
_surrogate = _a + _e * _p - _t
_total = _a + 2 * _e * _t - _t
_fixed, _top = _a / (1 - _e), _a / (1 - 2 * _e)


def _mean(f: Any, p: Any) -> Any:
    """Mean of ``f(z)`` for z of mean ``a0 + eps p`` and standard deviation sigma; f has degree at most 2."""
    centre = _a + _e * p
    return (f(centre + _sd) + f(centre - _sd)) / 2


def _linear(t: Any, p: Any) -> Any:
    return _mean(lambda z: z * t - t**2 / 2, p)


def _squared(t: Any, p: Any) -> Any:
    return _mean(lambda z: -((z - t) ** 2) / 2, p)


WEAK = Assumption(
    "WEAK", "The distribution follows less than half as fast", r"$\epsilon<\tfrac12$.", lambda: Rel(2 * _e, "<", 1)
)


def _family(eps: Fraction) -> Table:
    values: dict[Any, Any] = {_a: 1, _e: eps, _sd: 1, _h: Fraction(1, 3), _t: Fraction(2), _p: Fraction(-1)}
    return Table(values | {loc_stable: 1 / (1 - eps), loc_best: 1 / (1 - 2 * eps)})


CLAIM = Claim(
    id="location-family",
    title="Performative location family: stable and optimal points",
    kind="exact",
    statement=r"$z$ has mean $a_0+\epsilon\varphi$ and variance $\sigma_z^2$ under $D(\varphi)$, $\epsilon<\frac12$."
    r" Linear"
    r" loss $z\theta-\frac12\theta^2$: $H(\theta,\varphi)=a_0+\epsilon\varphi-\theta$, a linear feedback with"
    r" $\beta=-\epsilon$ around the stable point $a_0/(1-\epsilon)$; $\mathrm DJ(\theta)=a_0+2\epsilon\theta-\theta$,"
    r" so"
    r" the optimal point is $a_0/(1-2\epsilon)$. Squared loss $-\frac12(z-\theta)^2$ has $H$ the same and"
    r" $\mathrm DJ=(1-\epsilon)H$: the same zeros, so it cannot tell the two points apart. Derivatives are exact: the"
    r" difference quotient less its limit is a multiple of $h$.",
    source="Perdomo et al. 2020, arXiv 2002.06673 (stability); Izzo et al. 2021, arXiv 2102.07698 (total derivative)",
    steps=(
        identity("H", _linear(_t + _h, _p) - _linear(_t, _p), _h * _surrogate - _h**2 / 2, "", "slope in theta"),
        identity(
            "DJ",
            _linear(_t + _h, _t + _h) - _linear(_t, _t),
            _h * _total + _h**2 * (_e - Fraction(1, 2)),
            "",
            "slope of J(theta) = F(theta, theta)",
        ),
        assume("weak", WEAK),
        define("stable", Rel(loc_stable, "=", _fixed), uses="weak", why="where H(theta, theta) = 0"),
        define("best", Rel(loc_best, "=", _top), uses="weak", why="where DJ = 0"),
        inequality(
            "feedback",
            _surrogate,
            "=",
            -(_t - loc_stable) + _e * (_p - loc_stable),
            "stable weak",
            "A = 1 and B = -eps around the stable point",
        ),
        inequality(
            "maximum",
            _linear(loc_best, loc_best) - _linear(_t, _t),
            "=",
            (1 - 2 * _e) * (_t - loc_best) ** 2 / 2,
            "best weak",
            "J falls from the optimal point on both sides",
        ),
        inequality(
            "largest", _linear(loc_best, loc_best) - _linear(_t, _t), ">=", 0, "maximum weak", "so it is largest"
        ),
        identity("squared-H", _squared(_t + _h, _p) - _squared(_t, _p), _h * _surrogate - _h**2 / 2, "", "the same H"),
        identity(
            "squared-DJ",
            _squared(_t + _h, _t + _h) - _squared(_t, _t),
            _h * (1 - _e) * _surrogate.subs(_p, _t) - _h**2 * (1 - _e) ** 2 / 2,
            "",
            "a multiple of H on the diagonal",
        ),
    ),
    conclusions=("H", "DJ", "feedback", "maximum", "largest", "squared-H", "squared-DJ"),
    formula=_top,
    formulas={"stable": _fixed, "optimal": _top, "H": _surrogate, "DJ": _total},
    necessity={"WEAK": _family(Fraction(3, 4))},
    attained=(_family(Fraction(1, 4)), _family(Fraction(-2))),
)
