"""Beyond the radius of the clip: which rungs break, where δ jumps, and how it passes the edge.

Nothing is promised there. A clip that jumps (PPO, GRPO, DAPO, GSPO) makes H discontinuous in φ, which no derivative
sees; a Lipschitz weight (truncated IS, CISPO) keeps it continuous. These rows are the second table of the study: its
problems with these losses, at 4..32 times the learning rate at which its own runs begin.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from ...theory.surrogates import surrogate
from ...theory.surrogates.analysis import facts
from ..constants import closed
from ..ladder import Rungs, rungs
from ..ladder import summary as ladder_summary
from ..objectives import Population, gradient_of_surrogate, surrogate_gradient
from ..policies import TabularSoftmax
from ..populations.exact import ExactPopulation
from ..populations.losses import Loss
from ..populations.responses import Responses
from ..problems import generator
from ..runs.training import bias_at, follow, row
from ..scaling import rates
from ..tasks import random_rewards
from ..transforms import stacked
from ..trees import Params, norm, scale
from .bias_row import covered, top_step
from .drawn import COUNT, LOSSES, STEPS, draw, reach

__all__ = ["JUMPING", "LIPSCHITZ", "Beyond", "across", "beyond", "largest_jump", "measure_beyond", "rows", "summary"]

JUMPING = ("grpo", "ppo-clip", "dapo", "gspo")
LIPSCHITZ = ("truncated-is", "cispo")
JUMP = 1e-6
"""A step counts as a jump from this share of ‖H‖ on; a continuous function is left with some 1e-9 or less."""
FACTORS = (4.0, 8.0, 16.0, 32.0)
INDICES = tuple(i for i in range(COUNT) if LOSSES[i // 3 % len(LOSSES)] in JUMPING + LIPSCHITZ)


@dataclass(frozen=True)
class Beyond:
    """One problem outside.

    Args:
        index: number of the problem.
        problem, kind, loss: its name, policy kind and loss.
        clip: "jump" or "Lipschitz".
        ladder: its rungs; the closed constant is shown where it would be a theorem inside.
        jump: largest discontinuity of H(θ_t,·) found between θ_t and φ_t, over ‖H(θ_0,θ_0)‖; a lower estimate.
    """

    index: int
    problem: str
    kind: str
    loss: str
    clip: str
    ladder: Rungs
    jump: float

    @property
    def outside(self) -> bool:
        """Whether a token is clipped at the step looked at."""
        return self.ladder.reach >= 1.0


def _along(objective: Population, theta: Params, phi: Params, places: Tensor) -> Tensor:
    """H(θ, θ + τ(φ − θ)) at every place τ, flat, (places, dim)."""

    def at(point: Params) -> Params:
        return gradient_of_surrogate(objective, theta, point)

    def spread(name: str) -> Tensor:
        tau = places.to(theta[name].device).reshape(-1, *[1] * theta[name].ndim)
        return theta[name] + tau * (phi[name] - theta[name])

    found = stacked(at, {name: spread(name) for name in theta})
    return torch.cat([leaf.flatten(1) for leaf in found.values()], 1)


def largest_jump(objective: Population, theta: Params, phi: Params, points: int = 65, depth: int = 9) -> float:
    """Return the size of the largest discontinuity of H(θ,·) found on the segment [θ, φ]; round-off if there is none.

    The interval of the grid with the largest increment is cut into 16, again and again: the increment of a continuous
    function goes to zero with its length, that of a jump stays. A smaller jump elsewhere is not seen: a lower estimate.
    """
    low, high, size = 0.0, 1.0, 0.0
    for step in range(depth):
        places = torch.linspace(low, high, points if step == 0 else 17, dtype=torch.float64)
        steps = _along(objective, theta, phi, places).diff(dim=0).pow(2).sum(1).sqrt()
        best = int(steps.argmax())
        low, high, size = float(places[best]), float(places[best + 1]), float(steps[best])
    return size


def measure_beyond(seed: int, index: int, device: str = "cpu") -> Beyond:
    """Return the row of one problem, its learning rate raised by 4, 8, 16 or 32."""
    problem = draw(seed, index, device)
    population, model = problem.population, problem.models[1]
    lags = [model.lag(k) for k in range(STEPS)]
    t = top_step(lags)
    factor = FACTORS[INDICES.index(index) // 3 % len(FACTORS)]
    eta = factor * rates(population, problem.theta, max(lags), 1)[0]
    paths = follow(population, problem.theta, (eta,), model, t + 1)
    theta, phi = row(paths.theta[t], 0), row(paths.phi[t], 0)
    numbers = population.loss.numbers
    k_phi = closed(population.group_size, population.responses.policy.length, numbers["eps_hi"])["K_phi"].value
    ladder = rungs(
        population,
        paths,
        0,
        t,
        bias_at(population, paths, t),
        k_phi=k_phi if covered(problem) else None,
        reach=float(reach(population, theta, phi)),
    )
    size = norm(surrogate_gradient(population, problem.theta, problem.theta))
    clip = facts(surrogate(problem.loss)).clip
    jump = largest_jump(population, theta, phi) / size
    return Beyond(index, problem.name, problem.kind, problem.loss, clip, ladder, jump)


def beyond(seed: int, stride: int = 1, device: str = "cpu") -> list[Beyond]:
    """Return the second table: every ``stride``-th problem of the losses with a clip on the ratio to φ."""
    return [measure_beyond(seed, index, device) for index in INDICES[::stride]]


@lru_cache(maxsize=4)
def rows(seed: int, stride: int, device: str) -> tuple[Beyond, ...]:
    """Return ``beyond`` as made once per process."""
    return tuple(beyond(seed, stride, device))


def summary(rows: Sequence[Beyond]) -> list[dict[str, Any]]:
    """Return, per loss, how many of its runs left the radius, and of those how many break which rung, and jump."""
    found: list[dict[str, Any]] = []
    for loss in dict.fromkeys(each.loss for each in rows):
        mine = [each for each in rows if each.loss == loss]
        out = [each for each in mine if each.outside]
        counts = {
            "loss": loss,
            "clip": mine[0].clip,
            "problems": len(mine),
            "outside": len(out),
            "jumps": sum(each.jump > JUMP for each in out),
            "unbounded": sum("bottom" not in each.ladder.tightness and not each.ladder.bottom_holds for each in out),
            "largest_jump": max((each.jump for each in out), default=None),
        }
        ladder = ladder_summary([each.ladder for each in out])
        kept = ("bottom_broken", "whole_broken", "top_broken", "bottom", "whole")
        found.append(counts | {name: ladder[name] for name in kept})
    return found


def across(seed: int, points: int = 361, far: float = 3.0, device: str = "cpu") -> dict[str, Any]:
    """Return ‖δ‖/‖H(θ,θ)‖ along one straight line of behaviour policies, from θ to ``far`` times the radius, per loss.

    One prompt, three tokens, length two, groups of four, the same rewards for all; φ = θ − r u/‖u‖ as a learner leaves
    it behind. The radius R is that of the loss on this line: the first r at which a token is clipped.
    """
    policy, g = TabularSoftmax(1, 3, 2), generator(seed, 8900)
    theta, rewards = policy.random(g, 0.5), random_rewards(1, 3, 2, g)
    theta = {name: leaf.to(device) for name, leaf in theta.items()}
    responses, curves = Responses(policy), list[dict[str, Any]]()
    plain = ExactPopulation(Loss("grpo", {"eps_hi": 0.2}), responses, rewards.to(device), 4)
    u = surrogate_gradient(plain, theta, theta)
    size = norm(u)
    line, places = scale(u, -1.0 / size), torch.linspace(0.0, 1.0, points, dtype=torch.float64)
    for loss in ("grpo", "gspo", "cispo", "truncated-is"):
        population = replace(plain, loss=Loss(loss, {"eps_hi": 0.2, "rho_cap": 1.2}))
        radius = _radius(population, theta, line)
        end = {name: leaf + far * radius * line[name] for name, leaf in theta.items()}
        h = _along(population, theta, end, places)
        bias = (h - h[0]).pow(2).sum(1).sqrt()
        inside = {name: leaf + 0.999 * radius * line[name] for name, leaf in theta.items()}
        curves.append(
            {
                "loss": loss,
                "clip": facts(surrogate(loss)).clip,
                "radius": radius,
                "bias": [float(x) / size for x in bias],
                "jump": largest_jump(population, theta, end, points) / size,
                "jump_inside": largest_jump(population, theta, inside, points) / size,
            }
        )
    return {"over_radius": [float(far * x) for x in places], "curves": curves}


def _radius(population: ExactPopulation, theta: Params, line: Params) -> float:
    """The r at which the first token is clipped on θ + r·line, by bisection."""
    low, high = 0.0, 4.0
    for _ in range(60):
        r = 0.5 * (low + high)
        far = reach(population, theta, {name: leaf + r * line[name] for name, leaf in theta.items()})
        low, high = (r, high) if float(far) < 1.0 else (low, r)
    return low
