"""A shifted loss: the same H, and DJ off by the slope of the shift, by automatic differentiation of both losses."""

from __future__ import annotations

from torch import Tensor

from ..bandits import gradient_of, law, pair_advantage
from ..constants import predict
from ..problems import generator
from ..verdicts import Measurement, Verdict, compare_exact
from .potential import random_bandit

__all__ = ["measure"]

CLAIM = "objective-not-determined"


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return ‖H^c − H‖, and DJ^c − DJ against ∂c along every logit, of a bandit with 5 responses, c(φ) = Σ π_φ(y)²."""
    theta, phi, rewards = random_bandit(generator(seed, 1900), 5, device)

    def shift(point: Tensor) -> Tensor:
        return law(point).pow(2).sum()

    def surrogate(first: Tensor, second: Tensor, shifted: bool) -> Tensor:
        old = law(second)
        loss = law(first) / old * pair_advantage(old, rewards) * rewards
        return (old * (loss + shift(second) if shifted else loss)).sum()

    h, h_c = (gradient_of(lambda x, s=s: surrogate(x, phi, s), theta) for s in (False, True))
    dj, dj_c = (gradient_of(lambda x, s=s: surrogate(x, x, s), theta) for s in (False, True))
    slope = gradient_of(shift, theta)
    name, size = "ratio form times reward, 5 responses, G=2", float(slope.pow(2).sum().sqrt())
    m = Measurement(float((h_c - h).pow(2).sum().sqrt()), n=1, seed=seed, device=device)
    rows = [compare_exact(CLAIM, name, 0.0, m, "norm of H of the shifted loss less H", 1e-12, size)]
    for k in range(len(theta)):
        m = Measurement(float((dj_c - dj)[k]), n=1, seed=seed, device=device)
        text = f"DJ of the shifted loss less DJ along logit {k + 1}, against the slope of c"
        rows.append(compare_exact(CLAIM, name, predict(CLAIM, dc_shift=float(slope[k])), m, text, 1e-11, size))
    return rows
