"""Parameters as dictionaries of tensors, and the little vector algebra the measurements need on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import torch
from torch import Tensor

__all__ = [
    "Params",
    "add",
    "combine",
    "dot",
    "finite",
    "flatten",
    "length",
    "norm",
    "random_unit",
    "scale",
    "unflatten",
    "zeros_like",
]

Params: TypeAlias = dict[str, Tensor]


def add(x: Params, y: Params, alpha: float = 1.0) -> Params:
    """Return x + alpha·y, leaf by leaf (leaves of x and y share shapes)."""
    return {name: leaf + alpha * y[name] for name, leaf in x.items()}


def scale(x: Params, alpha: float) -> Params:
    """Return alpha·x."""
    return {name: alpha * leaf for name, leaf in x.items()}


def zeros_like(x: Params) -> Params:
    """Return the zero vector of the space of x."""
    return {name: torch.zeros_like(leaf) for name, leaf in x.items()}


def combine(x: Params, y: Params, tau: float) -> Params:
    """Return the point (1−tau)·x + tau·y of the segment [x, y]."""
    return {name: (1.0 - tau) * leaf + tau * y[name] for name, leaf in x.items()}


def finite(leaf: Tensor) -> bool:
    """Return whether all numbers are finite; their sum tells at once, unless it overflows."""
    return bool(torch.isfinite(leaf.sum())) or bool(torch.isfinite(leaf).all())


def flatten(x: Params) -> Tensor:
    """Return all leaves as one vector of shape (dim,), in the dictionary's order."""
    return torch.cat([leaf.reshape(-1) for leaf in x.values()])


def unflatten(vector: Tensor, like: Params) -> Params:
    """Return the inverse of ``flatten``: a vector of shape (dim,) as a dictionary shaped like ``like``."""
    sizes: Sequence[int] = [leaf.numel() for leaf in like.values()]
    parts = torch.split(vector, list(sizes))
    return {name: part.reshape(leaf.shape) for (name, leaf), part in zip(like.items(), parts, strict=True)}


def dot(x: Params, y: Params) -> float:
    """Return the Euclidean inner product ⟨x, y⟩."""
    return float(torch.dot(flatten(x), flatten(y)))


def norm(x: Params) -> float:
    """Return the Euclidean norm ‖x‖ of the whole parameter vector."""
    return length(flatten(x))


def length(x: Tensor) -> float:
    """Return the Euclidean norm of a flat vector or a matrix."""
    return float(x.pow(2).sum().sqrt())


def random_unit(like: Params, generator: torch.Generator) -> Params:
    """Return a uniform random direction of norm 1, drawn on the CPU, shaped and placed like ``like``."""
    drawn = {n: torch.randn(x.shape, generator=generator, dtype=x.dtype).to(x.device) for n, x in like.items()}
    return scale(drawn, 1.0 / norm(drawn))
