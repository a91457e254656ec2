"""The enumerable problems the claims are measured on, each replayable from (seed, index)."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from .policies import TabularSoftmax
from .populations.closed import Clip, Objective
from .tasks import digit_sum, random_rewards
from .trees import Params

__all__ = ["MAIN_CLIP", "Problem", "generator", "main_problem", "pick", "random_problem"]

MAIN_CLIP = Clip(0.2, 0.2)
CLIPS = (Clip(0.1, 0.1), Clip(0.2, 0.2), Clip(0.2, 0.28), Clip(0.3, 0.3))


@dataclass(frozen=True)
class Problem:
    """An objective, a point to start from, and the ratio interval that defines its certified radius.

    ``clip`` is that interval whether or not the objective clips: without one it still bounds the ratio on the domain.
    """

    name: str
    objective: Objective
    theta: Params
    clip: Clip


def generator(seed: int, index: int = 0) -> torch.Generator:
    """Return a CPU generator for problem ``index`` of a seed (≥ 0 both)."""
    if seed < 0 or index < 0:
        raise ValueError(f"expected seed and index >= 0, got {seed} and {index}")
    return torch.Generator().manual_seed(seed * 1_000_003 + index)


def pick(g: torch.Generator, *options: int) -> int:
    """Return one of the options, each as likely."""
    return options[int(torch.randint(len(options), (1,), generator=g))]


def main_problem(
    seed: int, clip: bool = True, form: str = "ratio", group_size: int = 8, device: str = "cpu"
) -> Problem:
    """Return the main problem: 4 tokens, length 3, 3 prompts, G = 8, digit-sum rewards, N(0, 1) logits, ε = 0.2."""
    policy = TabularSoftmax(prompts=3, vocab=4, length=3)
    active = MAIN_CLIP if clip and form == "ratio" else None
    rewards = digit_sum(3, 4, 3).to(device)
    objective = Objective(policy, rewards, group_size, active, "log" if form == "log" else "ratio")
    theta = policy.random(generator(seed), device=device)
    return Problem("P=3 V=4 L=3 digit sum", objective, theta, MAIN_CLIP)


def random_problem(seed: int, index: int, clip: bool, device: str = "cpu") -> Problem:
    """Return a random problem: P, V, L ≤ 3, G of 2..16, Bernoulli rewards, logits of scale 0.3..2, one of 4 clips.

    The same (seed, index) with and without ``clip`` differ in the clip alone.
    """
    g = generator(seed, 1 + index)
    prompts, vocab, length = pick(g, 1, 2, 3), pick(g, 2, 3), pick(g, 1, 2, 3)
    group, interval = pick(g, 2, 3, 4, 8, 16), CLIPS[pick(g, 0, 1, 2, 3)]
    policy = TabularSoftmax(prompts, vocab, length)
    scale = 0.3 + 1.7 * float(torch.rand((), generator=g, dtype=torch.float64))
    rewards = random_rewards(prompts, vocab, length, g).to(device)
    objective = Objective(policy, rewards, group, interval if clip else None)
    name = f"#{index} P={prompts} V={vocab} L={length} G={group} scale={scale:.2f}"
    return Problem(name, objective, policy.random(g, scale, device), interval)
