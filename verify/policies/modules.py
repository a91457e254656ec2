"""Small trainable policies as torch modules: an MLP over a window of tokens, and a decoder transformer."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["MLP", "Transformer"]


class MLP(nn.Module):
    """One hidden tanh layer over the one-hot tokens so far; left padding reads as no token.

    Args:
        inputs: number of input tokens; those of the responses come first, 0..V−1, those only in prompts after them.
        vocab: V.
        window: largest number of tokens of a prompt and its response.
        hidden: width.
    """

    def __init__(self, inputs: int, vocab: int, window: int, hidden: int) -> None:
        super().__init__()
        self.inputs, self.window = inputs, window
        self.layers = nn.Sequential(nn.Linear(window * inputs, hidden), nn.Tanh(), nn.Linear(hidden, vocab))

    def forward(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """Return logits (B, N, V) for tokens (B, N) with N ≤ window."""
        weight: Tensor = self.layers[0].weight  # pyright: ignore[reportAssignmentType]
        one_hot = functional.one_hot(tokens, self.inputs).to(weight.dtype) * mask[..., None]
        before = functional.pad(one_hot, (0, 0, self.window - 1, 0)).unfold(1, self.window, 1)
        return self.layers(before.flatten(2))  # (B, N, inputs, window): a place sees itself and what came before


class Transformer(nn.Module):
    """A pre-norm decoder with learned positions, counted from the first token that is no padding.

    Args:
        inputs: number of input tokens, as for ``MLP``.
        vocab: V.
        window: largest number of tokens of a prompt and its response.
        width: model dimension, a multiple of ``heads``.
        heads: attention heads.
        layers: blocks.
    """

    def __init__(self, inputs: int, vocab: int, window: int, width: int = 32, heads: int = 4, layers: int = 2) -> None:
        super().__init__()
        self.tokens = nn.Embedding(inputs, width)
        self.places = nn.Embedding(window, width)
        block = nn.TransformerEncoderLayer(
            width, heads, 4 * width, dropout=0.0, activation="gelu", batch_first=True, norm_first=True
        )
        self.blocks = nn.TransformerEncoder(block, layers, nn.LayerNorm(width), enable_nested_tensor=False)
        self.head = nn.Linear(width, vocab)

    def forward(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """Return logits (B, N, V) for tokens (B, N) with N ≤ window."""
        place = (mask.cumsum(1) - 1).clamp(min=0)
        after = torch.ones(tokens.shape[1], tokens.shape[1], dtype=torch.bool, device=tokens.device).triu(1)
        hidden = self.tokens(tokens) + self.places(place)
        return self.head(self.blocks(hidden, mask=after, src_key_padding_mask=~mask))
