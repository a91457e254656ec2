"""What a user's bound may speak of: quantities measured at one learner step of a run, and symbols read from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ...theory.symbols import TABLE
from ...theory.units import Unit
from ..constants import certified_radius, closed, segment_curvature, segment_sup
from ..objectives import behaviour_jvp, surrogate_gradient
from ..problems import Problem
from ..runs.training import Run
from ..trees import add, dot, norm

__all__ = [
    "ANY_POLICY",
    "COSTLY",
    "QUANTITIES",
    "ROUND_OFF",
    "SYMBOLS",
    "TABULAR",
    "Case",
    "known_quantities",
    "known_symbols",
    "read_unit",
]

ROUND_OFF = 1e6
"""A gradient of at most this many roundings of its scale has no direction, and nothing moves by it."""


@dataclass(frozen=True)
class Case:
    """One learner step t of a run on a problem; everything a symbol or a quantity is read from.

    ``rounding`` is the relative round-off of the policy's numbers, as in ``Kind``.
    """

    problem: Problem
    run: Run
    t: int
    rounding: float = 2.0**-52

    @property
    def s(self) -> int:
        """s_t, at least 1."""
        return int(self.run.lag[self.t])

    def constant(self, name: str) -> float:
        """A closed constant of tabular policies."""
        objective = self.problem.objective
        return closed(objective.group_size, objective.policy.length, self.problem.clip.hi)[name].value

    def remainder(self) -> float:
        """‖δ_t + ∂_φH(θ_t,θ_t)(θ_t − φ_t)‖, what the first-order law leaves."""
        objective, theta, phi = self.problem.objective, self.run.theta[self.t], self.run.phi[self.t]
        bias = add(surrogate_gradient(objective, theta, phi), surrogate_gradient(objective, theta, theta), -1.0)
        return norm(add(bias, behaviour_jvp(objective, theta, theta, add(theta, phi, -1.0))))

    def fresh(self) -> float:
        """‖H(θ_t,θ_t)‖."""
        return norm(surrogate_gradient(self.problem.objective, self.run.theta[self.t], self.run.theta[self.t]))

    def cosine(self) -> float | None:
        """Cosine of H(θ_t,φ_t) and H(θ_t,θ_t); None where one of them is 0, or round-off against the largest ‖u‖."""
        theta = self.run.theta[self.t]
        one, other = (surrogate_gradient(self.problem.objective, theta, p) for p in (self.run.phi[self.t], theta))
        if min(norm(one), norm(other)) <= ROUND_OFF * self.rounding * float(self.run.update.max()):
            return None
        return dot(one, other) / (norm(one) * norm(other))


@dataclass(frozen=True)
class Reading:
    """How a number is read from a case; None where it has no value, and ``void`` says where that is.

    ``floor`` is its round-off in units of rounding · max‖u_t‖.
    """

    meaning: str
    unit: str
    read: Callable[[Case], float | None]
    floor: float = 0.0
    void: str = ""


QUANTITIES: Mapping[str, Reading] = {
    "bias": Reading("norm of H(theta_t,phi_t) - H(theta_t,theta_t)", "1/param", lambda c: float(c.run.bias[c.t]), 64.0),
    "remainder": Reading(
        "norm of bias + dH/dphi(theta_t,theta_t)(theta_t - phi_t)", "1/param", lambda c: c.remainder(), 64.0
    ),
    "gradient": Reading("norm of H(theta_t,theta_t)", "1/param", lambda c: c.fresh(), 64.0),
    "update": Reading("norm of u_t", "param/(lr*step)", lambda c: float(c.run.update[c.t]), 64.0),
    "drift": Reading("norm of theta_t - phi_t", "param", lambda c: float(c.run.drift[c.t])),
    "displacement": Reading("norm of theta_t - theta_0", "param", lambda c: float(c.run.displacement[c.t])),
    "ratio_max": Reading("largest token ratio pi_theta/pi_phi", "1", lambda c: float(c.run.ratio_max[c.t])),
    "ratio_min": Reading("smallest token ratio pi_theta/pi_phi", "1", lambda c: float(c.run.ratio_min[c.t])),
    "cosine": Reading(
        "cosine of H(theta_t,phi_t) and H(theta_t,theta_t)",
        "1",
        lambda c: c.cosine(),
        void="one of the two gradients is 0 or round-off",
    ),
}
"""What a bound may be about."""

ANY_POLICY: Mapping[str, Callable[[Case], float]] = {
    "eta": lambda c: c.run.eta,
    "s_t": lambda c: c.s,
    "S_max": lambda c: c.run.lag_model.largest,
    "S": lambda c: c.run.lag_model.largest + 1,
    "t": lambda c: c.t,
    "T": lambda c: len(c.run.lag),
    "d": lambda c: float(c.run.drift[c.t]),
    "G_upd": lambda c: float(c.run.update.max()),
    "U": lambda c: float(c.run.update[c.t - c.s : c.t].max()),
    "Lambda": lambda c: segment_sup(c.problem.objective, c.run.theta[c.t], c.run.phi[c.t]).value,
    "M": lambda c: segment_curvature(c.problem.objective, c.run.theta[c.t], c.run.phi[c.t], points=5).value,
    "eps_lo": lambda c: c.problem.clip.lo,
    "eps_hi": lambda c: c.problem.clip.hi,
    "G": lambda c: c.problem.objective.group_size,
    "L": lambda c: c.problem.objective.policy.length,
    "V": lambda c: c.problem.objective.policy.vocab,
}
TABULAR: Mapping[str, Callable[[Case], float]] = {
    "K_phi": lambda c: c.constant("K_phi"),
    "G_ell": lambda c: c.constant("G_ell"),
    "L_D": lambda c: c.constant("L_D"),
    "L_B": lambda c: c.constant("L_B"),
    "C_bias": lambda c: c.constant("K_phi") * float(c.run.update.max()),
    "R_batch": lambda c: certified_radius(c.problem.clip).value,
}
SYMBOLS: Mapping[str, Callable[[Case], float]] = {**ANY_POLICY, **TABULAR}
COSTLY = ("Lambda", "M")
"""Maxima over a grid of the segment [theta_t, phi_t]: estimates from below, taken at the last step of a run only."""


def known_quantities() -> str:
    """The quantities with meaning and unit, for a message."""
    return "; ".join(f"{name} = {q.meaning} [{q.unit}]" for name, q in QUANTITIES.items())


def known_symbols() -> str:
    """The symbols with meaning and unit, for a message."""
    return "; ".join(f"{name} = {TABLE[name].meaning} [{TABLE[name].unit}]" for name in SYMBOLS)


def read_unit(text: str, logits: bool) -> Unit:
    """A unit such as ``param/(lr*step)``; with ``logits`` the parameters are pure numbers and ``param`` is 1.

    Raises:
        ValueError: it cannot be read.
    """
    unit = Unit.of(text)
    return Unit(lr=unit.lr) if logits else unit
