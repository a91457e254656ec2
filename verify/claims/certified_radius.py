"""How far θ may move from φ before a token ratio leaves the clip: the nearest exit found, against the radius."""

from __future__ import annotations

import torch

from ..constants import certified_radius
from ..objectives import Clip, Objective, ratio_range
from ..policies import TabularSoftmax
from ..problems import CLIPS, generator, random_problem
from ..tasks import random_rewards
from ..trees import Params, add, random_unit
from ..verdicts import Measurement, Verdict, compare_lower

__all__ = ["exit_distance", "measure"]

CLAIM = "certified-radius"
REACH = 8.0  # rays are searched to this many radii


def exit_distance(objective: Objective, phi: Params, ray: Params, clip: Clip, reach: float) -> float | None:
    """Return a distance r ≤ ``reach`` at which some ratio of φ + r·ray against φ is outside the clip, or None.

    A scan of 64 distances, then bisection of the first bracket: an upper estimate of the nearest exit on this ray.
    """

    def outside(r: float) -> bool:
        low, high = ratio_range(objective, add(phi, ray, r), phi)
        return low < 1.0 - clip.lo or high > 1.0 + clip.hi

    grid = [reach * (i + 1) / 64 for i in range(64)]
    first = next((r for r in grid if outside(r)), None)
    if first is None:
        return None
    inner, outer = first - grid[0], first
    for _ in range(50):
        middle = 0.5 * (inner + outer)
        inner, outer = (inner, middle) if outside(middle) else (middle, outer)
    return outer


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
            exits = exit_distance(problem.objective, problem.theta, ray, clip, REACH * radius)
            found += [] if exits is None else [exits]
        random_exit = min(found) / radius if found else float("nan")
        two = TabularSoftmax(1, 2, 1)  # π(a) → 0: ∇ log π(a) → (1, −1), of norm √2
        objective = Objective(two, random_rewards(1, 2, 1, generator(seed)).to(device), 2)
        start = {"logits": torch.tensor([[[-12.0, 12.0]]], dtype=torch.float64, device=device)}
        away = {"logits": torch.tensor([[[1.0, -1.0]]], dtype=torch.float64, device=device) / 2.0**0.5}
        for sign in (1.0, -1.0):
            ray = {"logits": sign * away["logits"]}
            exits = exit_distance(objective, start, ray, clip, REACH * radius)
            found += [] if exits is None else [exits]
        m = Measurement(min(found) if found else float("nan"), n=len(found), seed=seed, device=device)
        text = f"nearest exit from [1-{clip.lo:g}, 1+{clip.hi:g}]; random rays alone {random_exit:.2f} radii"
        rows.append(compare_lower(CLAIM, "token ratio (no objective)", radius, m, text))
    return rows
