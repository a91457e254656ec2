"""Lemma L1 with its domain: ‖H(θ,φ) − H(θ,φ′)‖ for φ and φ′ on opposite sides of θ, at the edge of U."""

from __future__ import annotations

from typing import Any

import torch

from ..trees import add, random_unit
from ..verdicts import Verdict
from .behaviour_lipschitz import tightest_pairs

__all__ = ["measure"]

CLAIM = "lipschitz-on-domain"


def _across(theta: Any, radius: float, g: torch.Generator) -> tuple[Any, Any]:
    direction = random_unit(theta, g)
    return add(theta, direction, 0.99 * radius), add(theta, direction, -0.99 * radius)


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return the tightest pair at 0.99 of the certified radius, where the closed constants still hold."""
    return tightest_pairs(CLAIM, _across, seed, suite, device)
