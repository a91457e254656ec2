"""The exact expected group advantage of GRPO as a polynomial in the success probability."""

from __future__ import annotations

import math
from itertools import pairwise

import torch
from torch import Tensor

__all__ = ["advantage", "advantage_gap", "advantage_gap_slope"]


def advantage(p: Tensor, reward: int, group_size: int) -> Tensor:
    r"""Return A_r(p) = Σ_k C(G−1,k) p^k (1−p)^{G−1−k} (r−m)/√(m(1−m)), m = (k+r)/G, 0 when m ∈ {0,1}.

    The expected group advantage of a response with reward r when its G−1 mates succeed independently with probability
    p: population standard deviation, δ_std → 0, degenerate groups 0.

    Args:
        p: success probability, any shape.
        reward: 0 or 1.
        group_size: G ≥ 2.

    Returns:
        Tensor like p; A_1 ≥ 0 ≥ A_0 and p·A_1 + (1−p)·A_0 = 0. A polynomial of degree G−1, summed by de Casteljau's
        convex combinations, hence without cancellation and with derivatives at p = 0 and 1.

    Raises:
        ValueError: G < 2 or reward not 0 or 1.

    Example:
        >>> import torch
        >>> float(advantage(torch.tensor(0.25, dtype=torch.float64), reward=1, group_size=2))
        0.75
    """
    if group_size < 2 or reward not in (0, 1):
        raise ValueError(f"expected group size >= 2 and reward in (0, 1), got {group_size} and {reward}")
    return _polynomial(p, _standard(reward, group_size))


def advantage_gap(p: Tensor, group_size: int) -> Tensor:
    """Return w_G(p) = A_1(p) − A_0(p) by one polynomial; A_1 = (1−p) w_G and A_0 = −p w_G since their mean is 0.

    Args and errors as for ``advantage``.

    Example:
        >>> import torch
        >>> float(advantage_gap(torch.tensor(0.25, dtype=torch.float64), group_size=2))
        1.0
    """
    return _polynomial(p, _gaps(group_size))


def advantage_gap_slope(p: Tensor, group_size: int) -> Tensor:
    """Return w_G'(p), by differences of the coefficients of w_G. Args and errors as for ``advantage``.

    Example:
        >>> import torch
        >>> round(float(advantage_gap_slope(torch.tensor(0.0, dtype=torch.float64), group_size=4)), 4)
        -0.4641
    """
    gaps = _gaps(group_size)
    return _polynomial(p, [(group_size - 1) * (after - before) for before, after in pairwise(gaps)])


def _gaps(size: int) -> list[float]:
    if size < 2:
        raise ValueError(f"expected group size >= 2, got {size}")
    return [one - zero for one, zero in zip(_standard(1, size), _standard(0, size), strict=True)]


def _standard(reward: int, size: int) -> list[float]:
    """Advantage of a response with this reward, by the number k = 0..G−1 of its mates that succeed."""
    means = [(k + reward) / size for k in range(size)]
    return [0.0 if m in (0.0, 1.0) else (reward - m) / math.sqrt(m * (1.0 - m)) for m in means]


def _polynomial(p: Tensor, coefficients: list[float]) -> Tensor:
    """The polynomial in Bernstein's form at p, by de Casteljau."""
    if len(coefficients) == 1:
        return torch.full_like(p, coefficients[0])
    one = p[..., None]
    zero = 1.0 - one
    # the first step as a matrix product: forward mode in torch 2.13 is slow where a factor has no tangent
    points = torch.cat([zero, one], -1) @ p.new_tensor([coefficients[:-1], coefficients[1:]])
    for _ in range(len(coefficients) - 2):
        points = zero * points[..., :-1] + one * points[..., 1:]
    return points[..., 0]
