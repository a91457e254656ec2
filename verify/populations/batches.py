"""Batches of groups as they are drawn: prompts, responses, rewards and the log-probabilities they were drawn with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any, cast

import torch
from torch import Tensor

from ..policies import SequencePolicy
from ..policies.sequence import check_prompts
from ..trees import Params

__all__ = ["Batch", "Reward", "distinct", "draw", "extended", "kinds_of"]

Reward = Callable[[Tensor, Tensor, Tensor], Tensor]
"""(prompt numbers (n,), tokens (n, G, L), mask (n, G, L)) -> rewards (n, G)."""


@dataclass(frozen=True)
class Batch:
    """n groups of G responses, as drawn.

    Args:
        prompts: (n, N) int64, left padded; ``prompt_mask`` (n, N) bool.
        tokens: (n, G, L) int64; ``mask`` (n, G, L) float64, 0 after the end of a response.
        rewards: (n, G) float64.
        behaviour: log π_φ₀ of the tokens when drawn, (n, G, L), 0 outside the mask.

    A response may be empty (its mask all 0): it has ratio 1 and adds no gradient.

    Raises:
        ValueError: prompts padded on the right, misshapen or empty groups, half precision, non-finite rewards, a mask
            of other numbers than 0 and 1, or log-probabilities of the drawn tokens that are none: above 0, or -inf.
    """

    prompts: Tensor = field(repr=False)
    prompt_mask: Tensor = field(repr=False)
    tokens: Tensor = field(repr=False)
    mask: Tensor = field(repr=False)
    rewards: Tensor = field(repr=False)
    behaviour: Tensor = field(repr=False)

    def __post_init__(self) -> None:
        n, group, _ = shape = tuple(self.tokens.shape)
        expected = {"mask": shape, "behaviour": shape, "rewards": (n, group), "prompt_mask": tuple(self.prompts.shape)}
        if group < 1 or shape[2] < 1:
            raise ValueError(f"tokens: expected groups of G >= 1 responses of L >= 1 tokens, got {shape}")
        for name, size in expected.items():
            table: Tensor = getattr(self, name)
            if table.dtype in (torch.float16, torch.bfloat16):
                raise ValueError(f"{name}: expected float32 or float64, got {table.dtype}; convert with .double()")
            if tuple(table.shape) != size:
                raise ValueError(f"{name}: expected shape {size}, got {tuple(table.shape)}")
            if table.is_floating_point() and not bool(torch.isfinite(table).all()):
                bad = int((~torch.isfinite(table)).sum())
                raise ValueError(
                    f"{name}: expected finite numbers, got {bad} others; a drawn token has probability > 0"
                )
        if n < 1 or self.prompts.shape[0] != n:
            raise ValueError(f"expected one prompt for each of n >= 1 groups, got {self.prompts.shape[0]} and {n}")
        check_prompts(self.prompts, self.prompt_mask)
        if not bool(((self.mask == 0) | (self.mask == 1)).all()):
            raise ValueError("mask: expected only 0 and 1")
        if bool((self.behaviour > 1e-6).any()):
            raise ValueError(f"behaviour: expected log-probabilities <= 0, got {float(self.behaviour.max()):.3g}")

    @property
    def size(self) -> int:
        """n, the number of groups."""
        return self.tokens.shape[0]

    def take(self, groups: slice) -> Batch:
        """Return some of the groups."""
        return Batch(**{f.name: getattr(self, f.name)[groups] for f in fields(self)})


def distinct(rows: Tensor, dim: int | None = None) -> tuple[Tensor, Tensor]:
    """Return the different integers, or rows of them with ``dim=0``, and which one each of them is."""
    return cast(tuple[Tensor, Tensor], cast(Any, torch).unique(rows, dim=dim, return_inverse=True))


def kinds_of(rewards: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
    """Return the different (reward, length), (K, 2), and which one each response is, in the shape both broadcast to."""
    (levels, earned), (sizes, taken) = distinct(rewards), distinct(lengths)
    pairs, which = distinct(earned * len(sizes) + taken)
    return torch.stack([levels[pairs // len(sizes)], sizes[pairs % len(sizes)]], -1), which


def extended(contexts: Tensor, which: Tensor, tokens: Tensor, vocab: int) -> tuple[Tensor, Tensor]:
    """Return the different contexts after one more token, (U, k + 1), and which one each response is in, (B,).

    Args:
        contexts: (U, k) different contexts.
        which: (B,) the context of each response.
        tokens: (B,) the next tokens, each below ``vocab``.
        vocab: V.
    """
    pairs, now = distinct(which * vocab + tokens)
    return torch.cat([contexts[pairs // vocab], (pairs % vocab)[:, None]], 1), now


def draw(
    policy: SequencePolicy,
    params: Params,
    prompts: tuple[Tensor, Tensor],
    reward: Reward,
    *,
    groups: int,
    group_size: int,
    length: int,
    generator: torch.Generator,
    end: int | None = None,
) -> Batch:
    """Draw groups from π_φ₀, prompts uniform.

    Args:
        policy: the policy.
        params: φ₀.
        prompts: tokens (P, N), left padded, and mask (P, N).
        reward: reward of each response from the number of its prompt.
        groups: n.
        group_size: G.
        length: L tokens at most.
        generator: explicit CPU generator; every device draws the same uniform numbers.
        end: token that ends a response and counts as its last one.

    Raises:
        ValueError: parameters of another policy, prompts padded on the right, a size below 1, an end that is no token.
    """
    listed, kept = prompts
    check_prompts(listed, kept)
    policy.validate(params, "phi")
    if min(groups, group_size, length) < 1:
        raise ValueError(f"expected groups, group_size and length >= 1, got {groups}, {group_size} and {length}")
    if end is not None and not 0 <= end < policy.vocab:
        raise ValueError(f"expected an end among the tokens 0..{policy.vocab - 1}, got {end}")
    numbers = torch.randint(len(listed), (groups,), generator=generator).to(listed.device)
    firsts, which = distinct(numbers.repeat_interleave(group_size))
    contexts = firsts[:, None]  # the prompt's number and the tokens so far
    logs, drawn, alive = list[Tensor](), list[Tensor](), list[Tensor]()
    going = torch.ones(groups * group_size, dtype=torch.bool, device=listed.device)
    with torch.no_grad():
        for _ in range(length):
            at, so_far = contexts[:, 0], contexts[:, 1:]
            placed = torch.cat([so_far, so_far.new_zeros(len(at), 1)], 1)  # the last token is not read
            log_p = policy.response_log_probs(params, listed[at], kept[at], placed)[:, -1][which]
            uniform = torch.rand(len(which), 1, generator=generator, dtype=torch.float64).to(which.device)
            total = log_p.double().exp().cumsum(-1)
            chosen = (total < uniform * total[:, -1:]).sum(-1)  # inverse of the distribution function
            if end is not None:
                chosen = torch.where(going, chosen, end)
            logs.append(log_p.gather(1, chosen[:, None])[:, 0])
            alive.append(going)
            drawn.append(chosen)
            contexts, which = extended(contexts, which, chosen, policy.vocab)
            going = going & (chosen != end) if end is not None else going
    shape = (groups, group_size, length)
    tokens, mask = torch.stack(drawn, 1).reshape(shape), torch.stack(alive, 1).reshape(shape).double()
    behaviour = torch.stack(logs, 1).reshape(shape) * mask
    return Batch(listed[numbers], kept[numbers], tokens, mask, reward(numbers, tokens, mask).double(), behaviour)
