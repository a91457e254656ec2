"""Token mean in groups of two: the antisymmetric part of the Jacobian of H(θ,θ) against its formula."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from ..bandits import antisymmetric, gradient_of, law, logits, slopes
from ..constants import predict
from ..verdicts import Measurement, Verdict, compare_exact

__all__ = ["measure"]

CLAIM = "curl-token-mean"


def _field(rewards: Tensor, sizes: Tensor) -> Callable[[Tensor], Tensor]:
    """θ ↦ H(θ,θ) of F(θ,φ) = E[(1/Σ|y|) Σ_j Σ_k ρ_jk A_j] over the two responses of a group drawn from φ.

    The scores of the tokens sum to the response's: on the diagonal one ratio per response has the same gradient.
    """
    signs, tokens = torch.sign(rewards[:, None] - rewards[None, :]), sizes[:, None] + sizes[None, :]

    def field(theta: Tensor) -> Tensor:
        old = law(theta)

        def surrogate(point: Tensor) -> Tensor:
            ratio = law(point) / old
            pairs = signs * (ratio[:, None] - ratio[None, :]) / tokens  # A_2 = -A_1
            return old @ pairs @ old

        return gradient_of(surrogate, theta)

    return field


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the entry along the first two logits, for the three arms of the claim and for 6 random ones."""
    rows: list[Verdict] = []
    for n, lengths in ((3, (1.0, 1.0, 2.0)), (6, (4.0, 2.0, 7.0))):
        theta = logits(n, seed, 1950, device)
        kind = torch.arange(n, device=device) % 3
        sizes = torch.tensor(lengths, dtype=torch.float64, device=device)
        p, values = law(theta), dict[str, float]()
        values |= dict(zip(("size_fail", "size_short", "size_long"), lengths, strict=True))
        for direction, along in ((0, "v"), (1, "w")):
            slope = slopes(p, direction)
            for r, name in ((1, "mid"), (2, "top")):
                values[f"{name}_{along}"] = float(slope[kind == r].sum())
        found = float(antisymmetric(_field((kind > 0).double(), sizes[kind]), theta)[0, 1])
        m = Measurement(found, n=1, seed=seed, device=device)
        text = f"antisymmetric part along the first two logits, {n} arms of three kinds"
        rows.append(compare_exact(CLAIM, f"{n} responses, G=2, token mean", predict(CLAIM, **values), m, text, 1e-11))
    return rows
