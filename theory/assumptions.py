"""The assumptions of the theory as records: what they say, and the relation they put into a derivation."""

from __future__ import annotations

from typing import Any

import sympy

from . import symbols as sy
from .proof.records import Assumption, Rel
from .proof.vectors import Norm

__all__ = ["A1", "A1_U", "A1_UPD", "A2", "A2_U", "A3", "A3_U", "LAG", "on_domain"]


def _bounded_gradient(i: Any, theta: Any, phi: Any) -> Rel:
    return Rel(Norm(sy.grad_ell(i, theta, phi)), "<=", sy.G_ell)


def _bounded_update(k: Any) -> Rel:
    return Rel(Norm(sy.u_at(k)), "<=", sy.G_upd)


def _smooth_distribution(phi: Any, phi2: Any) -> Rel:
    return Rel(sy.TV(phi, phi2), "<=", sy.L_D * Norm(phi - phi2))


def _smooth_loss(i: Any, theta: Any, phi: Any, phi2: Any) -> Rel:
    return Rel(Norm(sy.grad_ell(i, theta, phi) - sy.grad_ell(i, theta, phi2)), "<=", sy.L_B * Norm(phi - phi2))


def on_domain(bound: Rel, *pairs: tuple[Any, Any]) -> Rel:
    """The bound where every pair (theta, phi) lies in U; ``0 <= right side`` where one does not."""
    return Rel(sympy.Mul(*(sy.on_U(*pair) for pair in pairs)) * bound.lhs, "<=", bound.rhs)


def _bounded_gradient_on_domain(i: Any, theta: Any, phi: Any) -> Rel:
    return on_domain(_bounded_gradient(i, theta, phi), (theta, phi))


def _smooth_distribution_on_domain(theta: Any, phi: Any, phi2: Any) -> Rel:
    return on_domain(_smooth_distribution(phi, phi2), (theta, phi), (theta, phi2))


def _smooth_loss_on_domain(i: Any, theta: Any, phi: Any, phi2: Any) -> Rel:
    return on_domain(_smooth_loss(i, theta, phi, phi2), (theta, phi), (theta, phi2))


def _bounded_lag() -> Rel:
    return Rel(sy.s_lag, "<=", sy.S_max)


A1 = Assumption(
    "A1",
    "Local boundedness of the loss gradient",
    r"On $U$: $\lVert\nabla_\theta\ell(\theta;z,\varphi)\rVert\le G_\ell$ for every outcome $z$.",
    _bounded_gradient,
)
A1_UPD = Assumption(
    "A1-upd",
    "Local boundedness of the updates",
    r"$\theta_{t+1}=\theta_t+\eta u_t$ with $\lVert u_t\rVert\le G_{\mathrm{upd}}$ (the whole displacement).",
    _bounded_update,
)
A2 = Assumption(
    "A2",
    "Distributional smoothness",
    r"On $U$: $\mathrm{TV}(D(\varphi),D(\varphi'))\le L_D\lVert\varphi-\varphi'\rVert$.",
    _smooth_distribution,
)
A3 = Assumption(
    "A3",
    "Behaviour-policy smoothness",
    r"On $U$, at fixed $z$: $\lVert\nabla_\theta\ell(\theta;z,\varphi)-\nabla_\theta\ell(\theta;z,\varphi')\rVert"
    r"\le L_B\lVert\varphi-\varphi'\rVert$.",
    _smooth_loss,
)
A1_U = Assumption(
    "A1-U",
    "Local boundedness, on U alone",
    r"$\lVert\nabla_\theta\ell(\theta;z,\varphi)\rVert\le G_\ell$ if $(\theta,\varphi)\in U$; outside"
    r" no bound.",
    _bounded_gradient_on_domain,
)
A2_U = Assumption(
    "A2-U",
    "Distributional smoothness, on U alone",
    r"$\mathrm{TV}(D(\varphi),D(\varphi'))\le L_D\lVert\varphi-\varphi'\rVert$ if $(\theta,\varphi)$ and"
    r" $(\theta,\varphi')$ lie in $U$; outside no bound.",
    _smooth_distribution_on_domain,
)
A3_U = Assumption(
    "A3-U",
    "Behaviour-policy smoothness, on U alone",
    r"$\lVert\nabla_\theta\ell(\theta;z,\varphi)-\nabla_\theta\ell(\theta;z,\varphi')\rVert\le"
    r" L_B\lVert\varphi-\varphi'\rVert$ if $(\theta,\varphi)$ and $(\theta,\varphi')$ lie in $U$; outside no bound.",
    _smooth_loss_on_domain,
)
LAG = Assumption(
    "LAG",
    "Bounded lag",
    r"Rollouts are at most $S_{\max}$ learner steps old: $s_t\le S_{\max}$ (periodic sync every $S$ steps:"
    r" $S_{\max}=S-1$).",
    _bounded_lag,
)
