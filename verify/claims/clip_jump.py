"""The jump of PPO's population H at each edge of the clip, on a two-armed bandit by exact differentiation of F."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from ..advantages import advantage
from ..constants import predict
from ..objectives import surrogate_gradient
from ..policies import TabularSoftmax
from ..populations.closed import Clip, Objective
from ..problems import CLIPS
from ..trees import Params, add
from ..verdicts import Measurement, Verdict, compare_exact

__all__ = ["jump", "measure"]

CLAIM = "clip-jump"
DISTANCE = 1e-9  # of the two ratios, relative: the smooth part of H moves by that much


def _point(p: float, device: str) -> Params:
    """Logits of a two-armed bandit whose first arm has probability p."""
    row: Tensor = torch.tensor([math.log(p), math.log1p(-p)], dtype=torch.float64, device=device)
    return {"logits": row.reshape(1, 1, 2)}


def jump(clip: Clip, edge: float, reward: int, group_size: int, learner: float, device: str = "cpu") -> float:
    """H just inside an edge of the first arm's ratio less H just outside, along its unit score; reward 0 or 1."""
    rewards = torch.tensor([[float(reward), 1.0 - reward]], dtype=torch.float64, device=device)
    objective = Objective(TabularSoftmax(1, 2, 1), rewards, group_size, clip)
    sides = (_point(learner / (edge * (1.0 + side * DISTANCE)), device) for side in (1.0, -1.0))
    above, below = (surrogate_gradient(objective, _point(learner, device), phi) for phi in sides)
    inside, outside = (below, above) if edge > 1.0 else (above, below)
    apart = add(inside, outside, -1.0)["logits"].reshape(2)
    return float(apart[0] - apart[1]) / math.sqrt(2.0)  # the score of the first arm is a multiple of (1, -1)


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return one row per clip and edge: a solved arm at the upper edge, a failed one at the lower."""
    learner = 0.3 + 0.01 * (seed % 10)
    rows: list[Verdict] = []
    for clip in CLIPS if suite == "full" else CLIPS[1:3]:
        for reward, edge, formula in ((1, 1.0 + clip.hi, ""), (0, 1.0 - clip.lo, "low")):
            drawn = learner / edge
            p = torch.tensor(drawn if reward else 1.0 - drawn, dtype=torch.float64)
            size = abs(float(advantage(p, reward, 4)))
            values = {"prob_resp": drawn, "adv_pos": size, "L": 1.0, "eps_hi": clip.hi, "eps_lo": clip.lo}
            predicted = predict(CLAIM, formula, **values) * math.sqrt(2.0) * (1.0 - learner)  # times norm of score
            m = Measurement(jump(clip, edge, reward, 4, learner, device), seed=seed, device=device)
            text = f"jump of H where the ratio crosses {edge:g}, advantage {'positive' if reward else 'negative'}"
            rows.append(compare_exact(CLAIM, "F-diagonal J, ratio form, two arms, G=4", predicted, m, text, 1e-6))
    return rows
