"""The first-order form for responses of several lengths against the derivative of the literal loss of whole groups."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor

from ...theory.surrogates import Surrogate, surrogate
from ..constants import predict
from ..problems import generator
from ..source_groups import first_order, literal_gradient, source_problem
from ..source_terms import SourceProblem
from ..sources import split
from ..transforms import directional
from ..trees import Params, length, random_unit
from ..verdicts import Measurement, Verdict, compare_exact

__all__ = ["measure"]

CLAIM = "first-order-lengths"
NAMES = {"prefix": "pre", "token": "tok", "suffix": "suf", "rewards": "rew", "lengths": "len"}
MATES = ("rewards", "lengths")
SHAPES = ((1, 2, 3, 2), (1, 2, 2, 3), (2, 3, 2, 2))
SHOWN = ("grpo", "dapo", "gspo", "rloo-is")  # autodiff in the behaviour policy stops at a stop-gradient


def _slope(of: Callable[[SourceProblem], Tensor], problem: SourceProblem, w: Params) -> Tensor:
    """Derivative of a vector along w in the behaviour policy, on the diagonal, by forward-mode autodiff."""
    return directional(lambda phi: of(replace(problem, phi=phi)), problem.theta, w)


def _mates(loss: Surrogate, problem: SourceProblem) -> Tensor:
    """Sources (iii) and (vi), (2, dim)."""
    parts = split(loss, problem)
    return torch.stack([parts[name] for name in MATES])


def _rows(loss: Surrogate, problem: SourceProblem, w: Params, seed: int, device: str) -> list[Verdict]:
    parts = first_order(problem, loss, w)
    found = _slope(lambda at: literal_gradient(at, loss), problem, w)
    size = max(1e-3, *(length(part) for part in parts.values()))
    along = found / length(found) if length(found) > 1e-12 else torch.full_like(found, found.numel() ** -0.5)
    predicted = predict(CLAIM, **{f"part_{NAMES[name]}": float(part @ along) for name, part in parts.items()})
    text = f"derivative of the literal loss against the sum of its sources to first order, largest {size:.2e}"
    m = Measurement(float(found @ along), seed=seed, device=device)
    rows = [compare_exact(CLAIM, loss.title, predicted, m, text, rtol=1e-10, scale=size)]
    moved = _slope(lambda at: _mates(loss, at), problem, w)
    for name, slope in zip(MATES, moved, strict=True):
        gap = Measurement(length(slope - parts[name]) / size, seed=seed, device=device)
        text = f"source ({name}): derivative of its law minus its explicit form, of size {length(slope):.2e}"
        rows.append(compare_exact(CLAIM, loss.title, 0.0, gap, text, rtol=1e-10, scale=1.0))
    if loss.length != "group":
        gap = Measurement(length(moved[1]), seed=seed, device=device)
        text = "source (vi) where the length weight ignores the mates"
        rows.append(compare_exact(CLAIM, loss.title, predict(CLAIM, "own"), gap, text, rtol=1e-12, scale=size))
    return rows


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return, per loss, the derivative in the behaviour policy and its sources (iii) and (vi)."""
    rows, shapes = list[Verdict](), SHAPES[:1] if suite == "quick" else SHAPES
    for index, shape in enumerate(shapes):
        problem = source_problem(seed, index, shape=shape, levels=2, stop=1, device=device)
        w = random_unit(problem.theta, generator(seed, 610 + index))
        for loss in map(surrogate, SHOWN):
            rows += _rows(loss, problem, w, seed, device)
    return rows
