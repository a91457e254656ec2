"""How far θ may move from φ before a token ratio leaves the clip: the nearest exit found, against the radius."""

from __future__ import annotations

import torch

from ..constants import certified_radius
from ..policies import TabularSoftmax
from ..problems import CLIPS, generator, random_problem
from ..spectra.clip_edge import exit_along, tabular_exit
from ..trees import random_unit
from ..verdicts import Measurement, Verdict, compare_lower

__all__ = ["measure"]

CLAIM = "certified-radius"
REACH = 8.0  # rays are searched to this many radii


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return, per clip, the nearest exit over random rays and over the two-arm rays that attain the radius."""
    count = 6 if suite == "quick" else 40
    rows: list[Verdict] = []
    for clip in CLIPS:
        radius = certified_radius(clip).value
        found: list[float] = []
        for i in range(count):
            problem = random_problem(seed, i, clip=False, device=device)
            ray = random_unit(problem.theta, generator(seed, 500 + i))
            exits = exit_along(problem.objective, problem.theta, ray, clip, REACH * radius)
            found += [] if exits is None else [exits.value]
        random_exit = min(found) / radius if found else float("nan")
        two = TabularSoftmax(1, 2, 1)  # π(a) → 0: ∇ log π(a) → (1, −1), of norm √2
        start = {"logits": torch.tensor([[[-12.0, 12.0]]], dtype=torch.float64, device=device)}
        away = {"logits": torch.tensor([[[1.0, -1.0]]], dtype=torch.float64, device=device) / 2.0**0.5}
        for sign in (1.0, -1.0):
            ray = {"logits": sign * away["logits"]}
            exits = tabular_exit(two, start, ray, clip, REACH * radius)
            found += [] if exits is None else [exits.value]
        m = Measurement(min(found) if found else float("nan"), n=len(found), seed=seed, device=device)
        text = f"nearest exit from [1-{clip.lo:g}, 1+{clip.hi:g}]; random rays alone {random_exit:.2f} radii"
        rows.append(compare_lower(CLAIM, "token ratio (no objective)", radius, m, text))
    return rows
