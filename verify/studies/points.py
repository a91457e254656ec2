"""Constants and spectra at one point of each policy kind, everything labelled: what a report shows side by side.

The point is on the diagonal, φ = θ, where ∂_θH and ∂_φH are the two feedback matrices of a lagged update. The problem
is the first of its kind with two tokens and responses of two, in groups of four, loss ``grpo``: every group is listed.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..constants import Constant, certified_radius
from ..objectives import surrogate_gradient
from ..policies import TabularSoftmax
from ..populations.closed import Clip
from ..populations.exact import ExactPopulation
from ..populations.losses import Loss
from ..populations.responses import Responses
from ..problems import Problem
from ..runs.updates import AdamW
from ..spectra.clip_edge import exit_along, tabular_exit
from ..spectra.feedback import eigenvalue_pairs
from ..spectra.local_constants import measured_constants
from ..spectra.operators import jacobian
from ..spectra.update_bounds import bounded_update
from ..trees import Params, norm, scale
from .kinds import KINDS, kind

__all__ = ["Point", "points"]

GROUP, REACH = 4, 20.0
Complex = NDArray[np.complex128]


@dataclass(frozen=True)
class Point:
    """One policy at θ = φ.

    Attributes:
        kind: of policy.
        objective: name of the population objective.
        parameters: dim.
        constants: with their labels.
        learner, behaviour: eigenvalues of ∂_θH and ∂_φH, (dim,), dense and exact up to rounding.
        asymmetry: ‖∂_φH − ∂_φHᵀ‖ / ‖∂_φH‖, 0 for tabular policies and responses of one length.
        commutator: ‖AB − BA‖ / (‖A‖‖B‖) of both: 0 where modes can be told apart and stability is one of scalars.
    """

    kind: str
    objective: str
    parameters: int
    constants: tuple[Constant, ...]
    learner: Complex
    behaviour: Complex
    asymmetry: float
    commutator: float


def points(seed: int, device: str = "cpu", kinds: tuple[str, ...] = KINDS) -> list[Point]:
    """Return one point for each kind of policy; the same seed gives the same numbers."""
    return [_point(name, _problem(name, seed, device), seed) for name in kinds]


def _problem(name: str, seed: int, device: str) -> Problem:
    found = (kind(name, device).problem(seed, index) for index in itertools.count())
    return next(p for p in found if (p.objective.policy.vocab, p.objective.policy.length) == (2, 2))


def _point(name: str, problem: Problem, seed: int) -> Point:
    theta, policy, loss = problem.theta, problem.objective.policy, Loss("grpo")
    population = ExactPopulation(loss, Responses(policy), problem.objective.rewards, GROUP)
    learner, behaviour = (
        jacobian(population, theta, theta, slot).double().cpu().numpy() for slot in ("learner", "behaviour")
    )
    spread = float(np.linalg.norm(behaviour - behaviour.T, 2) / np.linalg.norm(behaviour, 2))
    return Point(
        kind=name,
        objective=population.name,
        parameters=len(learner),
        constants=(
            *measured_constants(population, theta, theta, seed),
            *_radii(population, theta, Clip(loss.numbers["eps_lo"], loss.numbers["eps_hi"])),
            bounded_update(AdamW(), theta),
        ),
        learner=np.linalg.eigvals(learner).astype(np.complex128),
        behaviour=np.linalg.eigvals(behaviour).astype(np.complex128),
        asymmetry=spread,
        commutator=eigenvalue_pairs(learner, behaviour).commutator,
    )


def _radii(population: ExactPopulation, theta: Params, clip: Clip) -> list[Constant]:
    """R_batch from below where it is certified, and along H, the way the first update goes."""
    h = surrogate_gradient(population, theta, theta)
    ray, policy = scale(h, 1.0 / norm(h)), population.responses.policy
    if not isinstance(policy, TabularSoftmax):
        met = exit_along(population, theta, ray, clip, REACH)
        return [] if met is None else [met]
    met = tabular_exit(policy, theta, ray, clip, REACH)
    certified = certified_radius(clip)
    return [Constant("R_batch", certified.value, "lower", certified.how), *([] if met is None else [met])]
