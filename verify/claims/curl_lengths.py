"""Length weights 1/|y|: the antisymmetric part of the Jacobian of H(θ,θ) against its formula."""

from __future__ import annotations

import torch

from ..bandits import antisymmetric, diagonal_field, law, logits, slopes
from ..constants import predict
from ..verdicts import Measurement, Verdict, compare_exact

__all__ = ["measure"]

CLAIM = "curl-lengths"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the entry along the first two logits, for the three arms of the claim and for 6 random ones."""
    rows: list[Verdict] = []
    for n in (3, 6):
        theta = logits(n, seed, 1940, device)
        rewards = torch.tensor([1.0, 1.0, 0.0] * (n // 3), dtype=torch.float64, device=device)
        weights = 1.0 / torch.tensor([1.0, 2.0, 1.0, 3.0, 5.0, 2.0][:n], dtype=torch.float64, device=device)
        p, values = law(theta), dict[str, float]()
        for direction, along in ((0, "v"), (1, "w")):
            slope = slopes(p, direction)
            values["suc_v" if along == "v" else "dp_suc"] = float((rewards * slope).sum())
            values[f"Q_{along}"] = float((-weights * slope).sum())  # A_1 = 1 - p and A_0 = -p for G = 2
        found = float(antisymmetric(diagonal_field(rewards, weights), theta)[0, 1])
        m = Measurement(found, n=1, seed=seed, device=device)
        text = f"antisymmetric part along the first two logits, {n} arms with lengths"
        rows.append(compare_exact(CLAIM, f"{n} responses, G=2, 1/|y|", predict(CLAIM, **values), m, text, 1e-11))
    return rows
