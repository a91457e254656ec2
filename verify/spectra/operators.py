r"""Spectra of ∂_θH and ∂_φH without a matrix: singular values and eigenvalues from the two actions, with residuals.

What a number is: a value of a dense decomposition is exact up to rounding; ‖Av‖ with ‖v‖ = 1 is a lower bound of ‖A‖
whatever v is; an eigenvalue that an iteration found is exact for a matrix ``residual`` away, hence an estimate, except
that the extreme ones of a symmetric matrix are bounded by Rayleigh quotients. Solver: ARPACK, through scipy
(R. Lehoucq, D. Sorensen, C. Yang, ARPACK Users' Guide, SIAM 1998): of the solvers of ``svds`` it alone was right on
rectangular, rank-one, clustered and degenerate operators (the tests keep those cases).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import linalg as _linalg  # pyright: ignore[reportMissingTypeStubs]
from torch import Tensor

from ..constants import Constant, Label
from ..objectives import (
    DENSE_LIMIT,
    Population,
    behaviour_jvp,
    behaviour_vjp,
    gradient_of_surrogate,
    learner_jvp,
    learner_vjp,
)
from ..transforms import directional, over_rows
from ..trees import Params, flatten, unflatten

__all__ = [
    "Slot",
    "eigenvalues",
    "extreme_eigenvalues",
    "jacobian",
    "operator",
    "operator_norm",
    "singular_values",
]

Slot = Literal["learner", "behaviour"]
Array = NDArray[np.float64]
Action = Callable[[Population, Params, Params, Params], Params]
ACTIONS: Mapping[Slot, tuple[Action, Action]] = MappingProxyType(
    {"learner": (learner_jvp, learner_vjp), "behaviour": (behaviour_jvp, behaviour_vjp)}
)
sparse: Any = _linalg  # typed once, here
ROWS = 64
SYMMETRIC = 1e-10  # relative asymmetry on two probes, of the size of rounding


def _like(population: Population, theta: Params, phi: Params, slot: Slot) -> Params:
    if slot not in ACTIONS:
        raise ValueError(f"expected a slot among {list(ACTIONS)}, got {slot!r}")
    population.validate(theta=theta, phi=phi)
    return theta if slot == "learner" else phi


def operator(population: Population, theta: Params, phi: Params, slot: Slot) -> Any:
    """Return ∂_θH(θ,φ) or ∂_φH(θ,φ) as a scipy ``LinearOperator``, (dim, dim) float64, with its transpose.

    Raises:
        ValueError: bad parameters, or another slot than learner and behaviour.
    """
    like = _like(population, theta, phi, slot)
    some, dim = flatten(like), flatten(like).numel()

    def act(action: Action, vector: Array) -> Array:
        v = unflatten(torch.tensor(vector.reshape(-1)).to(some), like)
        return flatten(action(population, theta, phi, v)).double().cpu().numpy()

    forward, back = ACTIONS[slot]

    def ahead(v: Array) -> Array:
        return act(forward, v)

    def transposed(w: Array) -> Array:
        return act(back, w)

    return sparse.LinearOperator((dim, dim), matvec=ahead, rmatvec=transposed, dtype=np.float64)


def jacobian(population: Population, theta: Params, phi: Params, slot: Slot) -> Tensor:
    """Return the dense matrix of ``operator``, (dim, dim), by forward over reverse on ``ROWS`` directions at a time.

    Raises:
        ValueError: as ``operator``; more than ``DENSE_LIMIT`` parameters.
    """
    like = _like(population, theta, phi, slot)
    dim = flatten(like).numel()
    if dim > DENSE_LIMIT:
        raise ValueError(f"expected at most {DENSE_LIMIT} parameters for a dense matrix, got {dim}; use operator")

    def field(point: Params) -> Params:
        return gradient_of_surrogate(population, *((point, phi) if slot == "learner" else (theta, point)))

    def column(e: Tensor) -> Tensor:
        return flatten(directional(field, like, unflatten(e, like)))

    eye = torch.eye(dim, dtype=flatten(like).dtype, device=flatten(like).device)
    return torch.cat([over_rows(column, rows) for rows in torch.split(eye, ROWS)]).T


def _unit(size: int, seed: int) -> Array:
    v = np.random.default_rng(seed).standard_normal(size)
    return v / np.linalg.norm(v)


def _seeded(solve: Any, seed: int) -> dict[str, Any]:
    """Restarts in an invariant subspace are random: from a generator of ours, where this scipy lets us give one."""
    return {"rng": np.random.default_rng(seed)} if "rng" in inspect.signature(solve).parameters else {}


def _is_zero(op: Any, seed: int) -> bool:
    """Whether two random vectors are sent to exact zeros (of a non-zero operator with probability 0)."""
    return not any(np.any(op.matvec(_unit(op.shape[1], seed + i))) for i in (1, 2))


def _failed(what: str, size: int, error: Exception) -> ValueError:
    return ValueError(
        f"{what} of an operator of {size} columns: no convergence ({error}); "
        "try more iterations, another seed, a larger tolerance, or the dense matrix"
    )


def operator_norm(
    op: Any, name: str, seed: int = 0, tolerance: float = 1e-10, iterations: int | None = None
) -> Constant:
    """Return ‖A‖₂ as the largest Ritz value: ‖Av‖ at the unit v found, a lower bound, with residual ‖Aᵀu − σv‖.

    Some singular value lies within residual/√2 of the value (augmented symmetric matrix); that it is the largest the
    iteration cannot prove, so the label is lower and not exact. The zero operator gives 0. Of a sampled population this
    is the norm of one batch's matrix, which leans up: see ``estimators.split_half_norm``.

    Args:
        op: scipy ``LinearOperator`` with a transpose, any shape.
        name: of the constant.
        seed: of the start vector; the same seed gives the same number.
        tolerance: relative, of ARPACK's eigenvalue σ².
        iterations: restarts at most; scipy's default where None.

    Raises:
        ValueError: no convergence, or a non-finite operator.
    """
    how = f"‖Av‖ at the Ritz vector of svds (ARPACK, seed {seed})"
    start = _unit(min(op.shape), seed)
    if not np.isfinite(op.matvec(_unit(op.shape[1], seed))).all():
        raise ValueError(f"{name}: expected a finite operator, got other numbers; look for probabilities of 0")
    if _is_zero(op, seed):
        return Constant(name, 0.0, "lower", "two random vectors are sent to exact zeros", 0.0)
    if min(op.shape) == 1:
        v = op.rmatvec(op.matvec(_unit(op.shape[1], seed)))
    else:
        try:
            how_long = {"tol": tolerance, "maxiter": iterations} | _seeded(sparse.svds, seed)
            v = sparse.svds(op, k=1, solver="arpack", v0=start, **how_long)[2][0]
        except sparse.ArpackError as error:
            raise _failed("largest singular value", op.shape[1], error) from error
    v = v / np.linalg.norm(v)
    image = op.matvec(v)
    value = float(np.linalg.norm(image))
    residual = float(np.linalg.norm(op.rmatvec(image / value) - value * v)) if value > 0.0 else 0.0
    return Constant(name, value, "lower", how, residual)


def singular_values(matrix: Array) -> Array:
    """Return all singular values of a dense matrix, descending: exact up to rounding."""
    return np.linalg.svd(matrix, compute_uv=False).astype(np.float64)


def eigenvalues(matrix: Array) -> tuple[NDArray[np.complex128], float]:
    """Return all eigenvalues of a dense square matrix by descending modulus, and max ‖Av − λv‖ over unit v."""
    values, vectors = np.linalg.eig(matrix)
    residual = np.linalg.norm(matrix @ vectors - vectors * values, axis=0).max()
    return values[np.argsort(-np.abs(values), kind="stable")].astype(np.complex128), float(residual)


def _asymmetry(op: Any, seed: int) -> float:
    """Largest ‖(A − Aᵀ)x‖ / ‖Ax‖ over two random x."""
    found = list[float]()
    for i in (1, 2):
        x = _unit(op.shape[1], seed + i)
        ahead, back = op.matvec(x), op.rmatvec(x)
        found.append(float(np.linalg.norm(ahead - back) / max(np.linalg.norm(ahead), np.linalg.norm(back))))
    return max(found)


def extreme_eigenvalues(op: Any, name: str, seed: int = 0, tolerance: float = 1e-10) -> tuple[Constant, Constant]:
    """Return the smallest and the largest real part of an eigenvalue, each with its residual ‖Av − λv‖.

    For a symmetric operator (found so on two probes) they are Rayleigh quotients, hence an upper bound of the least and
    a lower bound of the greatest eigenvalue; otherwise estimates. Fewer than 4 parameters: dense, exact.

    Raises:
        ValueError: not square, or no convergence.
    """
    if op.shape[0] != op.shape[1]:
        raise ValueError(f"expected a square operator, got {op.shape}")
    ends = ("least", "greatest")
    if _is_zero(op, seed):
        low, high = (Constant(f"{name}, {end} real part", 0.0, "exact", "the zero operator", 0.0) for end in ends)
        return low, high
    if op.shape[0] < 4:
        values, residual = eigenvalues(op.matmat(np.eye(op.shape[0])))
        real = (float(values.real.min()), float(values.real.max()))
        low, high = (
            Constant(f"{name}, {end} real part", x, "exact", "dense eigenvalues", residual)
            for end, x in zip(ends, real, strict=True)
        )
        return low, high
    symmetric = _asymmetry(op, seed) <= SYMMETRIC
    solve = sparse.eigsh if symmetric else sparse.eigs
    labels: tuple[Label, Label] = ("upper", "lower") if symmetric else ("estimate", "estimate")
    found, start = list[Constant](), _unit(op.shape[0], seed)
    for end, label, which in zip(ends, labels, ("SA", "LA") if symmetric else ("SR", "LR"), strict=True):
        try:
            values, vectors = solve(op, k=1, which=which, v0=start, tol=tolerance, **_seeded(solve, seed))
        except sparse.ArpackError as error:
            raise _failed(f"{end} eigenvalue", op.shape[0], error) from error
        value, v = values[0], vectors[:, 0]
        image = op.matvec(v.real) + (1j * op.matvec(v.imag) if np.iscomplexobj(v) else 0.0)
        if symmetric:
            value = float(v @ image / (v @ v))
        residual = float(np.linalg.norm(image - value * v))
        how = f"{solve.__name__} (ARPACK, seed {seed}), {'symmetric' if symmetric else 'not symmetric'}"
        found.append(Constant(f"{name}, {end} real part", float(np.real(value)), label, how, residual))
    return found[0], found[1]
