"""Networks by the kind of policy they are, at the initialisation of a seed."""

from __future__ import annotations

from typing import Any

import torch

from ..policies import MLP, SequencePolicy, Transformer

__all__ = ["network"]


def network(
    kind: str,
    inputs: int,
    vocab: int,
    window: int,
    width: int,
    *,
    heads: int = 2,
    layers: int = 1,
    seed: int = 0,
    dtype: torch.dtype = torch.float64,
    device: str = "cpu",
) -> SequencePolicy:
    """Return a policy whose weights are drawn on the CPU, the same for every device; no other draw is disturbed.

    Args:
        kind: "mlp" (one tanh layer) or "transformer" (pre-norm decoder).
        inputs: different tokens that are read.
        vocab: V, the tokens that are written.
        window: positions.
        width: hidden units, or model dimension.
        heads: of a transformer.
        layers: of a transformer.
        seed: of the weights.
        dtype: of the parameters.
        device: torch device.
    """
    library: Any = torch
    with library.random.fork_rng(devices=[]):  # modules draw from the global generator
        library.manual_seed(seed)
        if kind == "mlp":
            module: torch.nn.Module = MLP(inputs, vocab, window, width)
        else:
            module = Transformer(inputs, vocab, window, width, heads, layers)
    return SequencePolicy(module.to(device, dtype), vocab)
