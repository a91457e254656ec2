"""Layer normalisation written out: torch's fused one has silently wrong derivatives beyond the first two reverse ones.

In torch 2.13 ``layer_norm`` is right in reverse, reverse over reverse and forward over reverse, and wrong by tens of
percent in forward over forward, reverse over forward and every third derivative; ``rms_norm``, ``group_norm``, softmax
and the usual activations are right. A test compares with central differences.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode

__all__ = ["PlainLayerNorm", "layer_norm"]


def layer_norm(
    input: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """Return what ``torch.nn.functional.layer_norm`` does, by operations whose derivatives are all right."""
    axes = tuple(range(-len(normalized_shape), 0))
    centred = input - input.mean(axes, keepdim=True)
    found = centred * torch.rsqrt((centred * centred).mean(axes, keepdim=True) + eps)
    if weight is not None:
        found = found * weight
    return found if bias is None else found + bias


class PlainLayerNorm(TorchFunctionMode):
    """Context in which modules normalise by ``layer_norm`` of this file."""

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        call = layer_norm if func is functional.layer_norm else func
        return call(*args, **(kwargs or {}))
