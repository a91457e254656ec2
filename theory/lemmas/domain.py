"""The domain U on which the assumptions hold."""

from __future__ import annotations

import random
from typing import Any

import sympy

from .. import symbols as sy
from ..proof.records import Rel
from ..proof.vectors import Norm
from .registry import LemmaInstance, register_lemma


def _probe_domain(rng: random.Random) -> tuple[float, str, float]:
    rho, radius = rng.uniform(0.1, 2), rng.uniform(0.1, 2)

    def indicator(theta: float, phi: float) -> float:  # the start is 0
        return float(abs(theta) <= rho and abs(theta - phi) < radius)

    theta = rng.uniform(-rho, rho)
    return indicator(theta, theta + 0.99 * rng.uniform(-radius, radius)), "=", 1.0


def _probe_indicator(rng: random.Random) -> tuple[float, str, float]:
    inside = float(abs(rng.gauss(0, 1)) < 1)
    return inside * inside, "=", inside


@register_lemma(
    "indicator-square",
    "An indicator is its own square",
    r"$1_U(\theta,\varphi)^2=1_U(\theta,\varphi)$: it is $0$ or $1$.",
    "definition of an indicator",
    _probe_indicator,
)
def indicator_square(theta: Any, phi: Any) -> LemmaInstance:
    """``1_U(theta, phi)^2 = 1_U(theta, phi)``."""
    return LemmaInstance(Rel(sy.on_U(theta, phi) ** 2, "=", sy.on_U(theta, phi)))


@register_lemma(
    "on-domain",
    "Indicator of the domain",
    r"$1_U(\theta,\varphi)=1$ for $\lVert\theta-\theta_0\rVert\le\rho_0$ and"
    r" $\lVert\theta-\varphi\rVert<R_{\mathrm{batch}}$, that is on $U$, and $0$ outside.",
    "definition of U; what is multiplied by the indicator says nothing outside",
    _probe_domain,
)
def on_domain(theta: Any, phi: Any) -> LemmaInstance:
    """``1_U(theta, phi) = 1`` when both membership relations are among the steps used."""
    near = Rel(Norm(theta - sy.theta_at(sympy.S.Zero)), "<=", sy.rho_0)
    return LemmaInstance(Rel(sy.on_U(theta, phi), "=", 1), (near, Rel(Norm(theta - phi), "<", sy.R_batch)))
