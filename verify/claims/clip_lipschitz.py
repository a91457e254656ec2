"""L_B of a truncated importance weight: gradients of whole groups at behaviour policies any distance apart."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from ..constants import predict
from ..groups import draw_groups
from ..policies import TabularSoftmax
from ..populations.closed import Objective
from ..problems import generator, random_problem
from ..transforms import gradient, over_rows
from ..trees import Params, add, flatten, norm
from ..verdicts import Measurement, Verdict, compare_upper, worst

__all__ = ["measure"]

CLAIM = "clip-lipschitz"
Edges = tuple[float, float]  # lower and upper edge of the importance weight, 0 for no lower one


def _token(objective: Objective, point: Params, z: Tensor) -> Tensor:
    """Log π of the tokens of one group z = (x, y_1..y_G), (L, G)."""
    policy, x, y = objective.policy, z[:1], z[1:]
    found: list[Tensor] = []
    for k, level in enumerate(policy.levels(point)):
        edge = y // policy.vocab ** (policy.length - 1 - k)
        found.append(level[x].reshape(-1)[edge])
    return torch.stack(found)


def _gradients(objective: Objective, theta: Params, phi: Params, edges: Edges, groups: Tensor) -> Tensor:
    """(1/GL) Σ_j A_j Σ_k clip(ρ_jk) s_jk of every group, (count, dim)."""

    def one(z: Tensor) -> Tensor:
        rewards = objective.rewards[z[:1]].squeeze(0)[z[1:]]
        spread = rewards.std(correction=0)
        standard = torch.where(spread > 0, (rewards - rewards.mean()) / torch.where(spread > 0, spread, 1.0), 0.0)
        weight = (_token(objective, theta, z) - _token(objective, phi, z)).exp().clamp(*edges) * standard
        share = 1.0 / (objective.group_size * objective.policy.length)
        return flatten(gradient(lambda point: share * (weight * _token(objective, point, z)).sum(), theta))

    return over_rows(one, groups)


def _largest(objective: Objective, theta: Params, pair: tuple[Params, Params], edges: Edges, groups: Tensor) -> float:
    first, second = (_gradients(objective, theta, phi, edges, groups) for phi in pair)
    return float((first - second).pow(2).sum(1).sqrt().max()) / norm(add(*pair, -1.0))


def _saturated(cap: float, device: str) -> tuple[Objective, Params, tuple[Params, Params], Tensor]:
    """Three arms, nearly all mass on the third; the first is rewarded and its ratio lies just below the cap."""
    rewards = torch.tensor([[1.0, 0.0, 0.0]], dtype=torch.float64, device=device)
    objective = Objective(TabularSoftmax(1, 3, 1), rewards, 2)

    def point(shift: float) -> Params:
        row = torch.tensor([-14.0 - shift, -14.0, shift], dtype=torch.float64, device=device)
        return {"logits": row.reshape(1, 1, 3)}

    start = math.log(cap) / 2.0  # the ratio is exp(2 shift)
    groups = torch.tensor([[0, 0, 2]], device=device)
    return objective, point(0.0), (point(start - 1e-4), point(start - 2e-4)), groups


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the largest Lipschitz quotient over random groups and over a saturated one, per pair of edges."""
    count, draws = (6, 64) if suite == "quick" else (40, 512)
    rows: list[Verdict] = []
    for edges in ((0.8, 1.28), (0.0, 2.0)):
        cap = edges[1]
        found: list[Verdict] = []
        for i in range(count):
            g, problem = generator(seed, 460 + i), random_problem(seed, i, clip=False, device=device)
            objective, theta = problem.objective, problem.theta
            pair = tuple(add(theta, objective_point, 1.0) for objective_point in _two(objective, g, device))
            value = _largest(objective, theta, (pair[0], pair[1]), edges, draw_groups(objective, draws, g))
            bound = predict(CLAIM, rho_cap=cap, L=float(objective.policy.length))
            text = f"L_B, edges {edges}: closest of {count + 1} problems is {problem.name}; a lower estimate"
            m = Measurement(value, n=count + 1, seed=seed, device=device)
            found.append(compare_upper(CLAIM, "truncated ratio, no radius", bound, m, text))
        objective, theta, pair, groups = _saturated(cap, device)
        m = Measurement(_largest(objective, theta, pair, edges, groups), n=count + 1, seed=seed, device=device)
        text = (
            f"L_B, edges {edges[0]:g} and {cap:g}: closest of {count + 1} problems is a saturated row; a lower estimate"
        )
        found.append(compare_upper(CLAIM, "truncated ratio, no radius", predict(CLAIM, rho_cap=cap, L=1.0), m, text))
        rows.append(worst(found))
    return rows


def _two(objective: Objective, g: torch.Generator, device: str) -> tuple[Params, Params]:
    """Two displacements of norm about 3: far outside any certified radius."""
    policy = objective.policy
    drawn = TabularSoftmax(policy.prompts, policy.vocab, policy.length)
    first, second = (drawn.random(g, 1.0, device) for _ in range(2))
    return {n: 3.0 * x / norm(first) for n, x in first.items()}, {n: 3.0 * x / norm(second) for n, x in second.items()}
