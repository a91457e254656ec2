"""Feedback of a lagged update with several modes: eigenvalue pairs of ∂_θH and ∂_φH, and the map of one step.

Linearised at a fixed point, x_{t+1} = x_t + η(∂_θH x_t + ∂_φH x_{t−s}). Norms do not decide stability: a stale part
small in norm may meet a mode without fresh feedback, and a large nilpotent one is harmless. Claims ``constant-lag``,
``sync-threshold`` hold per pair. Source: arXiv 2607.01083, asynchronous update; derived here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["Pairs", "eigenvalue_pairs", "lag_map"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Pairs:
    """Eigenvalues of ∂_θH and ∂_φH on common eigenvectors: what decides stability, where norms do not.

    Attributes:
        learner, behaviour: (dim,), the pairs, ordered by the real part of their sums.
        residual: max ‖Ax − ax‖ + ‖Bx − bx‖ over the unit vectors x; pairs exist only where it is round-off.
        commutator: ‖AB − BA‖ / (‖A‖‖B‖), 0 where common eigenvectors can exist.
    """

    learner: NDArray[np.complex128]
    behaviour: NDArray[np.complex128]
    residual: float
    commutator: float

    @property
    def label(self) -> Literal["exact", "estimate"]:
        """Exact where both matrices are diagonal in one basis up to rounding, else a first-order estimate."""
        size = max(float(np.abs(self.learner).max()), float(np.abs(self.behaviour).max()), 1e-300)
        return "exact" if self.residual <= 1e-8 * size else "estimate"


def eigenvalue_pairs(learner: Array, behaviour: Array, seed: int = 0) -> Pairs:
    """Return the pairs (aᵢ, bᵢ) of two matrices of shape (n, n): diagonals in the eigenbasis of a generic combination.

    Raises:
        ValueError: shapes differ, or the combination has no eigenbasis (a nilpotent part): pairs do not exist.
    """
    if learner.shape != behaviour.shape or learner.ndim != 2 or learner.shape[0] != learner.shape[1]:
        raise ValueError(f"expected two square matrices of one shape, got {learner.shape} and {behaviour.shape}")
    sizes = [max(float(np.linalg.norm(m, 2)), 1e-300) for m in (learner, behaviour)]
    angle = np.random.default_rng(seed).uniform(0.3, 1.2)
    basis = np.linalg.eig(math.cos(angle) * learner / sizes[0] + math.sin(angle) * behaviour / sizes[1])[1]
    if not np.linalg.cond(basis) < 1e12:
        raise ValueError("expected matrices that share a basis of eigenvectors, got a defective pair: use lag_map")
    inside = [np.linalg.solve(basis, m @ basis) for m in (learner, behaviour)]
    a, b = (np.diag(m).astype(np.complex128) for m in inside)
    off = [np.linalg.norm(m @ basis - basis * d, axis=0) for m, d in ((learner, a), (behaviour, b))]
    commutator = float(np.linalg.norm(learner @ behaviour - behaviour @ learner, 2)) / (sizes[0] * sizes[1])
    order = np.argsort((a + b).real, kind="stable")
    return Pairs(a[order], b[order], float((off[0] + off[1]).max()), commutator)


def lag_map(learner: Array, behaviour: Array, eta: float, lag: int) -> Array:
    """Return the matrix of (x_t, …, x_{t−s}) ↦ (x_{t+1}, …), x_{t+1} = x_t + η(∂_θH x_t + ∂_φH x_{t−s}).

    Stable where its spectral radius is below 1. Scalars (1, 1) give the map of one pair.
    """
    n = len(learner)
    matrix = np.eye((lag + 1) * n, k=-n, dtype=np.result_type(learner, behaviour, np.float64))
    matrix[:n, :n] += np.eye(n) + eta * learner
    matrix[:n, lag * n :] += eta * behaviour
    return matrix
