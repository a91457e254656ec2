"""Tasks whose answers a program can check: prompts and responses as tokens, reward 0 or 1, or the share that is right.

Responses use the tokens 0..V−1; prompts may use more. The same reward function serves enumeration (a table over all
responses) and sampling.
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import torch
from torch import Tensor

from .populations.responses import Responses

__all__ = ["Task", "addition", "bandit", "copy", "countdown", "parity", "sort"]

Score = Callable[[int, tuple[int, ...]], float]
"""(prompt number, response tokens up to and with the end token) -> reward in [0, 1]."""


@dataclass(frozen=True)
class Task:
    """Prompts and a reward.

    Args:
        name: what it is, with its sizes.
        prompts: (P, N) int64, left padded with token 0; ``mask`` (P, N) bool.
        inputs: number of tokens that prompts and responses use.
        vocab: V, number of tokens that responses use.
        length: L, tokens of a response at most.
        end: token that ends a response and counts as its last one; None for a fixed length.
        score: reward of one response.
    """

    name: str
    prompts: Tensor = field(repr=False)
    mask: Tensor = field(repr=False)
    inputs: int
    vocab: int
    length: int
    end: int | None
    score: Score = field(repr=False)

    def reward(self, numbers: Tensor, tokens: Tensor, mask: Tensor) -> Tensor:
        """Return the rewards (n, G) of responses (n, G, L) to the prompts of these numbers (n,); each string once."""
        score = cache(self.score)
        listed: list[Any] = [x.tolist() for x in (numbers, tokens, mask.sum(-1).long())]  # pyright: ignore[reportUnknownMemberType]
        rows = zip(*listed, strict=True)
        found = [[score(x, tuple(y[:n])) for y, n in zip(group, sizes, strict=True)] for x, group, sizes in rows]
        return torch.tensor(found, dtype=torch.float64, device=tokens.device)

    def table(self, responses: Responses) -> Tensor:
        """Return the rewards (P, R) of all responses to all prompts."""
        p = len(self.prompts)
        tokens, mask = (x[None].expand(p, *x.shape) for x in (responses.tokens, responses.mask))
        return self.reward(torch.arange(p), tokens, mask)

    def answers(self) -> list[tuple[int, ...]]:
        """Return one response of reward 1 to each prompt, for a supervised start.

        Raises:
            ValueError: no response within the length has reward 1.
        """
        return [self._answer(x) for x in range(len(self.prompts))]

    def _answer(self, number: int) -> tuple[int, ...]:
        for size in range(1, self.length + 1):
            for body in itertools.product(range(self.vocab), repeat=size):
                ended = self.end is not None and body[-1] == self.end and self.end not in body[:-1]
                full = size == self.length and (self.end is None or self.end not in body)
                if (ended or full) and self.score(number, body) == 1.0:
                    return body
        raise ValueError(f"{self.name}: prompt {number} has no response of reward 1 within {self.length} tokens")


def _task(name: str, prompts: Sequence[Sequence[int]], sizes: tuple[int, int, int, int | None], score: Score) -> Task:
    width = max(map(len, prompts))
    rows = [[0] * (width - len(p)) + list(p) for p in prompts]
    kept = [[False] * (width - len(p)) + [True] * len(p) for p in prompts]
    return Task(name, torch.tensor(rows), torch.tensor(kept), *sizes, score)


def _against(answers: Sequence[Sequence[int]], graded: bool) -> Score:
    """Right or not, or the share of places that are right (of the longer of the two)."""

    def score(x: int, y: tuple[int, ...]) -> float:
        right = tuple(answers[x])
        if not graded:
            return float(y == right)
        return sum(map(operator.eq, y, right)) / max(len(y), len(right))

    return score


def bandit(values: Sequence[float]) -> Task:
    """One prompt, one token, reward by arm.

    Example:
        >>> task = bandit([0.0, 0.25, 1.0])
        >>> task.reward(torch.tensor([0]), torch.tensor([[[1], [2]]]), torch.ones(1, 2, 1)).tolist()
        [[0.25, 1.0]]
    """
    arms = [float(v) for v in values]
    if len(arms) < 2 or not all(0.0 <= v <= 1.0 for v in arms):
        raise ValueError(f"expected at least two arms with rewards in [0, 1], got {arms}")
    return _task(f"bandit of {len(arms)} arms", [[0]], (len(arms), len(arms), 1, None), lambda x, y: arms[y[0]])


def addition(base: int, digits: int = 1, graded: bool = False) -> Task:
    """All pairs a, b of digits: write (a + b) mod base**digits with so many digits, the highest first."""
    pairs = list(itertools.product(range(base), repeat=2))
    sums = [(a + b) % base**digits for a, b in pairs]
    answers = [[n // base**k % base for k in reversed(range(digits))] for n in sums]
    name = f"addition, base {base}, {digits} digits" + (", graded" if graded else "")
    prompts = [[a, b, base] for a, b in pairs]
    return _task(name, prompts, (base + 1, base, digits, None), _against(answers, graded))


def _words(vocab: int, size: int) -> list[list[int]]:
    return [list(word) for word in itertools.product(range(1, vocab), repeat=size)]


def copy(vocab: int, size: int, graded: bool = False) -> Task:
    """All words of up to ``size`` letters 1..V−1: write the word and the end token 0."""
    words = [word for n in range(1, size + 1) for word in _words(vocab, n)]
    answers = [[*word, 0] for word in words]
    name = f"copy, {vocab - 1} letters, up to {size}" + (", graded" if graded else "")
    return _task(name, [[*w, vocab] for w in words], (vocab + 1, vocab, size + 1, 0), _against(answers, graded))


def sort(vocab: int, size: int, graded: bool = False) -> Task:
    """All words of ``size`` letters 0..V−1: write them in order."""
    words = [list(word) for word in itertools.product(range(vocab), repeat=size)]
    answers = [sorted(word) for word in words]
    name = f"sort, {vocab} letters, {size} of them" + (", graded" if graded else "")
    return _task(name, [[*w, vocab] for w in words], (vocab + 1, vocab, size, None), _against(answers, graded))


def parity(size: int) -> Task:
    """All bit strings of ``size``: write whether the number of ones is odd."""
    words = [list(word) for word in itertools.product(range(2), repeat=size)]
    answers = [[sum(word) % 2] for word in words]
    return _task(f"parity of {size} bits", [[*w, 2] for w in words], (3, 2, 1, None), _against(answers, False))


def countdown(largest: int, targets: Sequence[int], graded: bool = False) -> Task:
    """Numbers 1..n, each used at most once, joined by + and − from left to right: reach the target, then the end token.

    Tokens: 0 ends, 1..n are the numbers, n+1 is plus, n+2 minus. Graded: half the reward for an expression that is
    well formed.
    """
    plus, minus = largest + 1, largest + 2

    def score(x: int, y: tuple[int, ...]) -> float:
        body: tuple[int, ...] = y[:-1] if y[-1] == 0 else ()
        numbers, signs = list(body[::2]), body[1::2]
        formed = len(body) % 2 == 1 and all(1 <= n <= largest for n in numbers) and len({*numbers}) == len(numbers)
        if not formed or not all(s in (plus, minus) for s in signs):
            return 0.0
        reached = numbers[0] + sum(n if s == plus else -n for s, n in zip(signs, numbers[1:], strict=True))
        return 1.0 if reached == targets[x] else 0.5 * graded

    vocab = largest + 3
    prompts = [[vocab + i] for i in range(len(targets))]
    name = f"countdown with 1..{largest} to {', '.join(map(str, targets))}" + (", graded" if graded else "")
    return _task(name, prompts, (vocab + len(targets), vocab, 2 * largest, 0), score)
