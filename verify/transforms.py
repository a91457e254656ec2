"""The torch.func transforms the measurements use, typed for dictionaries of parameters (one place for the casts)."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any, TypeVar, cast

import torch
from torch import Tensor
from torch.func import grad, jvp, vjp, vmap

from .trees import Params

__all__ = ["directional", "gradient", "operator_norm", "over_rows", "pulled", "pushed", "stacked"]

_T = TypeVar("_T", Tensor, Params)


def gradient(f: Callable[[Params], Tensor], x: Params) -> Params:
    """Return ∇f(x) for a scalar f."""
    transform: Any = grad(f)
    return cast(Params, transform(x))


@functools.cache
def _load_forward_mode() -> None:
    """Trigger torch's lazy load of its forward-mode rules, which warns about torch's own use of torch.jit.script."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r".torch\.jit\.script. is", category=DeprecationWarning)
        one = torch.ones(())
        transform: Any = jvp
        transform(torch.exp, (one,), (one,))


def pushed(f: Callable[[Params], _T], x: Params, v: Params) -> tuple[_T, _T]:
    """Return f(x) and Df(x)·v by forward mode."""
    _load_forward_mode()
    transform: Any = jvp
    return cast(tuple[_T, _T], transform(f, (x,), (v,)))


def directional(f: Callable[[Params], _T], x: Params, v: Params) -> _T:
    """Return Df(x)·v by forward mode."""
    return pushed(f, x, v)[1]


def pulled(f: Callable[[Params], Params], x: Params) -> tuple[Params, Callable[[Params], Params]]:
    """Return f(x) and w ↦ Df(x)ᵀ·w by reverse mode."""
    transform: Any = vjp
    value, back = transform(f, x)
    return cast(Params, value), lambda w: cast(Params, back(w)[0])


def over_rows(f: Callable[[Tensor], Tensor], rows: Tensor) -> Tensor:
    """Return the stack of f(row), all rows in one batched call."""
    transform: Any = vmap(f)
    return cast(Tensor, transform(rows))


def stacked(f: Callable[..., _T], *points: Params) -> _T:
    """Return the stack of f(point, …), where every leaf of the points has the stack as its first axis; one call."""
    transform: Any = vmap(f)
    return cast(_T, transform(*points))


def operator_norm(matrix: Tensor) -> float:
    """Return ‖M‖₂, the largest singular value of a dense matrix."""
    linalg: Any = torch.linalg
    return float(linalg.svdvals(matrix)[0])
