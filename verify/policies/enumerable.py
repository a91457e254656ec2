"""Policies whose every prefix can be enumerated: params -> log π(token | prompt, prefix), level by level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from ..trees import Params
from .sequence import SequencePolicy, check_prompts

__all__ = ["EnumerablePolicy", "Enumerated"]


class EnumerablePolicy(Protocol):
    """What an exact measurement needs from a policy: sizes, validation, and log-probabilities of every prefix node.

    Prefixes of k tokens are numbered base V, first token most significant, so that the children of prefix j are
    j·V, …, j·V + V − 1 and a tensor over level k+1 reshapes to (P, V**k, V) over level k.
    """

    @property
    def prompts(self) -> int:
        """P, the number of prompts (uniform prompt distribution)."""
        ...

    @property
    def vocab(self) -> int:
        """V, the number of tokens."""
        ...

    @property
    def length(self) -> int:
        """L, the number of tokens of every response."""
        ...

    def validate(self, params: Params, name: str) -> None:
        """Raise ValueError (expected, got) unless ``params`` are finite and shaped for this policy."""
        ...

    def levels(self, params: Params) -> list[Tensor]:
        """Return log π at every node: for k = 0..L−1 a tensor (P, V**k, V) whose last axis is log-normalised."""
        ...


@dataclass(frozen=True)
class Enumerated:
    """A sequence policy on given prompts, all its V**L responses in one forward pass per prompt.

    Args:
        policy: the sequence policy; its whole output vocabulary is enumerated.
        prompt_tokens: (P, N) int64, left padded.
        prompt_mask: (P, N) bool, False on padding.
        length: L >= 1 response tokens.

    Raises:
        ValueError: no prompt, misshapen mask, or L < 1.
    """

    policy: SequencePolicy
    prompt_tokens: Tensor
    prompt_mask: Tensor
    length: int

    def __post_init__(self) -> None:
        check_prompts(self.prompt_tokens, self.prompt_mask)
        if self.length < 1:
            raise ValueError(f"expected length >= 1, got {self.length}")

    @property
    def prompts(self) -> int:
        """P, the number of prompts."""
        return self.prompt_tokens.shape[0]

    @property
    def vocab(self) -> int:
        """V, the number of tokens."""
        return self.policy.vocab

    def validate(self, params: Params, name: str) -> None:
        """Raise ValueError (expected, got) unless ``params`` are finite and named and shaped as the policy's."""
        self.policy.validate(params, name)

    def levels(self, params: Params) -> list[Tensor]:
        """Return log π at every node: for k = 0..L−1 a tensor (P, V**k, V)."""
        p, v, last = self.prompts, self.vocab, self.length - 1
        device = self.prompt_tokens.device
        places = v ** torch.arange(last - 1, -1, -1, device=device)
        prefixes = torch.arange(v**last, device=device)[:, None] // places % v  # (V**(L-1), L-1), base V
        rows = self.prompt_tokens.repeat_interleave(v**last, 0)
        responses = torch.cat([prefixes.repeat(p, 1), prefixes.new_zeros(p * v**last, 1)], 1)  # last token is not read
        log_p = self.policy.response_log_probs(params, rows, self.prompt_mask.repeat_interleave(v**last, 0), responses)
        log_p = log_p.reshape(p, v**last, self.length, v)
        return [log_p[:, :: v ** (last - k), k] for k in range(self.length)]
