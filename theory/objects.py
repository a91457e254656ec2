"""The objects of the theory as definition schemas: H, total variation, the learner, the behaviour policy, the bias."""

from __future__ import annotations

from typing import Any

import sympy

from . import symbols as sy
from .proof.records import Definition, Rel
from .proof.vectors import Norm

__all__ = [
    "ATTAINED",
    "BEHAVIOUR",
    "BIAS",
    "BIAS_CONSTANT",
    "LEARNER",
    "LIPSCHITZ",
    "OBJECTIVE",
    "PROBABILITY",
    "ROW",
    "SCORE",
    "SHARED",
    "SUPREMUM",
    "SURROGATE",
    "TOTAL_VARIATION",
    "UNIT",
]

_outcomes = (sy.i_out, 1, sy.n_out)


def _surrogate(theta: Any, phi: Any) -> Rel:
    return Rel(
        sy.H_map(theta, phi),
        "=",
        sympy.Sum(sy.prob(sy.i_out, phi) * sy.grad_ell(sy.i_out, theta, phi), _outcomes),
    )


def _probability(phi: Any) -> Rel:
    return Rel(sympy.Sum(sy.prob(sy.i_out, phi), _outcomes), "=", sympy.S.One)


def _total_variation(phi: Any, phi2: Any) -> Rel:
    gap = sympy.Abs(sy.prob(sy.i_out, phi) - sy.prob(sy.i_out, phi2))
    return Rel(sy.TV(phi, phi2), "=", sympy.Sum(gap, _outcomes) / 2)


def _learner() -> Rel:
    k = sy.k_step
    return Rel(sy.theta_at(k + 1), "=", sy.theta_at(k) + sy.eta * sy.u_at(k))


def _behaviour() -> Rel:
    return Rel(sy.phi_at(sy.t_step), "=", sy.theta_at(sy.t_step - sy.s_lag))


def _bias() -> Rel:
    t = sy.t_step
    fresh = sy.H_map(sy.theta_at(t), sy.theta_at(t))
    return Rel(sy.delta_at(t), "=", sy.H_map(sy.theta_at(t), sy.phi_at(t)) - fresh)


def _objective(loss: Any) -> Rel:
    return Rel(sy.J_pop, "=", sympy.Sum(sy.prob_d(sy.i_out) * loss(sy.i_out), _outcomes))


def _others() -> Any:
    return sympy.Sum(sy.pi_other(sy.j_mate), (sy.j_mate, 1, sy.n_other))


SURROGATE = Definition("surrogate", "H is the expectation of the loss gradient under D(phi)", _surrogate)
PROBABILITY = Definition("probability", "D(phi) is a probability distribution", _probability)
TOTAL_VARIATION = Definition("total-variation", "total variation is half the L1 distance", _total_variation)
LEARNER = Definition("learner", "one learner step", _learner)
BEHAVIOUR = Definition("behaviour", "the behaviour policy is an old learner", _behaviour)
BIAS = Definition("bias", "staleness bias of the gradient", _bias)
LIPSCHITZ = Definition(
    "lipschitz",
    "Lipschitz constant of H in its behaviour slot",
    lambda: Rel(sy.K_phi, "=", 2 * sy.G_ell * sy.L_D + sy.L_B),
)
BIAS_CONSTANT = Definition("bias-constant", "staleness-bias constant", lambda: Rel(sy.C_bias, "=", sy.K_phi * sy.G_upd))
SCORE = Definition(
    "score",
    "score function: dp = p d log p",
    lambda: Rel(sy.dp(sy.i_out), "=", sy.prob_d(sy.i_out) * sy.score_w(sy.i_out)),
)
OBJECTIVE = Definition("objective", "J is the mean loss on the diagonal, under its own distribution", _objective)
ROW = Definition("row", "the row sums to one", lambda: Rel(sy.pi_a, "=", 1 - _others()))
SUPREMUM = Definition(
    "supremum",
    "Lambda bounds the derivative on the segment",
    lambda: Rel(Norm(sy.dH(sy.xi, sy.w_dir)), "<=", sy.Lambda_seg * Norm(sy.w_dir)),
)
ATTAINED = Definition(
    "attained",
    "and is its value at a point of the (compact) segment, in a unit direction",
    lambda: Rel(sy.Lambda_seg, "=", Norm(sy.dH(sy.xi_star, sy.w_star))),
)
UNIT = Definition("unit", "the direction has norm one", lambda: Rel(Norm(sy.w_star), "=", 1))

SHARED = (
    *(SURROGATE, PROBABILITY, TOTAL_VARIATION, LEARNER, BEHAVIOUR, BIAS, LIPSCHITZ, BIAS_CONSTANT),
    *(SCORE, OBJECTIVE, ROW, SUPREMUM, ATTAINED, UNIT),
)
"""The objects themselves, believed as stated; every other definition must introduce a fresh symbol."""
