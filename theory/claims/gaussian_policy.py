"""Gaussian policy, quadratic reward: four surrogates of one reward and how far apart they are (derived here)."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy

from ..proof.build import identity
from ..proof.models import Table
from ..proof.records import Claim
from ..symbols import loc_h, loc_mu, loc_p, loc_sd, loc_t, log_norm

_t, _p, _mu, _sd, _h, _c = loc_t, loc_p, loc_mu, loc_sd, loc_h, log_norm
_third = sympy.Rational(1, 3)


def _mean(f: Callable[[Any], Any], centre: Any) -> Any:
    """Mean of f under N(centre, sigma^2): the three-node Gauss-Hermite rule, exact for polynomials of degree <= 5."""
    far = sympy.sqrt(3) * _sd
    return 2 * _third * f(centre) + (f(centre + far) + f(centre - far)) / 6


def _reward(z: Any) -> Any:
    return -((z - _mu) ** 2)


def _score(z: Any) -> Any:
    return (z - _t) / _sd**2


def _log_density(z: Any, t: Any) -> Any:
    return -((z - t) ** 2) / (2 * _sd**2) - _c


def _baseline(p: Any) -> Any:
    return _mean(_reward, p)


def _log_form(t: Any) -> Any:
    """J of the log form without baseline."""
    return _mean(lambda z: _reward(z) * _log_density(z, t), t)


def _log_form_base(t: Any) -> Any:
    return _mean(lambda z: (_reward(z) - _baseline(t)) * _log_density(z, t), t)


_plain = -((_p - _mu) ** 2 + _sd**2) * (_p - _t) / _sd**2 - 2 * (_p - _mu)
_based = 2 * (_mu - _p)
_ratio = 2 * (_mu - _t)
_slope = (1 + 2 * _c) * (_t - _mu)

CLAIM = Claim(
    id="gaussian-policy",
    title="Gaussian policy with quadratic reward",
    kind="exact",
    statement=r"$z\sim N(\varphi,\sigma_z^2)$, reward $-(z-\mu)^2$, learner $N(\theta,\sigma_z^2)$. Without"
    r" importance weight"
    r" $H=-\frac{((\varphi-\mu)^2+\sigma_z^2)(\varphi-\theta)}{\sigma_z^2}-2(\varphi-\mu)$: cubic in $\varphi$,"
    r" linear in"
    r" $\theta$; with the mean reward as baseline $H=2(\mu-\varphi)$, the pure-delay map; with the importance weight"
    r" $H=2(\mu-\theta)$, no staleness at all. The objective of the log form depends on the constant of the density,"
    r" $c_0=\frac12\log2\pi\sigma_z^2$: $\mathrm DJ=(1+2c_0)(\theta-\mu)$ without baseline (opposite to $H$ on the"
    r" diagonal"
    r" only where $1+2c_0>0$), and $J=\sigma_z^2$, $\mathrm DJ=0$ with it.",
    source="derived here; means by the three-node Gauss-Hermite rule, Abramowitz and Stegun (1964), 25.4.46",
    steps=(
        identity("plain", _mean(lambda z: _reward(z) * _score(z), _p), _plain, "", "no importance weight, no baseline"),
        identity(
            "base",
            _mean(lambda z: (_reward(z) - _baseline(_p)) * _score(z), _p),
            _based,
            "",
            "no importance weight, mean baseline",
        ),
        identity(
            "ratio",
            _mean(lambda z: _reward(z) * _score(z), _t),
            _ratio,
            "",
            "the importance weight moves the mean from D(phi) to the learner",
        ),
        identity(
            "total",
            _log_form(_t + _h) - _log_form(_t),
            _h * _slope + _h**2 * (1 + 2 * _c) / 2,
            "",
            "slope of J in log form: the difference less h times it is a multiple of h^2",
        ),
        identity("flat", _log_form_base(_t), _sd**2, "", "with the baseline J is constant"),
    ),
    conclusions=("plain", "base", "ratio", "total", "flat"),
    formula=_plain,
    formulas={"plain": _plain, "base": _based, "ratio": _ratio, "total": _slope},
    attained=(Table({_t: 1, _p: 2, _mu: -1, _sd: 3, _h: 1, _c: 0}),),
)
