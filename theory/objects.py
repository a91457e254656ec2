"""The objects of the theory as definition schemas: H, total variation, the learner, the behaviour policy, the bias."""

from __future__ import annotations

from typing import Any

import sympy

from . import symbols as sy
from .dynamics_objects import DYNAMICS
from .loss_objects import LOSS_OBJECTS
from .optimizer_objects import OPTIMIZERS
from .proof.records import Definition, Rel
from .proof.vectors import Norm

__all__ = [
    "ANGLE",
    "ATTAINED",
    "BALL",
    "BEHAVIOUR",
    "BELOW_ONE",
    "BIAS",
    "BIAS_CONSTANT",
    "CHANCES",
    "DIAMETER",
    "DIRECTION",
    "FARTHEST",
    "GROUP_MEAN",
    "GROUP_SIZE",
    "LARGE_GROUP",
    "LEARNER",
    "LEAST",
    "LENGTHS",
    "LIPSCHITZ",
    "NORMALISED",
    "OBJECTIVE",
    "OTHER_ROW",
    "PLACE",
    "POTENTIAL",
    "PROBABILITY",
    "REFERENCE",
    "ROW",
    "ROW_SUM",
    "SCHEDULE",
    "SCORE",
    "SHARED",
    "SLOT_ADVANTAGE",
    "SLOT_MEAN",
    "STEEPEST",
    "STEEPEST_DIAGONAL",
    "SUCCESS_SLOPE",
    "SUPREMUM",
    "SURROGATE",
    "TILT",
    "TOTAL_VARIATION",
    "TWO_CHANCES",
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


def _scheduled_step() -> Rel:
    k = sy.k_step
    return Rel(sy.theta_at(k + 1), "=", sy.theta_at(k) + sy.eta_at(k) * sy.u_at(k))


def _normalised(index: Any, high: Any) -> Rel:
    return Rel(sympy.Sum(sy.prob_d(index), (index, 1, high)), "=", sympy.S.One)


def _at_most_diameter(i: Any, j: Any) -> Rel:
    return Rel(Norm(sy.stat(i) - sy.stat(j)), "<=", sy.diam_f)


def _in_ball(i: Any) -> Rel:
    return Rel(Norm(sy.stat(i) - sy.centre_f), "<=", sy.ball_f)


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
PLACE = Definition(
    "place",
    "that point lies on the segment",
    lambda: Rel(
        sy.xi_star,
        "=",
        sy.theta_at(sy.t_step) + sy.tau_seg * (sy.phi_at(sy.t_step) - sy.theta_at(sy.t_step)),
    ),
)

NORMALISED = Definition(
    "normalised",
    "probabilities sum to one at every point of the diagonal",
    _normalised,
)
REFERENCE = Definition(
    "reference",
    "the probabilities of the reference policy, those of the policy times the ratio, sum to one",
    lambda: Rel(sympy.Sum(sy.prob_d(sy.i_out) * sympy.exp(sy.log_ratio_of(sy.i_out)), _outcomes), "=", sympy.S.One),
)
OTHER_ROW = Definition(
    "other-row",
    "the probabilities of the other policy, those of the first times the ratio, sum to one",
    lambda: Rel(sympy.Sum(sy.prob_d(sy.i_out) * sy.ratio_tok(sy.i_out), _outcomes), "=", sympy.S.One),
)
SCHEDULE = Definition("schedule", "one learner step under a schedule of learning rates", _scheduled_step)
DIRECTION = Definition("direction", "e is a unit vector", lambda: Rel(Norm(sy.e_dir), "=", 1))
DIAMETER = Definition(
    "diameter",
    "no two values are further apart than the diameter",
    _at_most_diameter,
)
FARTHEST = Definition(
    "farthest",
    "and some two are that far apart",
    lambda: Rel(sy.diam_f, "=", Norm(sy.stat(sy.far_a) - sy.stat(sy.far_b))),
)
BALL = Definition(
    "ball",
    "every value lies in the smallest ball",
    _in_ball,
)
LEAST = Definition(
    "least",
    "no ball around all values is smaller, in particular not the one around 0, of radius sup|f|",
    lambda: Rel(sy.ball_f, "<=", sy.sup_f),
)

CHANCES = Definition(
    "chances", "a response succeeds or fails, both possible", lambda: Rel(sy.p_suc + sy.q_fail, "=", 1)
)
TWO_CHANCES = Definition("two-chances", "two chances, in order", lambda: Rel(sy.p_low, "<=", sy.p_high))
ANGLE = Definition("angle", "2 arcsin sqrt p", lambda: Rel(sy.angle(sy.p_suc), "=", sympy.acos(1 - 2 * sy.p_suc)))
TILT = Definition(
    "tilt",
    "2p - 1 over the std of one reward",
    lambda: Rel(sy.tilt(sy.p_suc), "=", (2 * sy.p_suc - 1) / (sympy.sqrt(sy.p_suc) * sympy.sqrt(1 - sy.p_suc))),
)
BELOW_ONE = Definition("below-one", "the larger one is below 1", lambda: Rel(sy.p_high, "<", 1))
GROUP_SIZE = Definition("group-size", "a group has at least two responses", lambda: Rel(sy.G_group, ">=", 2))
LARGE_GROUP = Definition("large-group", "a group of three or more", lambda: Rel(sy.G_group, ">=", 3))


def _potential() -> Rel:
    k, group = sy.k_suc, sy.G_group
    return Rel(sy.pot_at(k + 1), "=", sy.pot_at(k) + 1 / (sympy.sqrt(k + 1) * sympy.sqrt(group - 1 - k)))


def _slot_advantage(i: Any) -> Rel:
    slot = sy.j_mate
    return Rel(sy.adv_slot(slot, i), "=", (sy.rew_slot(slot, i) - sy.mean_at(i)) * sy.scale_at(i))


def _group_mean(i: Any) -> Rel:
    rewards = sympy.Sum(sy.rew_slot(sy.j_mate, i), (sy.j_mate, 1, sy.G_group))
    return Rel(sy.mean_at(i), "=", rewards / sy.G_group)


def _row(i: Any) -> Rel:
    return Rel(sy.row_total(i), "=", sympy.Sum(sy.adv_slot(sy.j_mate, i), (sy.j_mate, 1, sy.G_group)))


def _slot(i: Any) -> Rel:
    return Rel(sy.slot_adv(sy.j_mate), "=", sympy.Sum(sy.prob_d(i) * sy.adv_slot(sy.j_mate, i), (i, 1, sy.n_out)))


def _success_slope(i: Any) -> Rel:
    return Rel(sy.dp_suc, "=", sympy.Sum(sy.suc_of(i) * sy.dp(i), (i, 1, sy.n_out)))


GROUP_MEAN = Definition("group-mean", "mean reward of one group", _group_mean)
SLOT_ADVANTAGE = Definition("slot-advantage", "deviation from the mean times the factor of its group", _slot_advantage)
ROW_SUM = Definition("row-sum", "sum of the advantages of one group", _row)
SLOT_MEAN = Definition("slot-mean", "mean advantage of one slot", _slot)
SUCCESS_SLOPE = Definition("success-slope", "the chance of success is the mean of binary rewards", _success_slope)
LENGTHS = Definition("lengths", "a response has at least one token", lambda: Rel(sy.len_at(sy.j_mate), ">=", 1))
POTENTIAL = Definition("potential", "each coefficient of W_G is the one before plus a share of that of w_G", _potential)

_chance = sy.p_x(sy.x_prompt)
STEEPEST = Definition(
    "steepest",
    "b is the supremum of |w_G'(p)| sqrt(p(1-p)) over p, finite by slope-spread",
    lambda: Rel(sy.d_weight(_chance) ** 2 * _chance * (1 - _chance), "<=", sy.b_top**2),
)
STEEPEST_DIAGONAL = Definition(
    "steepest-diagonal",
    "c is the supremum of |w_G'(p)| p(1-p) over p, finite by slope-spread",
    lambda: Rel(sympy.Abs(sy.d_weight(_chance)) * _chance * (1 - _chance), "<=", sy.c_top),
)


SHARED = (
    *DYNAMICS,
    *(SURROGATE, PROBABILITY, TOTAL_VARIATION, LEARNER, BEHAVIOUR, BIAS, LIPSCHITZ, BIAS_CONSTANT),
    *(SCORE, OBJECTIVE, ROW, SUPREMUM, ATTAINED, PLACE, UNIT),
    *(DIAMETER, FARTHEST, BALL, LEAST, NORMALISED, REFERENCE, OTHER_ROW, SCHEDULE, DIRECTION, CHANCES),
    *(TWO_CHANCES, BELOW_ONE, ANGLE, TILT),
    *(GROUP_SIZE, LARGE_GROUP, LENGTHS, POTENTIAL, GROUP_MEAN, ROW_SUM, SLOT_ADVANTAGE, SLOT_MEAN, SUCCESS_SLOPE),
    *(STEEPEST, STEEPEST_DIAGONAL),
    *LOSS_OBJECTS,
    *OPTIMIZERS,
)
"""The objects themselves, believed as stated; every other definition must introduce a fresh symbol."""
