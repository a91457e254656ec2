"""Where a float64 model leaves float64: an exact measurement through such a place is good to seven digits only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from ..trees import Params
from .sequence import SequencePolicy

__all__ = ["low_precision_islands"]


class _Watch(TorchDispatchMode):
    """Records the innermost module during each operation that turns float64 into a shorter floating type."""

    def __init__(self) -> None:
        super().__init__()  # pyright: ignore[reportUnknownMemberType]
        self.inside = [""]
        self.found: dict[str, torch.dtype] = {}

    def enter(self, name: str) -> Callable[..., None]:
        """Begin of the forward pass of the module of this name."""
        return lambda *_: self.inside.append(name)

    def leave(self, *_: Any) -> None:
        """End of a module's forward pass."""
        self.inside.pop()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        if isinstance(result, Tensor) and result.is_floating_point() and result.dtype != torch.float64:
            self.found.setdefault(self.inside[-1], result.dtype)
        return result


def low_precision_islands(policy: SequencePolicy, params: Params, tokens: Tensor) -> dict[str, torch.dtype]:
    """Return the modules of a float64 policy that compute in a shorter type, with that type; empty when none does.

    Rotary embeddings and RMS norms of many Hugging Face models convert to float32 inside and back, so neither
    parameters nor outputs show it. Every operation of one forward pass is looked at.

    Args:
        policy: the policy.
        params: float64 parameters.
        tokens: (B, N) int64 to run it on.

    Raises:
        ValueError: a parameter is not float64.
    """
    short = sorted(name for name, leaf in params.items() if leaf.dtype != torch.float64)
    if short:
        raise ValueError(f"expected float64 parameters, got others in {short}; convert the model with .double()")
    watch = _Watch()
    handles = list[Any]()
    module: Any = policy.module
    for name, part in module.named_modules():
        handles.append(part.register_forward_pre_hook(watch.enter(name)))
        handles.append(part.register_forward_hook(watch.leave))
    try:
        with torch.no_grad(), watch:
            policy.log_probs(params, tokens)
    finally:
        for handle in handles:
            handle.remove()
    return watch.found
