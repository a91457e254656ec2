"""The behaviour derivative of H on the diagonal: prefix and suffix operators, symmetry, and what breaks it."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from ...theory.surrogates import Advantage, Surrogate, surrogate
from ...theory.surrogates.factors import without_clip
from ..advantages import advantage
from ..constants import predict
from ..source_groups import source_problem
from ..source_terms import SourceProblem
from ..sources import split
from ..transforms import directional, gradient
from ..trees import Params, flatten, length, unflatten
from ..verdicts import Measurement, Verdict, compare_exact

__all__ = ["measure"]

CLAIM = "behaviour-symmetry"


def _operators(problem: SourceProblem, loss: Surrogate) -> dict[str, Tensor]:
    """Derivative of every source in φ on the diagonal, (dim, dim), by forward mode along each logit."""
    like = problem.theta
    eye = torch.eye(flatten(like).numel(), dtype=torch.float64, device=flatten(like).device)
    columns = [directional(lambda x: split(loss, replace(problem, phi=x)), like, unflatten(e, like)) for e in eye]
    return {name: torch.stack([c[name] for c in columns], dim=1) for name in columns[0]}


def _success(problem: SourceProblem) -> Tensor:
    """Gradient of the success probability of the first prompt, (dim,)."""

    def p(point: Params) -> Tensor:
        return (problem.log_tokens(point).sum(-1).exp() * problem.rewards).sum()

    return flatten(gradient(p, problem.theta))


def measure(seed: int, suite: str = "quick", device: str = "cpu") -> list[Verdict]:
    """Return transposition and symmetry on the scale of the matrix, and source (iii) against its closed form."""
    rows = list[Verdict]()
    for index in range(1 if suite == "quick" else 6):
        problem = source_problem(seed, index, shape=(1, 2, 2, 4), levels=2, device=device)
        graded = source_problem(seed, index, shape=(1, 2, 2, 3), levels=3, device=device)
        varied = source_problem(seed, index, shape=(1, 2, 2, 4), levels=2, stop=1, device=device)
        loss = without_clip(surrogate("grpo"), "GRPO without clip", Advantage("group", "std", 0))
        found = {
            name: _operators(x, loss) for name, x in (("binary", problem), ("graded", graded), ("lengths", varied))
        }
        whole = {name: torch.stack(list(parts.values())).sum(0) for name, parts in found.items()}
        broken = ", ".join(f"{n} {length(m - m.T) / length(m):.2f}" for n, m in whole.items() if n != "binary")
        for name, parts in found.items():
            m = Measurement(length(parts["prefix"] - parts["suffix"].T), seed=seed, device=device)
            text = f"prefix operator minus transposed suffix operator, {name}"
            size = length(parts["prefix"])
            rows.append(compare_exact(CLAIM, loss.title, 0.0, m, text, rtol=1e-12, scale=size))
        matrix = whole["binary"]
        m = Measurement(length(matrix - matrix.T), seed=seed, device=device)
        text = f"antisymmetric part, binary rewards and equal lengths; relative to the matrix it is {broken} otherwise"
        rows.append(compare_exact(CLAIM, loss.title, 0.0, m, text, rtol=1e-12, scale=length(matrix)))
        rows.append(_normaliser(problem, found["binary"]["rewards"], seed, device))
    return rows


def _normaliser(problem: SourceProblem, operator: Tensor, seed: int, device: str) -> Verdict:
    """n_L w_G'(p) |grad p|^2 along grad p; w_G' from the exact group advantages."""
    slope = _success(problem)
    p = float((problem.log_tokens(problem.theta).sum(-1).exp() * problem.rewards).sum())
    x = torch.tensor(p, dtype=torch.float64)

    def w(y: Params) -> Tensor:
        q = y["p"]
        return advantage(q, 1, problem.group_size) - advantage(q, 0, problem.group_size)

    rise = float(gradient(w, {"p": x})["p"])
    along = slope / length(slope)
    predicted = predict(CLAIM, n_L=1.0 / problem.policy.length, wG_slope=rise) * float(slope @ slope)
    m = Measurement(float(along @ operator @ along), seed=seed, device=device)
    text = f"normaliser operator along grad p, p = {p:.3f}, G = {problem.group_size}"
    return compare_exact(CLAIM, "GRPO without clip", predicted, m, text, rtol=1e-9)
