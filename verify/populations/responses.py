"""All responses of an enumerable policy as tables of tokens and masks: fixed length, or ended by a token."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor

from ..policies import EnumerablePolicy
from ..trees import Params

__all__ = ["Responses", "log_strings", "log_tokens"]


@dataclass(frozen=True)
class Responses:
    """Every response y of a policy once, with the log-probabilities of its tokens as a function of the parameters.

    Args:
        policy: P prompts, V tokens, at most L tokens per response.
        end: token that ends a response and counts as its last one; without it every response has L tokens.

    Raises:
        ValueError: ``end`` is no token.

    Example:
        >>> from stalelaw.verify.policies import TabularSoftmax
        >>> short = Responses(TabularSoftmax(prompts=1, vocab=2, length=2), end=0)
        >>> short.tokens.tolist(), short.lengths.tolist()
        ([[0, 0], [1, 0], [1, 1]], [1.0, 2.0, 2.0])
    """

    policy: EnumerablePolicy
    end: int | None = None
    tokens: Tensor = field(init=False, repr=False)
    mask: Tensor = field(init=False, repr=False)

    def __post_init__(self) -> None:
        v, length = self.policy.vocab, self.policy.length
        if self.end is not None and not 0 <= self.end < v:
            raise ValueError(f"expected an end token in 0..{v - 1}, got {self.end}")
        tokens = torch.arange(v**length)[:, None] // v ** torch.arange(length - 1, -1, -1) % v
        mask = torch.ones_like(tokens, dtype=torch.bool)
        if self.end is not None:
            ended = (tokens == self.end).cumsum(1)
            mask = ended - (tokens == self.end).long() == 0  # nothing before it has ended
            once = ((tokens == self.end) | mask).all(1)  # after the end only the end token: one string per response
            tokens, mask = tokens[once], mask[once]
        object.__setattr__(self, "tokens", tokens)
        object.__setattr__(self, "mask", mask.double())

    @property
    def lengths(self) -> Tensor:
        """Number of tokens of each response, (R,)."""
        return self.mask.sum(1)

    def log_tokens(self, params: Params, rows: slice = slice(None)) -> Tensor:
        """Return log π(y_k | x, y_<k) of the responses of these rows, (P, R, L); 0 after the end of a response."""
        found = self.policy.log_tokens(params, self.tokens[rows])
        return found * self.mask[rows].to(found.device)


def log_strings(policy: EnumerablePolicy, params: Params) -> Tensor:
    """Return log π(y | x) of all V**L strings of L tokens, (P, V**L)."""
    first, *levels = policy.levels(params)
    total = first.reshape(policy.prompts, -1)
    for level in levels:
        total = (total[..., None] + level).reshape(policy.prompts, -1)
    return total


def log_tokens(policy: EnumerablePolicy, params: Params) -> Tensor:
    """Return log π(y_k | x, y_<k) of all V**L strings of L tokens, (P, V**L, L)."""
    levels, v, length = policy.levels(params), policy.vocab, policy.length
    strings = torch.arange(v**length, device=levels[0].device)
    rows = [x.reshape(policy.prompts, -1)[:, strings // v ** (length - 1 - k)] for k, x in enumerate(levels)]
    return torch.stack(rows, -1)
