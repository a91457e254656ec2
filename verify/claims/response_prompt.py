"""‖∂_φH‖ of a single prompt against the bound by its own success probability."""

from __future__ import annotations

from ..constants import behaviour_norm, predict
from ..hybrid import hybrid, weight_slope
from ..policies import TabularSoftmax
from ..populations.closed import Objective
from ..problems import generator
from ..tasks import random_rewards
from ..verdicts import Measurement, Verdict, worst
from .response_constants import compare

__all__ = ["measure"]

CLAIM = "response-prompt"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the closest of random one-prompt problems, learner and behaviour drawn apart."""
    count, rows = 8 if suite == "quick" else 100, list[Verdict]()
    for i in range(count):
        g, length, size = generator(seed, 2100 + i), 1 + i % 3, (4, 8, 16)[i // 3 % 3]
        policy = TabularSoftmax(1, 2, length)
        objective = Objective(policy, random_rewards(1, 2, length, g).to(device), size)
        theta, phi = policy.random(g, 0.5, device), policy.random(g, 1.0, device)
        laws = hybrid(objective, theta, phi, theta, phi)
        p, (w, slope) = float(laws.p[0]), weight_slope(laws.p, size)
        bound = predict(CLAIM, L=float(length), w_here=float(w[0]), w_slope_here=float(slope[0]), p_suc=p)
        m = Measurement(behaviour_norm(objective, theta, phi).value, n=count, seed=seed, device=device)
        rows.append(compare(CLAIM, objective.name, bound, m, f"norm of d_phi H of one prompt, L={length}, p={p:.3f}"))
    return [worst(rows)]
