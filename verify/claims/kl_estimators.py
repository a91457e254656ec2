"""On-policy gradients of k1, k2, k3 by autodiff against the gradients of the two divergences."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from ..constants import predict
from ..group_laws import length_of
from ..problems import generator
from ..transforms import gradient
from ..verdicts import Measurement, Verdict, compare_exact

__all__ = ["measure"]

CLAIM = "kl-estimators"


def _slope(f: Callable[[Tensor], Tensor], logits: Tensor) -> Tensor:
    return gradient(lambda at: f(at["logits"]), {"logits": logits})["logits"]


def _gaps(logits: Tensor, reference: Tensor) -> dict[str, tuple[float, float]]:
    """Distance of each estimator's gradient from the claimed one, and the norm that sets the scale."""
    law = torch.softmax(logits, 0)  # responses are drawn from it, and it is not differentiated through

    def log_ratio(at: Tensor) -> Tensor:
        return torch.log_softmax(reference, 0) - torch.log_softmax(at, 0)

    forward = _slope(lambda at: (torch.softmax(reference, 0) * log_ratio(at)).sum(), logits)
    reverse = _slope(lambda at: -(torch.softmax(at, 0) * log_ratio(at)).sum(), logits)
    found = {
        "k1 against 0": (_slope(lambda at: -(law * log_ratio(at)).sum(), logits), predict(CLAIM) * forward),
        "k2 against KL(policy, ref)": (_slope(lambda at: (law * log_ratio(at) ** 2).sum() / 2, logits), reverse),
        "k3 against KL(ref, policy)": (
            _slope(lambda at: (law * (log_ratio(at).exp() - 1.0 - log_ratio(at))).sum(), logits),
            forward,
        ),
    }
    scale = length_of(forward) + length_of(reverse)
    return {name: (length_of(a - b), scale) for name, (a, b) in found.items()}


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return, per estimator, the largest distance of the two gradients on the scale of the divergences' gradients."""
    count = 16 if suite == "quick" else 256
    found: dict[str, list[tuple[float, float]]] = {}
    for i in range(count):
        g = generator(seed, i)
        logits, reference = (torch.randn(2 + i % 6, generator=g, dtype=torch.float64).to(device) for _ in range(2))
        for name, pair in _gaps(logits, reference).items():
            found.setdefault(name, []).append(pair)
    rows: list[Verdict] = []
    for name, pairs in found.items():
        gap, scale = max(pairs, key=lambda pair: pair[0] / pair[1])
        m = Measurement(gap, n=count, seed=seed, device=device)
        text = f"{name}: largest distance of the gradients over {count} policies of 2..7 responses"
        rows.append(compare_exact(CLAIM, "KL estimators, on-policy", 0.0, m, text, 1e-12, scale=scale))
    return rows
