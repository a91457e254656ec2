"""The closed constants G_ℓ, L_B, L_D, K_φ against the largest values found on their domain, K_φ also certified."""

from __future__ import annotations

import torch

from ..constants import behaviour_norm, certified_radius, closed
from ..groups import draw_groups, group_gradients, group_tv
from ..policies import TabularSoftmax
from ..populations.closed import Objective
from ..problems import Problem, generator, main_problem, random_problem
from ..spectra.enclosures import enclosed_norm
from ..tasks import random_rewards
from ..trees import Params, add, flatten, norm, random_unit
from ..verdicts import Measurement, Verdict, compare_upper, worst

__all__ = ["measure"]

CLAIM = "closed-constants"
CERTIFIED = 24  # parameters up to which the norm is enclosed
NEAR = 0.99  # fraction of the certified radius at which behaviour policies are placed


def _nearby(problem: Problem, g: torch.Generator) -> Params:
    """A behaviour policy at 0.99 certified radii from θ in a random direction."""
    return add(problem.theta, random_unit(problem.theta, g), NEAR * certified_radius(problem.clip).value)


def _samples(problem: Problem, g: torch.Generator, draws: int) -> dict[str, float]:
    """Largest ‖∇_θ ℓ(θ;z,φ)‖, and largest ‖∇ℓ(θ;z,φ) − ∇ℓ(θ;z,φ′)‖/‖φ−φ′‖, over drawn z; ‖∂_φH(θ,φ)‖."""
    objective, theta = problem.objective, problem.theta
    phi, other = _nearby(problem, g), _nearby(problem, g)
    groups = draw_groups(objective, draws, g)
    here, there = (group_gradients(objective, theta, point, groups) for point in (phi, other))
    return {
        "G_ell": float(here.pow(2).sum(1).sqrt().max()),
        "L_B": float((here - there).pow(2).sum(1).sqrt().max()) / norm(add(phi, other, -1.0)),
        "K_phi": behaviour_norm(objective, theta, phi).value,
    }


def _tv(seed: int, size: int, length: int, device: str) -> float:
    """TV(D(φ), D(φ′))/‖φ−φ′‖ of whole groups along the two-arm direction at the uniform policy, a small step apart."""
    policy = TabularSoftmax(1, 2, length)
    objective = Objective(policy, random_rewards(1, 2, length, generator(seed)).to(device), size)
    phi, step = policy.zeros(device), policy.zeros(device)
    step["logits"][0, 0] = torch.tensor([1.0, -1.0], dtype=torch.float64) / 2.0**0.5  # the first token's row
    return group_tv(objective, phi, add(phi, step, 1e-3)) / 1e-3


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return one verdict per constant, of the problem that comes closest to it (or breaks it)."""
    count, draws = (6, 128) if suite == "quick" else (40, 1024)
    problems = [main_problem(seed, device=device)] + [random_problem(seed, i, True, device) for i in range(count)]
    found: dict[str, list[Verdict]] = {}
    for i, problem in enumerate(problems):
        objective = problem.objective
        bounds = closed(objective.group_size, objective.policy.length, problem.clip.hi)
        for name, value in _samples(problem, generator(seed, 700 + i), draws).items():
            m = Measurement(value, n=len(problems), seed=seed, device=device)
            text = f"{name}: closest of {len(problems)} problems is {problem.name}, found value is a lower estimate"
            found.setdefault(name, []).append(compare_upper(CLAIM, objective.name, bounds[name].value, m, text))
        if flatten(problem.theta).numel() <= CERTIFIED:
            high = enclosed_norm(objective, problem.theta, _nearby(problem, generator(seed, 700 + i)))[1]
            m = Measurement(high.value, n=len(problems), seed=seed, device=device)
            text = f"K_phi: certified upper end of norm of d_phi H, {problem.name}"
            found.setdefault("ball", []).append(compare_upper(CLAIM, objective.name, bounds["K_phi"].value, m, text))
    for size in (2, 4, 8, 16):
        for length in (1, 2):
            bound = closed(size, length, 0.2)["L_D"].value
            m = Measurement(_tv(seed, size, length, device), n=8, seed=seed, device=device)
            text = f"L_D: exact total variation of groups of G={size}, V=2, L={length}, two-arm direction"
            found.setdefault("L_D", []).append(compare_upper(CLAIM, "law of a group (no objective)", bound, m, text))
    return [worst(rows) for rows in found.values()]
