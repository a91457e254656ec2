"""The family with bias C S η: two outcomes with tilted probabilities, H by automatic differentiation of F itself."""

from __future__ import annotations

import torch
from torch import Tensor

from ..constants import predict
from ..problems import generator
from ..slopes import extrapolated_slope
from ..verdicts import Measurement, Verdict, compare_exact, compare_order

__all__ = ["measure"]

CLAIM = "order-necessary"


def _bias(e: Tensor, g_ell: float, tilt: float, step: float, count: int) -> float:
    """‖δ_S‖ of a learner that moves by ``step`` e per step, F(θ,φ) = Σ_i p_i(φ) g_i·θ with p = ½ ± tilt e·φ."""

    def surrogate(theta: Tensor, phi: Tensor) -> Tensor:
        p = torch.stack([0.5 + tilt * (e @ phi), 0.5 - tilt * (e @ phi)])
        return (p * torch.stack([g_ell * (e @ theta), -g_ell * (e @ theta)])).sum()

    def gradient(theta: Tensor, phi: Tensor) -> Tensor:
        point = theta.clone().requires_grad_()
        return torch.autograd.grad(surrogate(point, phi), point)[0]

    path = [torch.zeros_like(e)]
    for _ in range(count):
        path.append(path[-1] + step * e)
    gap = gradient(path[-1], path[0]) - gradient(path[-1], path[-1])
    return float(gap.pow(2).sum().sqrt())


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return ‖δ_S‖ against C S η for S ∈ {1, 4, 16} and three η, and the exponent of S η between the smallest two."""
    e = torch.randn(5, generator=generator(seed, 1800), dtype=torch.float64).to(device)
    e = e / e.pow(2).sum().sqrt()
    g_ell, tilt, g_upd, rows = 3.0, 0.25, 2.0, list[Verdict]()
    for count in (1, 4, 16):
        for eta in (1e-5, 1e-4, 1e-3):
            found = _bias(e, g_ell, tilt, eta * g_upd, count)
            bound = predict(CLAIM, G_ell=g_ell, L_D=tilt, G_upd=g_upd, S_int=count, eta=eta)
            m = Measurement(found, n=1, seed=seed, device=device)
            text = f"norm of the bias after S={count} steps at eta={eta:g}, five parameters"
            rows.append(compare_exact(CLAIM, "two tilted outcomes", bound, m, text, rtol=1e-9))
    levels = [1e-3 / 2.0**i for i in range(4)]
    slope = extrapolated_slope(levels, [_bias(e, g_ell, tilt, g_upd * eta, 4) for eta in levels], 1.0)
    m = Measurement(slope.value, n=len(levels), seed=seed, device=device)
    rows.append(compare_order(CLAIM, "two tilted outcomes", 1.0, m, "exponent of the bias in eta at S=4", 1e-6))
    return rows
