"""Lemma L1 in diameter form: ‖H(θ,φ) − H(θ,φ′)‖ against (D_ℓ L_D + L_B)‖φ − φ′‖, every group enumerated."""

from __future__ import annotations

import torch

from ..constants import predict
from ..groups import group_gradients
from ..objectives import surrogate_gradient
from ..outcomes import every_group, group_law
from ..policies import TabularSoftmax
from ..populations.closed import Objective
from ..problems import generator
from ..tasks import random_rewards
from ..trees import add, norm
from ..verdicts import Measurement, Verdict, compare_upper, worst
from .behaviour_lipschitz import on_networks

__all__ = ["measure"]

CLAIM = "diameter-lipschitz"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the tightest of random triples θ, φ, φ′ without a clip, with the constants that hold for this triple, and
    a row of an MLP and of a transformer with the constants at a point.

    D_ℓ = max‖∇ℓ_z − ∇ℓ_z′‖ at (θ,φ), L_D = TV/‖φ − φ′‖ and L_B = max‖∇ℓ_z(θ,φ) − ∇ℓ_z(θ,φ′)‖/‖φ − φ′‖, over all z.
    """
    count, found = 24 if suite == "quick" else 200, list[Verdict]()
    for i in range(count):
        g, vocab = generator(seed, 1600 + i), 2 + i % 2
        policy = TabularSoftmax(1, vocab, 1)
        objective = Objective(policy, random_rewards(1, vocab, 1, g).to(device), 2 + i % 4)
        theta, phi, other = (policy.random(g, 2.0, device) for _ in range(3))
        groups, distance = every_group(objective), norm(add(phi, other, -1.0))
        here, there = (group_gradients(objective, theta, point, groups) for point in (phi, other))
        tv = 0.5 * float((group_law(objective, phi, groups) - group_law(objective, other, groups)).abs().sum())
        constants = {"D_ell": float(torch.cdist(here, here).max()), "L_D": tv / distance}
        constants["L_B"] = float((here - there).pow(2).sum(1).sqrt().max()) / distance
        gap = add(surrogate_gradient(objective, theta, phi), surrogate_gradient(objective, theta, other), -1.0)
        m = Measurement(norm(gap), n=len(groups), seed=seed, device=device)
        text = f"norm of H(th,ph) - H(th,ph'), all {len(groups)} groups, V={vocab}, G={objective.group_size}"
        found.append(compare_upper(CLAIM, objective.name, predict(CLAIM, **constants) * distance, m, text))
    return [worst(found), *on_networks(CLAIM, "K_phi in diameter form, by groups", seed, suite, device)]
