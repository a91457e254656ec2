"""Batches of groups as they are drawn: prompts, responses, rewards and the log-probabilities they were drawn with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields

import torch
from torch import Tensor

from ..policies import SequencePolicy
from ..trees import Params

__all__ = ["Batch", "Reward", "draw"]

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
        ValueError: misshapen or empty groups, half precision, non-finite rewards, a mask of other numbers than 0 and 1,
            or log-probabilities of the drawn tokens that are none: above 0, or -inf.
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
    """
    listed, kept = prompts
    numbers = torch.randint(len(listed), (groups,), generator=generator).to(listed.device)
    rows, row_mask = (x[numbers].repeat_interleave(group_size, 0) for x in prompts)
    tokens = rows.new_zeros(groups * group_size, 0)
    logs, alive = list[Tensor](), list[Tensor]()
    going = torch.ones(groups * group_size, dtype=torch.bool, device=rows.device)
    with torch.no_grad():
        first = policy.response_log_probs(params, listed[numbers], kept[numbers], rows.new_zeros(groups, 1))[:, -1]
        for k in range(length):
            placed = torch.cat([tokens, tokens.new_zeros(len(tokens), 1)], 1)  # the last token is not read
            log_p = (
                policy.response_log_probs(params, rows, row_mask, placed)[:, -1]
                if k
                else first.repeat_interleave(group_size, 0)
            )
            uniform = torch.rand(len(rows), 1, generator=generator, dtype=torch.float64).to(rows.device)
            total = log_p.double().exp().cumsum(-1)
            chosen = (total < uniform * total[:, -1:]).sum(-1)  # inverse of the distribution function
            if end is not None:
                chosen = torch.where(going, chosen, end)
            logs.append(log_p.gather(1, chosen[:, None])[:, 0])
            alive.append(going)
            tokens = torch.cat([tokens, chosen[:, None]], 1)
            going = going & (chosen != end) if end is not None else going
    shape = (groups, group_size, length)
    tokens, mask = tokens.reshape(shape), torch.stack(alive, 1).reshape(shape).double()
    behaviour = torch.stack(logs, 1).reshape(shape) * mask
    return Batch(listed[numbers], kept[numbers], tokens, mask, reward(numbers, tokens, mask).double(), behaviour)
