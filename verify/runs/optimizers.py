"""torch's own optimizers on given gradients: what each step adds, over the learning rate.

We maximise and torch minimises, so a gradient g goes in as -g and the displacement is ``eta * u``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

__all__ = ["PROBLEM", "Maker", "adam", "adamw", "extremal", "norms", "sgd", "updates"]

Maker = Callable[[list[torch.Tensor]], torch.optim.Optimizer]
"""Makes an optimizer of a list of parameters."""
PROBLEM = "given gradients (no objective)"


def updates(
    make: Maker,
    gradients: torch.Tensor,
    start: torch.Tensor | None = None,
    max_norm: float | None = None,
) -> tuple[torch.Tensor, torch.Tensor, torch.optim.Optimizer]:
    """Run an optimizer on ``gradients``, shape (t, d), from ``start``, shape (d,), zero by default.

    Args:
        make: optimizer of a list of parameters, ``lambda p: torch.optim.Adam(p, lr=1.0)``.
        gradients: the gradient of each step.
        start: parameters at the start.
        max_norm: gradients are clipped to this norm by ``torch.nn.utils.clip_grad_norm_``.

    Returns:
        The updates (t, d), the parameters before each step (t, d), and the optimizer.
    """
    point = torch.zeros_like(gradients[0]) if start is None else start.clone()
    parameter = torch.nn.Parameter(point)
    optimizer = make([parameter])
    rate = float(optimizer.param_groups[0]["lr"])
    moved: list[torch.Tensor] = []
    visited: list[torch.Tensor] = []
    for g in gradients:
        before = parameter.detach().clone()
        parameter.grad = -g
        if max_norm is not None:
            torch.nn.utils.clip_grad_norm_([parameter], max_norm)
        optimizer.step()  # pyright: ignore[reportUnknownMemberType]
        visited.append(before)
        moved.append((parameter.detach() - before) / rate)
    return torch.stack(moved), torch.stack(visited), optimizer


def adam(beta1: float, beta2: float, eps: float = 0.0, **more: Any) -> Maker:
    """A maker of ``torch.optim.Adam`` with learning rate 1."""
    return lambda parameters: torch.optim.Adam(parameters, lr=1.0, betas=(beta1, beta2), eps=eps, **more)


def adamw(**options: Any) -> Maker:
    """A maker of ``torch.optim.AdamW``."""
    return lambda parameters: torch.optim.AdamW(parameters, **options)


def sgd(**options: Any) -> Maker:
    """A maker of ``torch.optim.SGD``."""
    return lambda parameters: torch.optim.SGD(parameters, **options)


def norms(rows: torch.Tensor) -> torch.Tensor:
    """Norm of each row, shape (t,) for (t, d)."""
    return rows.pow(2).sum(1).sqrt()


def extremal(beta1: float, beta2: float, steps: int) -> torch.Tensor:
    """Gradients ``(beta1/beta2)^(t-k)``, k = 1, ..., t, at which Adam's last update is largest; shape (t, 1)."""
    ages = torch.arange(steps - 1, -1, -1, dtype=torch.float64)
    return (beta1 / beta2) ** ages[:, None]
