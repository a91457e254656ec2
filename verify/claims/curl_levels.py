"""Three reward levels with a std: the antisymmetric part of the Jacobian of H(θ,θ) against its formula."""

from __future__ import annotations

import torch

from ..bandits import antisymmetric, diagonal_field, law, logits, slopes
from ..constants import predict
from ..verdicts import Measurement, Verdict, compare_exact

__all__ = ["measure"]

CLAIM = "curl-levels"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the entry along the first two logits, at the uniform policy with 3 arms and at a random one with 7."""
    rows: list[Verdict] = []
    for n in (3, 7):
        theta = logits(n, seed, 1930, device)
        level = torch.arange(n, device=device) % 3
        p, rewards = law(theta), torch.tensor([-1.0, 0.3, 4.0], dtype=torch.float64, device=device)[level]
        values: dict[str, float] = {}
        for direction, along in ((0, "v"), (1, "w")):
            slope = slopes(p, direction)
            for r, name in ((1, "mid"), (2, "top")):
                values[f"{name}_{along}"] = float(slope[level == r].sum())
        found = float(antisymmetric(diagonal_field(rewards, torch.ones_like(p)), theta)[0, 1])
        m = Measurement(found, n=1, seed=seed, device=device)
        text = f"antisymmetric part along the first two logits, {n} arms, three levels"
        rows.append(compare_exact(CLAIM, f"{n} responses, G=2, std", predict(CLAIM, **values), m, text, 1e-12))
    return rows
