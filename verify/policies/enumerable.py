"""Policies whose every prefix can be enumerated: params -> log π(token | prompt, prefix), level by level."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, cast

import torch
from torch import Tensor

from ..transforms import pulled, pushed
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

    def chances(self, params: Params) -> Params:
        """Return π at every node by level, {"0": (P, 1, V), …, "L−1": (P, V**(L−1), V)}."""
        ...

    def chances_pushed(self, params: Params, v: Params) -> tuple[Params, Params]:
        """Return ``chances`` and their derivative along v."""
        ...

    def chances_pulled(self, params: Params) -> tuple[Params, Callable[[Params], Params]]:
        """Return ``chances`` and w ↦ their transposed derivative on w."""
        ...

    def log_tokens(self, params: Params, tokens: Tensor) -> Tensor:
        """Return log π(y_k | x, y_<k) of some responses (R, L) to every prompt, (P, R, L), by what they need alone."""
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

    @property
    def _bases(self) -> Tensor:
        return self.vocab ** torch.arange(self.length - 2, -1, -1, device=self.prompt_tokens.device)

    def _after(self, params: Params, numbers: Tensor) -> Tensor:
        """Log π of every token after y_<1, …, y_<L for the prefixes of these numbers (U,), base V: (P, U, L, V)."""
        p, count = self.prompts, len(numbers)
        prefixes = numbers[:, None] // self._bases % self.vocab  # (U, L−1)
        rows, kept = (x.repeat_interleave(count, 0) for x in (self.prompt_tokens, self.prompt_mask))
        placed = torch.cat([prefixes, prefixes.new_zeros(count, 1)], 1).repeat(p, 1)  # the last token is not read
        log_p = self.policy.response_log_probs(params, rows, kept, placed)
        return log_p.reshape(p, count, self.length, self.vocab)

    def levels(self, params: Params) -> list[Tensor]:
        """Return log π at every node: for k = 0..L−1 a tensor (P, V**k, V)."""
        v, last = self.vocab, self.length - 1
        log_p = self._after(params, torch.arange(v**last, device=self.prompt_tokens.device))
        return [log_p[:, :: v ** (last - k), k] for k in range(self.length)]

    def chances(self, params: Params) -> Params:
        """Return π at every node by level, {"0": (P, 1, V), …, "L−1": (P, V**(L−1), V)}."""
        return {str(k): level.exp() for k, level in enumerate(self.levels(params))}

    def chances_pushed(self, params: Params, v: Params) -> tuple[Params, Params]:
        """Return ``chances`` and their derivative along v."""
        return pushed(self.chances, params, v)

    def chances_pulled(self, params: Params) -> tuple[Params, Callable[[Params], Params]]:
        """Return ``chances`` and w ↦ their transposed derivative on w."""
        return pulled(self.chances, params)

    def log_tokens(self, params: Params, tokens: Tensor) -> Tensor:
        """Return log π of the tokens (R, L) of responses to every prompt, (P, R, L); one row per prefix y_<L."""
        placed = tokens.to(self.prompt_tokens.device)
        numbers = (placed[:, :-1] * self._bases).sum(1)
        prefixes, which = cast(tuple[Tensor, Tensor], cast(Any, torch).unique(numbers, return_inverse=True))
        log_p = self._after(params, prefixes).flatten(1)
        places = torch.arange(self.length, device=placed.device)
        chosen = ((which[:, None] * self.length + places) * self.vocab + placed).reshape(1, -1)
        return log_p.gather(1, chosen.expand(self.prompts, -1)).reshape(self.prompts, *placed.shape)
