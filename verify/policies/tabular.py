"""The tabular softmax policy: one free logit row per prompt and prefix."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor

from ..trees import Params, finite

__all__ = ["TabularSoftmax"]


@dataclass(frozen=True)
class TabularSoftmax:
    """One free logit row per (prompt, prefix) node: π(a | x, prefix) = softmax(logits[x, node])[a].

    Params: ``{"logits": (P, N, V)}`` with N = (V**L − 1)/(V − 1) nodes, levels concatenated from the root down.

    Args:
        prompts: P ≥ 1.
        vocab: V ≥ 2.
        length: L ≥ 1 tokens.

    Raises:
        ValueError: a size is out of range.

    Example:
        >>> policy = TabularSoftmax(prompts=1, vocab=2, length=2)
        >>> [level.exp().tolist() for level in policy.levels(policy.zeros())]
        [[[[0.5, 0.5]]], [[[0.5, 0.5], [0.5, 0.5]]]]
    """

    prompts: int
    vocab: int
    length: int

    def __post_init__(self) -> None:
        for name, value, least in (("prompts", self.prompts, 1), ("vocab", self.vocab, 2), ("length", self.length, 1)):
            if value < least:
                raise ValueError(f"expected {name} >= {least}, got {value}")

    @property
    def nodes(self) -> int:
        """N = Σ_{k<L} V**k, prefix nodes per prompt."""
        return sum(self.vocab**k for k in range(self.length))

    def zeros(self, device: str | torch.device = "cpu") -> Params:
        """Return the uniform policy, float64."""
        return {"logits": torch.zeros(self.prompts, self.nodes, self.vocab, dtype=torch.float64, device=device)}

    def random(self, generator: torch.Generator, scale: float = 1.0, device: str | torch.device = "cpu") -> Params:
        """Return i.i.d. N(0, scale²) logits in float64, drawn on the CPU so that every device sees the same numbers."""
        shape = (self.prompts, self.nodes, self.vocab)
        return {"logits": (scale * torch.randn(shape, generator=generator, dtype=torch.float64)).to(device)}

    def validate(self, params: Params, name: str) -> None:
        """Raise ValueError (expected, got) unless ``params`` is {"logits": finite float64 (P, N, V)}."""
        if set(params) != {"logits"}:
            raise ValueError(f"{name}: expected the parameters ['logits'], got {sorted(params)}")
        logits, shape = params["logits"], (self.prompts, self.nodes, self.vocab)
        if tuple(logits.shape) != shape:
            raise ValueError(f"{name}['logits']: expected shape {shape} (P, N, V), got {tuple(logits.shape)}")
        if logits.dtype != torch.float64:
            raise ValueError(f"{name}['logits']: expected dtype torch.float64, got {logits.dtype}")
        if not finite(logits):
            bad = int((~torch.isfinite(logits)).sum())
            raise ValueError(f"{name}['logits']: expected finite logits, got {bad} non-finite of {logits.numel()}")

    def levels(self, params: Params) -> list[Tensor]:
        """Return log π at every node: for k = 0..L−1 a tensor (P, V**k, V)."""
        rows = torch.log_softmax(params["logits"], dim=-1)
        return list(torch.split(rows, [self.vocab**k for k in range(self.length)], dim=1))

    def chances(self, params: Params) -> Params:
        """Return π at every node by level, {"0": (P, 1, V), …, "L−1": (P, V**(L−1), V)}.

        Written out: torch's softmax takes twice as long over a last axis of a few tokens.
        """
        logits = params["logits"]
        grown = (logits - logits.detach().amax(-1, keepdim=True)).exp_()
        return self._split(grown * grown.sum(-1, keepdim=True).reciprocal())

    def chances_pushed(self, params: Params, v: Params) -> tuple[Params, Params]:
        """Return ``chances`` and their derivative along v: π ⊙ (v − ⟨π, v⟩) in every row."""
        found = self.chances(params)
        moves = self._split(v["logits"])
        return found, {k: _tilted(rows, moves[k]) for k, rows in found.items()}

    def chances_pulled(self, params: Params) -> tuple[Params, Callable[[Params], Params]]:
        """Return ``chances`` and their transposed derivative; the derivative of a softmax is symmetric."""
        found = self.chances(params)
        return found, lambda w: {"logits": torch.cat([_tilted(rows, w[k]) for k, rows in found.items()], 1)}

    def _split(self, rows: Tensor) -> Params:
        levels = torch.split(rows, [self.vocab**k for k in range(self.length)], dim=1)
        return {str(k): level for k, level in enumerate(levels)}

    def log_tokens(self, params: Params, tokens: Tensor) -> Tensor:
        """Return log π of the tokens (R, L) of responses to every prompt, (P, R, L), from the nodes they visit."""
        count, length = tokens.shape
        places, node = list[Tensor](), tokens.new_zeros(count)
        for k in range(length):
            places.append(node + sum(self.vocab**j for j in range(k)))  # node of the prefix y_<k
            node = node * self.vocab + tokens[:, k]
        nodes, which = cast(tuple[Tensor, Tensor], cast(Any, torch).unique(torch.stack(places, 1), return_inverse=True))
        logits = params["logits"]
        rows = torch.log_softmax(logits.index_select(1, nodes.to(logits.device)), -1).flatten(1)
        chosen = (which * self.vocab + tokens).reshape(1, -1).expand(self.prompts, -1).to(logits.device)
        return rows.gather(1, chosen).reshape(self.prompts, count, length)


def _tilted(rows: Tensor, v: Tensor) -> Tensor:
    """The derivative of softmax rows along v: (diag π − π πᵀ) v."""
    product = rows * v
    return torch.addcmul(product, rows, product.sum(-1, keepdim=True), value=-1.0)
